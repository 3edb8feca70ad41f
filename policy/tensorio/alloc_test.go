package tensorio

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// allocated returns the bytes that f allocates, garbage included.
func allocated(f func()) int {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

// The constant of the promise "the file's size plus a constant", which follows from the limits: a text of
// MaxHeader bytes with escapes is built in a slice that doubles (2 MiB of garbage beyond its own size), and
// MaxTensors entries in a slice and a map that double take under 1 MiB.
const constant = 3 << 20

func TestReadingAllocatesNoMoreThanTheFile(t *testing.T) {
	tensor := func(i int) string {
		return fmt.Sprintf(`"%d":{"dtype":"U8","shape":[0,1,1,1,1,1,1,1],"data_offsets":[0,0]},`, i)
	}
	var tensors, metadata strings.Builder
	for i := range 2 * MaxTensors {
		tensors.WriteString(tensor(i))
		fmt.Fprintf(&metadata, `"%d":"",`, i)
	}
	manyTensors := "{" + tensors.String()
	cases := map[string][]byte{
		"too many tensors":           file(manyTensors),
		"too many metadata":          file(`{"__metadata__":{` + metadata.String()),
		"one text that never ends":   file(`{"__metadata__":{"a":"` + strings.Repeat("x", MaxHeader-40)),
		"one text full of escapes":   file(`{"__metadata__":{"a":"` + strings.Repeat(`\n`, MaxHeader/2-40) + `"}}!`),
		"a number that never ends":   file(`{"a":{"dtype":"F32","shape":[` + strings.Repeat("9", MaxHeader-40)),
		"deep arrays":                file(`{"a":{"dtype":"F32","shape":` + strings.Repeat("[", MaxHeader-40)),
		"an unknown type, long":      file(`{"a":{"dtype":"` + strings.Repeat("F", MaxHeader-40) + `"}}`),
		"an unknown field, long":     file(`{"a":{"` + strings.Repeat("F", MaxHeader-40) + `":1}}`),
		"a tensor of 8 GB":           file(`{"a":{"dtype":"F32","shape":[2147483647],"data_offsets":[0,8589934588]}}`),
		"a header of 16 exabytes":    []byte(strings.Repeat("\xff", 8) + "{}"),
		"a header of the whole file": append([]byte{0, 0, 16, 0, 0, 0, 0, 0, '{'}, make([]byte, 1<<20)...),
	}
	for name, b := range cases {
		t.Run(name, func(t *testing.T) {
			var err error
			n := allocated(func() { _, err = ReadSafetensors(b) })
			require.ErrorIs(t, err, ErrSafetensors)
			t.Logf("%d bytes for a file of %d", n, len(b))
			assert.LessOrEqual(t, n, len(b)+constant)
		})
	}
}

// A large, valid file: the view costs its header, a decoded tensor its own size.
func TestDecodingAllocatesTheTensor(t *testing.T) {
	const elements = 1 << 20
	var w bytes.Buffer
	require.NoError(t, WriteSafetensors(&w, []Tensor{Float32s("a", []int{elements}, make([]float32, elements))}, nil))
	var f *File
	assert.Less(t, allocated(func() { f, _ = ReadSafetensors(w.Bytes()) }), 16<<10)
	require.NotNil(t, f)
	assert.LessOrEqual(t, allocated(func() { _, _ = f.Float32("a", elements) }), 4*elements+16<<10)
	dst := make([]float32, elements)
	assert.Zero(t, testing.AllocsPerRun(3, func() { _ = f.Float32Into(dst, "a", elements) }))
}

// Writing streams: its memory does not grow with the tensors.
func TestWritingAllocatesAConstant(t *testing.T) {
	data := make([]float64, 1<<20)
	n := allocated(func() {
		_ = WriteSafetensors(&errWriter{1 << 30}, []Tensor{Float64s("a", []int{len(data)}, data)}, nil)
	})
	assert.Less(t, n, 128<<10)
}
