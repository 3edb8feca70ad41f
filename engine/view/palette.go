package view

import (
	"onestep/engine/plot"
	"onestep/engine/scene"
)

// Palette is one theme. Blue is noise and t = 0, orange action and t = 1, everywhere; one step is green
// and many steps are purple, in both plots and their legends. The four differ in lightness too and stay
// apart for the common kinds of colour blindness (after M. Okabe and K. Ito, "Color universal design").
type Palette struct {
	Surface, Border, Ink, Muted, Grid scene.Color
	One, Many, Solved                 scene.Color
	Ramp                              plot.Ramp
	Value                             plot.Diverging // of the critics: brown is worse, teal better (after C. Brewer's BrBG)
	Body                              scene.BodyStyle
}

// Dark and Light are the two themes; web/css/stage.css repeats the colours of the text.
var (
	Dark = Palette{
		Surface: scene.Hex(0x12171f), Border: scene.Hex(0x262e3a), Ink: scene.Hex(0xe8ecf2), Muted: scene.Hex(0x93a0b2),
		Grid: scene.Hex(0x1f2732), One: scene.Hex(0x2fd0a0), Many: scene.Hex(0xd58be0), Solved: scene.Hex(0x93a0b2),
		Ramp:  plot.Ramp{Start: scene.Hex(0x4fa8ff), Middle: scene.Hex(0xb9a8c9), End: scene.Hex(0xffa033)},
		Value: plot.Diverging{Low: scene.Hex(0xb5762a).Alpha(0.6), High: scene.Hex(0x2bb5a8).Alpha(0.6)},
		Body: scene.BodyStyle{
			Limb: scene.Hex(0xc7d0dc), Edge: scene.Hex(0x55637a), Joint: scene.Hex(0x55637a), Hub: scene.Hex(0xe8ecf2),
			Ground: scene.Hex(0x1f2732), Mark: scene.Hex(0x55637a), Shadow: scene.Color{0, 0, 0, 0.45},
			Back: scene.Hex(0x7d8aa0), Target: scene.Hex(0xe5534b), Water: scene.Hex(0x4fa8ff),
		},
	}
	Light = Palette{
		Surface: scene.Hex(0xffffff), Border: scene.Hex(0xd9dfe7), Ink: scene.Hex(0x1a2230), Muted: scene.Hex(0x5a6677),
		Grid: scene.Hex(0xebeff4), One: scene.Hex(0x00805c), Many: scene.Hex(0x9a3fae), Solved: scene.Hex(0x5a6677),
		Ramp:  plot.Ramp{Start: scene.Hex(0x1668c7), Middle: scene.Hex(0x8d7f9e), End: scene.Hex(0xd96a00)},
		Value: plot.Diverging{Low: scene.Hex(0xa6611a).Alpha(0.5), High: scene.Hex(0x018571).Alpha(0.5)},
		Body: scene.BodyStyle{
			Limb: scene.Hex(0x5b6b82), Edge: scene.Hex(0x2b3545), Joint: scene.Hex(0x2b3545), Hub: scene.Hex(0xffffff),
			Ground: scene.Hex(0xe4e9f0), Mark: scene.Hex(0x9aa6b6), Shadow: scene.Color{0.1, 0.15, 0.25, 0.22},
			Back: scene.Hex(0x8d9ab0), Target: scene.Hex(0xc62f26), Water: scene.Hex(0x1668c7),
		},
	}
)
