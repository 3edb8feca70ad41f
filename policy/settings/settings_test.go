package settings_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"onestep/policy/settings"
)

type rates struct {
	Rate  float64 `json:"rate" range:"0..0.5" label:"Learning rate" group:"Learning" unit:"1/s" help:"How fast."`
	Delay int     `json:"delay,omitzero" range:"1..8" label:"Delay" group:"Learning" help:"How often."`
}

type config struct {
	Hidden []int `json:"hidden" range:"1..64" items:"1..3" label:"Hidden layers" group:"Nets" help:"Widths."`
	//lint:ignore U1000 no setting
	nothing
	Seed    uint64 `json:"seed"` // nor this
	rates   `embed:""`
	Weights string `json:"weights" values:"equal,by-value" label:"Weights" group:"Learning" help:"Which."`
	On      bool   `json:"on" label:"On" group:"Learning" help:"Whether."`
}

//lint:ignore U1000 embedded above
type nothing struct{}

func good() config {
	return config{Hidden: []int{8}, rates: rates{Rate: 0.1}, Weights: "equal"}
}

func TestFieldsComeFromTheTags(t *testing.T) {
	got := settings.Fields(&config{})
	require.Equal(t, []string{"hidden", "rate", "delay", "weights", "on"}, settings.Names(config{}))
	var kinds []string
	for _, f := range got {
		kinds = append(kinds, f.Kind)
	}
	require.Equal(t, []string{settings.Ints, settings.Float, settings.Int, settings.Enum, settings.Bool}, kinds)
	f, ok := settings.Lookup(config{}, "rate")
	require.True(t, ok)
	require.Equal(t, []any{"Learning rate", "Learning", "1/s", "How fast.", 0.0, 0.5}, []any{f.Label, f.Group, f.Unit, f.Help, f.Min, f.Max})
	require.Equal(t, [2]int{1, 3}, got[0].Items)
	require.Equal(t, []string{"equal", "by-value"}, got[3].Values)
	require.Equal(t, "a number from 0 to 0.5", f.Range())
	require.Equal(t, "1 to 3 whole numbers from 1 to 64", got[0].Range())
	_, ok = settings.Lookup(config{}, "seed")
	require.False(t, ok)
}

func TestEveryFieldOutOfRangeIsNamed(t *testing.T) {
	c := good()
	require.NoError(t, settings.Validate(&c), "an omitzero field that is zero is not set")
	c = config{Hidden: []int{1, 99}, rates: rates{Rate: math.NaN(), Delay: 9}, Weights: "none"}
	require.EqualError(t, settings.Validate(c), "each number of hidden must lie in 1..64, not 99\n"+
		"rate must lie in 0..0.5, not NaN\ndelay must lie in 1..8, not 9\nweights must be one of equal, by-value, not \"none\"")
	c = good()
	c.Hidden = nil
	require.EqualError(t, settings.Validate(c), "hidden must have 1..3 numbers, not 0")
}

func TestSet(t *testing.T) {
	c := good()
	require.NoError(t, settings.Set(&c, map[string]any{"rate": 0.3, "hidden": []int{4, 5}, "on": true}))
	require.Equal(t, config{Hidden: []int{4, 5}, rates: rates{Rate: 0.3}, Weights: "equal", On: true}, c)
}

func TestASettingThatIsWrongIsNamed(t *testing.T) {
	for _, c := range []struct {
		overrides map[string]any
		want      string
	}{
		{map[string]any{"rat": 1}, `no setting is named "rat"; did you mean rate?`},
		{map[string]any{"Rate": 1}, `no setting is named "Rate"; did you mean rate?`},
		{map[string]any{"speed": 1}, `no setting is named "speed"; there are hidden, rate, delay, weights, on`},
		{map[string]any{"seed": 1}, `no setting is named "seed"; there are hidden, rate, delay, weights, on`},
		{map[string]any{"rate": "many"}, `rate must be a number from 0 to 0.5, not a string`},
		{map[string]any{"delay": 1.5}, `delay must be a whole number from 1 to 8, not a number 1.5`},
		{map[string]any{"hidden": []float64{0.5}}, `hidden must be 1 to 3 whole numbers from 1 to 64, not a number 0.5`},
		{map[string]any{"on": 1}, `on must be true or false, not a number`},
		{map[string]any{"rate": math.Inf(1)}, `the settings cannot be written as JSON`},
	} {
		config := good()
		require.ErrorContains(t, settings.Set(&config, c.overrides), c.want)
	}
}

// A setting that was renamed is still read under the name it had; it is written under its own.
func TestANameOfBeforeIsRead(t *testing.T) {
	type renamed struct {
		Now  float64 `json:"now" aliases:"then,once" range:"0..9" label:"Now" group:"Learning" help:"Renamed twice."`
		More float64 `json:"more" range:"0..9" label:"More" group:"Learning" help:"Never renamed."`
	}
	for _, name := range []string{"now", "then", "once"} {
		var c renamed
		require.NoError(t, settings.Set(&c, map[string]any{name: 3, "more": 1}))
		require.Equal(t, map[string]any{"now": 3.0, "more": 1.0}, settings.Map(c))
		f, ok := settings.Lookup(c, name)
		require.True(t, ok)
		require.Equal(t, "now", f.Name)
	}
	require.EqualError(t, settings.Set(&renamed{}, map[string]any{"now": 3, "then": 2}), "now is given twice, also as then or once")
	require.EqualError(t, settings.Set(&renamed{}, map[string]any{"once": "x"}), "now must be a number from 0 to 9, not a string")
}

// A union has each setting once, under the first configuration's tags, and no method of either.
func TestUnion(t *testing.T) {
	type other struct {
		Delay int     `json:"delay" range:"0..9" label:"Another" group:"Learning" help:"Not this one."`
		More  float64 `json:"more" range:"0..1" label:"More" group:"Learning" help:"Of the second."`
	}
	u := settings.Union(&config{}, other{})
	require.Equal(t, append(settings.Names(config{}), "more"), settings.Names(u))
	f, _ := settings.Lookup(u, "delay")
	require.Equal(t, "Delay", f.Label)
	require.NoError(t, settings.Set(u, map[string]any{"more": 0.5, "rate": 0.1}))
	require.Equal(t, 0.5, settings.Map(u)["more"])
}

func TestNearest(t *testing.T) {
	known := []string{"criticLR", "policyLR", "gamma", "tau"}
	for name, want := range map[string]string{"gama": "gamma", "GAMMA": "gamma", "criticLr": "criticLR", "policlr": "policyLR", "tua": "tau", "zzz": "", "x": "", "": ""} {
		require.Equal(t, want, settings.Nearest(name, known), name)
	}
	// What is too long to be near is not compared.
	began := time.Now()
	require.Empty(t, settings.Nearest(strings.Repeat("g", 100_000_000), known))
	require.Less(t, time.Since(began), 5*time.Second)
}

func TestWrongTagsPanic(t *testing.T) {
	type named struct {
		A int `json:"a" help:"No range."`
	}
	type bare struct {
		A int `help:"No name." range:"1..2"`
	}
	type turned struct {
		A int `json:"a" help:"Turned round." range:"2..1"`
	}
	type text struct {
		A string `json:"a" help:"Any text."`
	}
	type other struct {
		A map[string]int `json:"a" help:"A map."`
	}
	for _, c := range []any{named{}, bare{}, turned{}, text{}, other{}} {
		require.Panics(t, func() { settings.Fields(c) }, "%T", c)
	}
	require.Panics(t, func() { settings.Fields(3) })
	require.Panics(t, func() { settings.Fields(nil) })
}
