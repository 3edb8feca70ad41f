package strict_test

import (
	"encoding/json"
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

func TestValues(t *testing.T) {
	type inner struct {
		N int `json:"n"`
	}
	type value struct {
		inner
		Seeds []uint64            `json:"seeds"`
		Rows  [][]float64         `json:"rows"`
		Near  []*float64          `json:"near"`
		Name  string              `json:"name,omitempty"`
		On    bool                `json:"on"`
		Cells [][2]int            `json:"cells"`
		Own   *inner              `json:"own"`
		Table map[string]inner    `json:"table"`
		Any   map[string]any      `json:"any"`
		Later []json.RawMessage   `json:"later"`
		Hide  map[string]struct{} `json:"-"`
	}
	for text, want := range map[string]string{
		`{"seeds":[null]}`: `number 0 of "seeds" is null`, `{"rows":[[1],[2,null]]}`: `number 1 of number 1 of "rows" is null`, `{"rows":[null]}`: `number 0 of "rows" is null`,
		`{"n":null}`: `"n" is null`, `{"N":null}`: `"N" is null`, `{"name":null}`: `"name" is null`, `{"on":null}`: `"on" is null`, `{"cells":[null]}`: `"cells" is null`,
		`{"cells":[[1,null]]}`: "is null", `{"own":{"n":null}}`: `"n" is null`, `{"table":{"a":null}}`: `"a" is null`, `null`: "the value is null", `{"on":true,"On":false}`: `"On" and "on" are the same`,
		`{"seeds":null,"rows":null,"near":[1,null],"own":null,"table":null,"any":{"a":null,"b":[null]},"later":[null],"unknown":null}`: "", `{"any":{"a":1,"A":2}}`: "",
		`{"seeds":[1],"n":2}`: "",
	} {
		var v value
		if err := strict.Unmarshal([]byte(text), &v); want == "" {
			require.NoError(t, err, text)
		} else {
			require.ErrorContains(t, err, want, text)
		}
	}
	require.ErrorContains(t, strict.Known([]byte(`{"n":1} {}`), &inner{}), "more text follows")
	require.EqualError(t, strict.Known([]byte(`{"m":1}`), &inner{}), `unknown field "m"`)
	require.EqualError(t, strict.Known([]byte(`{"`+strings.Repeat("m", 600_000)+`":1}`), &inner{}), `unknown field "`+strings.Repeat("m", 80)+`"…`)
	require.ErrorContains(t, strict.Known([]byte(`{"n":null}`), &inner{}), `"n" is null`)
}
