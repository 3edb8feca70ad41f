package strict_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/strict"
)

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
