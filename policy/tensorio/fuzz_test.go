package tensorio

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every shipped policy decodes, is written again and then read as the same.
func TestShippedPoliciesAreWrittenAgain(t *testing.T) {
	trained, err := filepath.Glob("../../assets/policies/*.safetensors")
	require.NoError(t, err)
	require.NotEmpty(t, trained)
	for _, name := range trained {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		file, err := ReadSafetensors(b)
		require.NoError(t, err, name)
		writtenAgain(t, file)
	}
}

// FuzzReadSafetensors demands of every input: no panic; and what is accepted decodes, is written again
// and then read as the same. Its seeds are short: of files of some 100 kB a second sees one.
func FuzzReadSafetensors(f *testing.F) {
	f.Add(sample(f))
	f.Add([]byte{})
	f.Add(file("{}"))
	f.Add(file(`{"__metadata__":{"a":"b\u0041\ud83d\ude00"},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 0, 0, 128, 63))
	f.Add(file(`{"x":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}`, 2))
	f.Add(file(`{"x":{"dtype":"F32","shape":[0,2147483647],"data_offsets":[0,0]}}`))
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := ReadSafetensors(b)
		size, sizeErr := Size(b[:min(len(b), 8+MaxHeader)])
		if err != nil {
			require.Nil(t, file)
			return
		}
		require.NoError(t, sizeErr)
		require.Equal(t, int64(len(b)), size)
		writtenAgain(t, file)
	})
}

func writtenAgain(t *testing.T, file *File) {
	var w bytes.Buffer
	require.NoError(t, WriteSafetensors(&w, copies(t, file), file.Metadata))
	again, err := ReadSafetensors(w.Bytes())
	require.NoError(t, err)
	require.Equal(t, file.Metadata, again.Metadata)
	require.Len(t, again.Tensors(), len(file.Tensors()))
	for _, info := range file.Tensors() {
		other, ok := again.Lookup(info.Name)
		require.True(t, ok)
		require.Equal(t, info.Shape, other.Shape)
		require.Equal(t, info.DType, other.DType)
		require.Equal(t, file.data[info.begin:info.end], again.data[other.begin:other.end])
	}
}

// copies decodes every tensor of a file into one that can be written, bytes and what this program does not write as bytes.
func copies(t *testing.T, f *File) []Tensor {
	var out []Tensor
	for _, i := range f.Tensors() {
		x := raw(i.Name, i.DType, i.Shape, f.data[i.begin:i.end]...)
		switch i.DType {
		case F64:
			v, err := f.AnyFloat64(i.Name, i.Shape...)
			require.NoError(t, err)
			x = Float64s(i.Name, i.Shape, v)
		case U8:
			v, err := f.Bytes(i.Name, i.Shape...)
			require.NoError(t, err)
			x = Bytes(i.Name, i.Shape, v)
		}
		out = append(out, x)
	}
	return out
}

// raw is a tensor of any type, from the bytes of its elements.
func raw(name string, d DType, shape []int, data ...byte) Tensor {
	return Tensor{name, shape, elements{d, data}}
}

type elements struct {
	of   DType
	data []byte
}

func (e elements) dtype() DType { return e.of }
func (e elements) count() int   { return len(e.data) / e.of.Size() }
func (e elements) appendTo(dst []byte, from, to int) []byte {
	return append(dst, e.data[from*e.of.Size():to*e.of.Size()]...)
}
