package view

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/scene"
)

func TestTheShaderCompiles(t *testing.T) {
	require.NotPanics(t, func() { compile() })
}

// contrast is the WCAG 2.2 contrast ratio of two opaque colours.
func contrast(a, b scene.Color) float64 {
	luminance := func(c scene.Color) float64 {
		sum := 0.0
		for i, w := range [3]float64{0.2126, 0.7152, 0.0722} {
			v := float64(c[i])
			if v <= 0.04045 {
				v /= 12.92
			} else {
				v = math.Pow((v+0.055)/1.055, 2.4)
			}
			sum += w * v
		}
		return sum
	}
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

// AA asks 4.5 of text and 3 of what a figure needs to be understood.
func TestContrast(t *testing.T) {
	for name, p := range map[string]*Palette{"dark": &Dark, "light": &Light} {
		t.Run(name, func(t *testing.T) {
			for _, c := range []scene.Color{p.Ink, p.Muted} {
				assert.Greater(t, contrast(c, p.Surface), 4.5)
			}
			for _, c := range []scene.Color{p.One, p.Many, p.Ramp.Start, p.Ramp.Middle, p.Ramp.End, p.Body.Limb} {
				assert.Greater(t, contrast(c, p.Surface), 3.0)
			}
		})
	}
}

// The page's labels lie over the canvas: stage.css repeats the palette. Only the light theme's action is darker
// there, because text needs more contrast than a line.
func TestTheStyleSheetRepeatsThePalette(t *testing.T) {
	css, err := os.ReadFile("../../web/css/stage.css")
	require.NoError(t, err)
	dark, light, ok := strings.Cut(string(css), "[data-theme=\"light\"]")
	require.True(t, ok)
	for _, theme := range []struct {
		css string
		p   *Palette
	}{{dark, &Dark}, {light, &Light}} {
		for name, c := range map[string]scene.Color{
			"surface": theme.p.Surface, "ink": theme.p.Ink, "muted": theme.p.Muted, "noise": theme.p.Ramp.Start,
			"one": theme.p.One, "many": theme.p.Many,
		} {
			want := fmt.Sprintf("--%s: #%02x%02x%02x;", name, int(math.Round(float64(c[0])*255)), int(math.Round(float64(c[1])*255)), int(math.Round(float64(c[2])*255)))
			assert.Contains(t, theme.css, want)
		}
	}
}

func TestAScreenPartOutsideIsNothing(t *testing.T) {
	require.Nil(t, vertices(nil))
	require.Len(t, vertices(make([]scene.Vertex, 3)), 3)
}
