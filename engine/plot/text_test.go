package plot

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"onestep/engine/scene"
)

// The widths were measured in a browser that shows DejaVu Sans, CSS px. The table groups letters of like width, whose
// advances differ from their group by up to a twelfth.
func TestTheWidthOfATextIsAboutTheBrowsers(t *testing.T) {
	for _, c := range []struct {
		class, text string
		width       float64
	}{
		{"title", "Spread against one-step error", 223},
		{"title", "InvertedDoublePendulum-v4", 212},
		{"title", "Gaussian of actions", 145},
		{"chip", "FPMD-M: 20 steps, best of 32", 201},
		{"chip", "untrained SAC: its mean", 169},
		{"hint", "click a dot to go back to it", 143},
		{"hint", "how this policy was trained", 150},
		{"axis", "return of an episode", 111},
		{"axis", "environment steps", 103},
		{"axis", "shoulder torque (200\u202fN\u202fm)", 146},
		{"tick", "0.001", 32},
		{"value", "t = 0.90", 49},
		{"legend", "taken:taken action|rival:candidates|one:with one step", 274},
		{"legend", "one:one step|many dashed:20 steps", 145},
	} {
		assert.InEpsilon(t, c.width, TextWidth(c.class, c.text), 1./12, c.text)
	}
}

func TestTheFirstTextThatFitsIsTaken(t *testing.T) {
	texts := []string{"return of an episode", "return", "r"}
	assert.Equal(t, texts[0], Fitting("axis", 200, texts...))
	assert.Equal(t, texts[1], Fitting("axis", 60, texts...))
	assert.Equal(t, texts[2], Fitting("axis", 0, texts...), "the last one, where none fits")
}

func TestTheBoxOfALabelFollowsItsAlignment(t *testing.T) {
	l := Label{Text: "action", Class: "axis", X: 100, Y: 50}
	w := 2 * TextWidth("axis", "action")
	for align, want := range map[Align]scene.Rect{
		Center: {X: 100 - w/2, Y: 39, W: w, H: 22},
		Left:   {X: 100, Y: 39, W: w, H: 22},
		Right:  {X: 100 - w, Y: 39, W: w, H: 22},
		Above:  {X: 100 - w/2, Y: 28, W: w, H: 22},
		Below:  {X: 100 - w/2, Y: 50, W: w, H: 22},
	} {
		l.Align = align
		assert.Equal(t, want, l.Box(2), "%d", align)
	}
	l.Turned = true
	assert.Equal(t, scene.Rect{X: 89, Y: 50 - w/2, W: 22, H: w}, l.Box(2))
}
