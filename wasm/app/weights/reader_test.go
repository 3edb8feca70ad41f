package weights

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/rng"
)

// A Reader's policies act as those that are read alone, whatever was read before them, and reading one again is cheap.
func TestAReaderReadsAsRead(t *testing.T) {
	var r Reader
	act := func(p *Policy) []float32 {
		c := p.File.Actor
		obs, unit := make([]float32, c.ObsDim()), make([]float32, 8*c.ActDim())
		rng.New(1).FillNormal(unit)
		a := p.Act(obs, unit, 2, 8)
		return slices.Concat(a.X1[:len(unit)], a.Q[:8])
	}
	files, err := filepath.Glob("../../../assets/films/pendulum-*/*.safetensors")
	require.NoError(t, err)
	require.Greater(t, len(files), 40)
	files = append(files, "../../../assets/policies/hopper-fpmd-m.safetensors", "../../../assets/policies/hopper-sac.safetensors")
	for range 2 {
		for _, name := range files {
			b, err := os.ReadFile(name)
			require.NoError(t, err)
			alone, err := Read(b)
			require.NoError(t, err)
			p, err := r.Read(b)
			require.NoError(t, err)
			require.Equal(t, act(alone), act(p), name)
			require.Equal(t, alone.AppendHashed(nil), p.AppendHashed(nil), name)
			p.File.Record.Curve = nil // its own: the next reading has it again
		}
	}
	b, err := os.ReadFile(files[len(files)-1])
	require.NoError(t, err)
	p, err := r.Read(b)
	require.NoError(t, err)
	assert.NotEmpty(t, p.File.Record.Curve)
	first, again := testing.AllocsPerRun(1, func() { new(Reader).Read(b) }), testing.AllocsPerRun(10, func() { r.Read(b) })
	assert.Less(t, 20*again, first)
	_, err = r.Read(b[:len(b)/2])
	assert.Error(t, err)
}

// What a Reader keeps stays below its limit; the last file is kept whatever it weighs.
func TestAReaderForgetsTheOldest(t *testing.T) {
	r := Reader{kept: map[uint64]*Policy{}}
	for i := range uint64(5) {
		r.keep(file{i, mostKept/4 + 1}, &Policy{})
	}
	assert.Len(t, r.kept, 3)
	assert.Contains(t, r.kept, uint64(4))
	r.keep(file{9, 2 * mostKept}, &Policy{})
	assert.Len(t, r.kept, 1)
}
