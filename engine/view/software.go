package view

import (
	"image"
	"math"
)

// Software draws panels without a graphics processor, for browsers that lend none.
type Software struct {
	panels map[*Panel]*picture
}

type picture struct{ back, shown *image.RGBA }

// Paint draws a panel that is dirty and takes that back. The picture, whose pixels are those of the screen and whose alpha is
// straight as in the ImageData of a browser, is there until the next call; it is nil where nothing has changed.
func (s *Software) Paint(p *Panel) *image.NRGBA {
	if !p.Dirty || p.Rect.W <= 0 || p.Rect.H <= 0 {
		return nil
	}
	p.Dirty = false
	area := pixels(p.Rect.X, p.Rect.Y, p.Rect.W, p.Rect.H)
	if s.panels == nil {
		s.panels = map[*Panel]*picture{}
	}
	pic := s.panels[p]
	if pic == nil || pic.back.Rect != area {
		pic = &picture{image.NewRGBA(area), image.NewRGBA(area)}
		s.panels[p] = pic
		p.Whole = true
	}
	if p.Whole {
		p.Whole = false
		clear(pic.back.Pix)
		p.Back.Raster(pic.back, area)
	}
	copy(pic.shown.Pix, pic.back.Pix)
	p.Inside.Raster(pic.shown, pixels(p.Clip.X, p.Clip.Y, p.Clip.W, p.Clip.H))
	p.Front.Raster(pic.shown, area)
	straighten(pic.shown.Pix)
	return &image.NRGBA{Pix: pic.shown.Pix, Stride: pic.shown.Stride, Rect: area}
}

// pixels are those that a rectangle touches.
func pixels(x, y, w, h float64) image.Rectangle {
	return image.Rect(int(math.Floor(x)), int(math.Floor(y)), int(math.Ceil(x+w)), int(math.Ceil(y+h)))
}

// straighten divides colours by their alpha; nearly all pixels are opaque.
func straighten(pix []uint8) {
	for i := 0; i+3 < len(pix); i += 4 {
		a := int(pix[i+3])
		if a == 255 || a == 0 {
			continue
		}
		for k := range 3 {
			pix[i+k] = uint8(min(255, (int(pix[i+k])*255+a/2)/a))
		}
	}
}
