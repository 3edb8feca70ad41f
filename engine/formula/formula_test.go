package formula_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/formula"
)

var action = []float64{3, -4}

func fixed(x float64) formula.Value { return formula.Value{Number: func() float64 { return x }} }

var scope = formula.Scope{
	"x": fixed(1.5), "z": fixed(0.5), "vx": fixed(-2),
	"action": {List: func() []float64 { return action }, Length: 2, Names: []string{"hip", "left knee"}},
	"body": {Names: []string{"torso"}, Member: func(name string) (formula.Value, bool) {
		if name != "torso" {
			return formula.Value{}, false
		}
		return formula.Value{Names: []string{"z"}, Member: func(name string) (formula.Value, bool) { return fixed(7), name == "z" }}, true
	}},
}

func TestNumbers(t *testing.T) {
	for text, want := range map[string]float64{
		"1 + 2*3": 7, "(1+2)*3": 9, "-2^2": -4, "2^-1": 0.5, "2^3^2": 512, "2**2": 4, "7 - 2 - 1": 4, "8/2/2": 2, "1e-3": 1e-3, ".5": 0.5, "-x": -1.5, "+x": 1.5,
		"vx - 0.1*|action|^2": -2 - 0.1*25, "|vx|": 2, "|x - |vx||": 0.5, "action[0]": 3, `action["left knee"]`: -4, "action.hip": 3, "body.torso.z": 7, `body['torso'].z`: 7,
		"z > 0.4 ? 1 : 2": 1, "z > 0.6 ? 1 : z < 0.2 ? 2 : 3": 3, "(z > 0.4) + 1": 2, "norm(action)": 5, "sum(action)": -1, "mean(action)": -0.5,
		"min(3, x, 2)": 1.5, "max(x, 2)": 2, "clip(x, -1, 1)": 1, "sqrt(4)": 2, "hypot(3, 4)": 5, "pi": math.Pi, "abs(vx)": 2, "cos(0)": 1, "exp(0)": 1, "log(1)": 0, "tanh(0)": 0,
		"atan2(0, 1)": 0, "pow(2, 10)": 1024, "tolerance(x, 1, 2, 1)": 1, "tolerance(x, 2, 3, 0.5)": 0.1, "x==1.5": 1, "not (x > 2)": 1,
	} {
		f, err := formula.Number(text, scope)
		require.NoError(t, err, text)
		assert.InDelta(t, want, f(), 1e-15, text)
		assert.Zero(t, testing.AllocsPerRun(10, func() { f() }), text)
	}
}

func TestConditions(t *testing.T) {
	for text, want := range map[string]bool{
		"0.4 < z < 0.6": true, "0.4 < z < 0.45": false, "z > 1 || x > 1 && vx < 0": true, "z > 1 or x > 1 and vx > 0": false, "!(z > 1)": true, "not z > 1": true,
		"x != 1.5": false, "true": true, "false": false, "z > 0 ? x > 2 : x > 1": false,
	} {
		f, err := formula.Condition(text, scope)
		require.NoError(t, err, text)
		assert.Equal(t, want, f(), text)
	}
}

// A wrong text is told of with its place and what there is.
func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"vz":                       `"vz", character 1: no quantity is named "vz"; there are action, body, vx, x, z`,
		"1 + foo(2)":               `character 5: no function is named "foo"; there are abs, atan2`,
		"":                         "a quantity or a number is expected, not the end",
		"1 +":                      "a quantity or a number is expected, not the end",
		"(1":                       `")" is expected, not the end`,
		"1 2":                      `character 3: "2" is not expected here`,
		"action":                   "a list of 2 numbers; take one",
		"action[2]":                "the entries are 0 to 1",
		"action[0.5]":              "the entries are 0 to 1",
		"action[-1]":               "a whole number or a name is expected",
		"action.knee":              `no entry is named "knee"; there are hip, left knee`,
		"body":                     "a group, of torso",
		"body.foot.z":              `nothing is named "foot" here; there are torso`,
		"x.y":                      "a number has no parts",
		"x ? 1 : 2":                "a condition is expected",
		"x && z > 0":               "a condition is expected",
		"norm(x)":                  "norm takes a list",
		"clip(x)":                  "clip takes a number, the least and the largest",
		"x = 1":                    `'=' is not expected here`,
		"x $ 1":                    `'$' is not expected here`,
		"'torso":                   "without its closing quote",
		"x > 1":                    "",
		strings.Repeat("(", 200):   "too many expressions inside each other",
		strings.Repeat("-", 200):   "too many expressions inside each other",
		strings.Repeat("1+", 2000): "an expression of 4000 bytes",
	} {
		_, err := formula.Number(text, scope)
		if want == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, want, text)
	}
	_, err := formula.Condition("x + 1", scope)
	require.EqualError(t, err, `"x + 1" is a number, not a condition such as z < 0.7`)
}

func FuzzFormula(f *testing.F) {
	for _, text := range []string{"vx - 0.1*|action|^2", "0.4 < z < 0.6 ? 1 : clip(x, 0, 1)", `body["torso"].z`, "|", "1e", "((", "ü"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if n, err := formula.Number(text, scope); err == nil {
			n()
		}
	})
}
