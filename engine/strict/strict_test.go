package strict_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/strict"
)

func TestFloat(t *testing.T) {
	for text, want := range map[string]float64{"1": 1, "-0.5": -0.5, "+.5": 0.5, "1.": 1, "1e-3": 0.001, "2E+2": 200, "010": 10} {
		x, err := strict.Float(text)
		require.NoError(t, err, text)
		require.Equal(t, want, x, text)
	}
	for _, text := range []string{"", "1_0", "0x1", "0X1p0", "-0x1p0", "1e400", "1 ", "e", "1e", "--1", "1,5"} {
		_, err := strict.Float(text)
		require.Error(t, err, text)
	}
}

func TestNames(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":1,"b":{"a":2},"c":[{"a":1},{"a":2}]}`: "", `{"a":1,"A":2}`: "", `[1,2`: "", `{"a":NaN}`: "", "": "", strings.Repeat(`{"a":`, 20000): "",
		`{"a":1,"a":1}`: `"a"`, `{"b":[{"x":{"é":1,"\u00e9":2}}]}`: `"é"`, `{"` + strings.Repeat("x", 200) + `":1,"` + strings.Repeat("x", 200) + `":1}`: `x"…`,
	} {
		if err := strict.Names([]byte(text)); want == "" {
			require.NoError(t, err, text)
		} else {
			require.ErrorContains(t, err, want)
			require.ErrorContains(t, err, "stands twice in one object")
		}
	}
}
