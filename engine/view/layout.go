package view

import (
	"math"

	"onestep/engine/scene"
)

// Place is the room that a panel wants.
type Place struct {
	Large bool    // it stands in the first row, or in a column of its own
	Share float64 // of the height of a stage on which all stand one under another; all shares together are the whole
}

// Widths in CSS pixels from which the layouts apply.
const (
	narrowBelow = 620
	gap         = 10
)

// Narrow tells whether a stage of so many device pixels has its panels one under another.
func Narrow(width, pixel float64) bool { return width < narrowBelow*pixel }

// Arrange lays panels out for a stage of width x height device pixels, pixel of them to a CSS pixel, and returns a
// rectangle for each: one under another where it is narrow; two rows otherwise, the large ones above and higher; on a very
// wide and low stage each large one has a column, and the others share the last.
func Arrange(width, height, pixel float64, panels []Place) []scene.Rect {
	g := math.Round(gap * pixel)
	rects := make([]scene.Rect, len(panels))
	if Narrow(width, pixel) {
		shares := make([]float64, len(panels))
		for i, p := range panels {
			shares[i] = p.Share
		}
		for i, s := range split(height, g, shares) {
			rects[i] = scene.Rect{Y: s.at, W: width, H: s.size}
		}
		return rects
	}
	var large, small []int
	for i, p := range panels {
		if p.Large {
			large = append(large, i)
		} else {
			small = append(small, i)
		}
	}
	if width > 2.1*height && width >= 1000*pixel && len(small) > 0 {
		shares := append(equal(len(large), 0.72), 0.28)
		columns := split(width, g, shares)
		for k, i := range large {
			rects[i] = scene.Rect{X: columns[k].at, W: columns[k].size, H: height}
		}
		last := columns[len(large)]
		for k, s := range split(height, g, equal(len(small), 1)) {
			rects[small[k]] = scene.Rect{X: last.at, Y: s.at, W: last.size, H: s.size}
		}
		return rects
	}
	rows := []span{{0, height}, {0, height}}
	if len(large) > 0 && len(small) > 0 {
		rows = split(height, g, []float64{0.57, 0.43})
	}
	for r, members := range [2][]int{large, small} {
		for k, s := range split(width, g, equal(len(members), 1)) {
			rects[members[k]] = scene.Rect{X: s.at, Y: rows[r].at, W: s.size, H: rows[r].size}
		}
	}
	return rects
}

// span is a part of a side.
type span struct{ at, size float64 }

// equal are n equal shares of a whole.
func equal(n int, whole float64) []float64 {
	shares := make([]float64, n)
	for i := range shares {
		shares[i] = whole / float64(n)
	}
	return shares
}

// split divides a length by shares, with gaps of g between the parts; the last part takes what rounding leaves.
func split(length, g float64, shares []float64) []span {
	whole := 0.0
	for _, s := range shares {
		whole += s
	}
	room, at := math.Max(0, length-g*float64(len(shares)-1)), 0.0
	left := room
	parts := make([]span, len(shares))
	for i, s := range shares {
		size := math.Min(left, math.Round(room*s/whole))
		if i == len(shares)-1 {
			size = left
		}
		parts[i] = span{at, size}
		at, left = at+size+g, left-size
	}
	return parts
}
