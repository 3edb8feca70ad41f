package num

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every float64 comes back from JSON as it was, NaN and infinities included.
func TestFloatInJSON(t *testing.T) {
	x := []float64{0, math.Copysign(0, -1), 0.1, -1e308, math.MaxFloat64, math.SmallestNonzeroFloat64, math.NaN(), math.Inf(1), math.Inf(-1)}
	written := make([]Float, len(x))
	for i, v := range x {
		written[i] = Float(v)
	}
	b, err := json.Marshal(written)
	require.NoError(t, err)
	require.True(t, json.Valid(b))
	var y []Float
	require.NoError(t, json.Unmarshal(b, &y))
	require.Len(t, y, len(x))
	for i, v := range x {
		if math.IsNaN(v) {
			require.True(t, math.IsNaN(float64(y[i])))
			continue
		}
		require.Equal(t, math.Float64bits(v), math.Float64bits(float64(y[i])), "%v", v)
	}
	for _, text := range []string{`"inf"`, `{}`, `1e999`, `true`} {
		require.ErrorContains(t, json.Unmarshal([]byte(text), new(Float)), "a number is expected", text)
	}
}
