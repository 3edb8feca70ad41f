package scene

import (
	"image"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func rastered(w, h int, draw func(l *List)) *image.RGBA {
	var l List
	draw(&l)
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	l.Raster(dst, dst.Rect)
	return dst
}

// mass is the sum of the pixels' alpha, in pixels.
func mass(img *image.RGBA) float64 {
	sum := 0.0
	for i := 3; i < len(img.Pix); i += 4 {
		sum += float64(img.Pix[i]) / 255
	}
	return sum
}

// A shape covers as many pixels as its area has: edges are smoothed over a pixel whose middle is the edge.
func TestRasterCoversTheArea(t *testing.T) {
	white := Color{1, 1, 1, 1}
	for _, c := range []struct {
		name string
		draw func(l *List)
		area float64
	}{
		{"disc", func(l *List) { l.Dot(50.3, 49.8, 20, white) }, math.Pi * 400},
		{"ring", func(l *List) { l.Ring(50, 50, 20, 4, white) }, math.Pi * (400 - 256)},
		{"capsule", func(l *List) { l.Capsule(30, 30, 70, 60, 5, white, white) }, 50*10 + math.Pi*25},
		{"half transparent", func(l *List) { l.Dot(50, 50, 20, white.Alpha(0.5)) }, math.Pi * 200},
		{"soft disc", func(l *List) { l.Glow(50, 50, 20, 8, white) }, math.Pi * (400 + 64.0/12)}, // the mean of the area over radii 16..24
		{"fill", func(l *List) { l.Fill(Rect{10, 10, 30, 20}, white, white) }, 600},
		{"triangle", func(l *List) { l.Triangle(10, 10, 60, 20, 20, 70, white) }, 1450},
		{"box", func(l *List) { l.Box(Rect{10, 10, 40, 30}, 5, white) }, 1200 - (4-math.Pi)*25},
		{"stroke", func(l *List) {
			s := Stroke{List: l, Width: 4}
			s.Move(10, 10, white)
			s.To(50, 10, white)
			s.End()
		}, 160},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.InEpsilon(t, c.area, mass(rastered(100, 100, c.draw)), 0.02, "edges are exact to some hundredths of a pixel of their length")
		})
	}
}

// An edge that two triangles share is drawn once: a translucent surface has one colour all over.
func TestRasterSharedEdges(t *testing.T) {
	half := Color{1, 1, 1, 0.5}
	img := rastered(64, 64, func(l *List) {
		for j := range 8 {
			for i := range 8 {
				x, y := 4+7*float64(i)+0.37*float64(j), 3+7.13*float64(j)+0.21*float64(i)
				l.Corner(x, y, half)
			}
		}
		l.Mesh(8, 8)
	})
	alphas := map[uint8]int{}
	for i := 3; i < len(img.Pix); i += 4 {
		alphas[img.Pix[i]]++
	}
	assert.Len(t, alphas, 2, "nothing, or half: %v", alphas)
	assert.Greater(t, alphas[128], 2000)
}

// What is drawn stays in the clip, whatever its size, and colours go from one end of a capsule to the other.
func TestRasterClipAndColour(t *testing.T) {
	var l List
	l.Capsule(-1e6, 32, 1e6, 32, 1e5, Color{1, 0, 0, 1}, Color{0, 0, 1, 1})
	l.Capsule(10, 32, 54, 32, 8, Color{1, 0, 0, 1}, Color{0, 0, 1, 1})
	l.Triangle(0, 0, 0, 0, 5, 5, Color{1, 1, 1, 1}) // no area
	dst := image.NewRGBA(image.Rect(0, 0, 64, 64))
	l.Raster(dst, image.Rect(16, 16, 48, 200))
	assert.Equal(t, 32.0*48, mass(dst))
	assert.Zero(t, dst.RGBAAt(15, 20).A)
	a, b := dst.RGBAAt(17, 32), dst.RGBAAt(46, 32)
	assert.Greater(t, a.R, a.B)
	assert.Greater(t, b.B, b.R)
}
