package tensorio

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzReadSafetensors demands of every input: no panic; and what is accepted decodes, is written again
// and then read as the same.
func FuzzReadSafetensors(f *testing.F) {
	f.Add(sample(f))
	trained, err := filepath.Glob("../../assets/policies/*.safetensors")
	require.NoError(f, err)
	for _, name := range trained {
		b, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(b)
	}
	f.Add([]byte{})
	f.Add(file("{}"))
	f.Add(file(`{"__metadata__":{"a":"b\u0041\ud83d\ude00"},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 0, 0, 128, 63))
	f.Add(file(`{"x":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}`, 2))
	f.Add(file(`{"x":{"dtype":"F32","shape":[0,2147483647],"data_offsets":[0,0]}}`))
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := ReadSafetensors(b)
		if err != nil {
			require.Nil(t, file)
			return
		}
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
	})
}

// copies decodes every tensor of a file into one that can be written. A BOOL byte other than 0 and 1 is
// refused by Bools, and goes on as a U8 would.
func copies(t *testing.T, f *File) []Tensor {
	var out []Tensor
	for _, i := range f.Tensors() {
		var x Tensor
		var err error
		switch i.DType {
		case F32:
			var v []float32
			v, err = f.AnyFloat32(i.Name, i.Shape...)
			x = Float32s(i.Name, i.Shape, v)
		case F64:
			var v []float64
			v, err = f.AnyFloat64(i.Name, i.Shape...)
			x = Float64s(i.Name, i.Shape, v)
		case I32:
			var v []int32
			v, err = f.Int32(i.Name, i.Shape...)
			x = Int32s(i.Name, i.Shape, v)
		case I64:
			var v []int64
			v, err = f.Int64(i.Name, i.Shape...)
			x = Int64s(i.Name, i.Shape, v)
		case U32:
			var v []uint32
			v, err = f.Uint32(i.Name, i.Shape...)
			x = Uint32s(i.Name, i.Shape, v)
		case U64:
			var v []uint64
			v, err = f.Uint64(i.Name, i.Shape...)
			x = Uint64s(i.Name, i.Shape, v)
		case U8:
			var v []byte
			v, err = f.Bytes(i.Name, i.Shape...)
			x = Bytes(i.Name, i.Shape, v)
		case Bool:
			var v []bool
			if v, err = f.Bools(i.Name, i.Shape...); err != nil {
				require.ErrorContains(t, err, "no boolean")
				x, err = Tensor{i.Name, i.Shape, rawBools(f.data[i.begin:i.end])}, nil
				break
			}
			x = Bools(i.Name, i.Shape, v)
		}
		require.NoError(t, err)
		out = append(out, x)
	}
	return out
}

// rawBools writes bytes as a BOOL tensor, whatever they are.
type rawBools []byte

func (rawBools) dtype() DType                               { return Bool }
func (v rawBools) count() int                               { return len(v) }
func (v rawBools) appendTo(dst []byte, from, to int) []byte { return append(dst, v[from:to]...) }
