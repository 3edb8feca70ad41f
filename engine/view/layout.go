package view

import (
	"math"

	"onestep/engine/scene"
)

// Layout is where the four panels lie, device pixels.
type Layout struct {
	Body, Flow, Scatter, Curve scene.Rect
	Stacked                    bool // one under another, for a narrow stage
}

// Widths in CSS pixels from which the layouts apply.
const (
	narrowBelow = 620
	gap         = 10
)

// Arrange lays the panels out for a stage of width x height device pixels, pixel of them to a CSS pixel:
// stacked where it is narrow; two columns otherwise, body and flow above and larger; a very wide and low
// stage gets three columns, with both plots in the last one.
func Arrange(width, height, pixel float64) Layout {
	g := math.Round(gap * pixel)
	switch {
	case width < narrowBelow*pixel:
		return stacked(width, height, g)
	case width > 2.1*height && width >= 1000*pixel:
		return threeColumns(width, height, g)
	default:
		return twoColumns(width, height, g)
	}
}

func stacked(width, height, g float64) Layout {
	h := math.Max(0, height-3*g)
	a, b, c := math.Round(0.27*h), math.Round(0.29*h), math.Round(0.23*h)
	return Layout{
		Stacked: true,
		Body:    scene.Rect{W: width, H: a},
		Flow:    scene.Rect{Y: a + g, W: width, H: b},
		Scatter: scene.Rect{Y: a + b + 2*g, W: width, H: c},
		Curve:   scene.Rect{Y: a + b + c + 3*g, W: width, H: math.Max(0, h-a-b-c)},
	}
}

func twoColumns(width, height, g float64) Layout {
	left, top := math.Round((width-g)*0.5), math.Round((height-g)*0.57)
	right, bottom := width-g-left, height-g-top
	return Layout{
		Body:    scene.Rect{W: left, H: top},
		Flow:    scene.Rect{X: left + g, W: right, H: top},
		Scatter: scene.Rect{Y: top + g, W: left, H: bottom},
		Curve:   scene.Rect{X: left + g, Y: top + g, W: right, H: bottom},
	}
}

func threeColumns(width, height, g float64) Layout {
	a, b := math.Round((width-2*g)*0.36), math.Round((width-2*g)*0.36)
	c, top := width-2*g-a-b, math.Round((height-g)/2)
	return Layout{
		Body:    scene.Rect{W: a, H: height},
		Flow:    scene.Rect{X: a + g, W: b, H: height},
		Scatter: scene.Rect{X: a + b + 2*g, W: c, H: top},
		Curve:   scene.Rect{X: a + b + 2*g, Y: top + g, W: c, H: height - g - top},
	}
}
