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

// four are two large panels and two small ones.
var four = []Place{{true, 0.27}, {true, 0.29}, {false, 0.23}, {false, 0.21}}

// A list of four has the places that the page's tests and pictures know, px: x, y, width, height.
func TestTheLayoutOfFourPanels(t *testing.T) {
	for _, c := range []struct {
		width, height, pixel float64
		want                 [4]scene.Rect
	}{
		{900, 700, 1, [4]scene.Rect{{W: 445, H: 393}, {X: 455, W: 445, H: 393}, {Y: 403, W: 445, H: 297}, {X: 455, Y: 403, W: 445, H: 297}}},
		{1600, 500, 1, [4]scene.Rect{{W: 569, H: 500}, {X: 579, W: 569, H: 500}, {X: 1158, W: 442, H: 245}, {X: 1158, Y: 255, W: 442, H: 245}}},
		{390, 1480, 1, [4]scene.Rect{{W: 390, H: 392}, {Y: 402, W: 390, H: 420}, {Y: 832, W: 390, H: 334}, {Y: 1176, W: 390, H: 304}}},
	} {
		assert.Equal(t, c.want[:], Arrange(c.width, c.height, c.pixel, four))
	}
}

// A further panel takes room of its own row or column, and no two overlap.
func TestAFifthPanelHasItsPlace(t *testing.T) {
	five := append(four[:4:4], Place{Share: 0.2})
	for _, size := range [][2]float64{{900, 700}, {1600, 500}, {390, 1900}} {
		rects := Arrange(size[0], size[1], 1, five)
		for i, p := range rects {
			assert.Greater(t, p.W, 140.0)
			assert.Greater(t, p.H, 100.0)
			assert.True(t, p.X+p.W <= size[0] && p.Y+p.H <= size[1])
			for _, q := range rects[:i] {
				assert.False(t, p.X < q.X+q.W && q.X < p.X+p.W && p.Y < q.Y+q.H && q.Y < p.Y+p.H)
			}
		}
	}
}

func TestPanelsLieApartAndInside(t *testing.T) {
	for _, c := range []struct {
		name          string
		width, height float64
		pixel         float64
		stacked       bool
	}{
		{"desktop", 900, 700, 1, false},
		{"desktop, two pixels", 1800, 1400, 2, false},
		{"wide and low", 1600, 500, 1, false},
		{"phone", 390, 1480, 1, true},
		{"phone, three pixels", 1170, 4440, 3, true},
		{"narrowest", 320, 1300, 1, true},
		{"4K", 3840, 2160, 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.stacked, Narrow(c.width, c.pixel))
			panels := Arrange(c.width, c.height, c.pixel, four)
			for i, p := range panels {
				assert.Greater(t, p.W, 200*c.pixel, "panel %d", i)
				assert.Greater(t, p.H, 180*c.pixel, "panel %d", i)
				assert.True(t, p.X >= 0 && p.Y >= 0 && p.X+p.W <= c.width && p.Y+p.H <= c.height, "panel %d lies inside", i)
				for _, v := range []float64{p.X, p.Y, p.W, p.H} {
					assert.Equal(t, math.Trunc(v), v, "whole pixels")
				}
				for k, q := range panels[:i] {
					assert.False(t, p.X < q.X+q.W && q.X < p.X+p.W && p.Y < q.Y+q.H && q.Y < p.Y+p.H, "panels %d and %d overlap", i, k)
				}
			}
		})
	}
}

func TestAStageWithoutRoomHasNoNegativePanels(t *testing.T) {
	for _, size := range [][2]float64{{0, 0}, {1, 1}, {390, 10}} {
		for _, p := range Arrange(size[0], size[1], 1, four) {
			assert.GreaterOrEqual(t, p.H, 0.0)
		}
	}
}

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
