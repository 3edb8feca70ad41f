package plot

import (
	"math"

	"onestep/engine/scene"
)

// Dots is a scatter of points with an age each, in a ring: the newest overwrites the oldest.
type Dots struct {
	X, Y []float64 // [Len()]
	next int
	full bool
}

// NewDots holds up to capacity points.
func NewDots(capacity int) *Dots {
	return &Dots{X: make([]float64, capacity), Y: make([]float64, capacity)}
}

// Len is the number of points.
func (d *Dots) Len() int {
	if d.full {
		return len(d.X)
	}
	return d.next
}

// Add stores a point and returns its slot.
func (d *Dots) Add(x, y float64) int {
	slot := d.next
	d.X[slot], d.Y[slot] = x, y
	d.next++
	if d.next == len(d.X) {
		d.next, d.full = 0, true
	}
	return slot
}

// Clear drops every point.
func (d *Dots) Clear() { d.next, d.full = 0, false }

// Age of a slot: 0 for the newest point, Len()-1 for the oldest.
func (d *Dots) Age(slot int) int {
	age := d.next - 1 - slot
	if age < 0 {
		age += len(d.X)
	}
	return age
}

// Slot is the inverse of Age.
func (d *Dots) Slot(age int) int {
	slot := d.next - 1 - age
	if slot < 0 {
		slot += len(d.X)
	}
	return slot
}

// place is where slot stands on the screen, moved to the frame's edge where it lies outside.
func (d *Dots) place(a *Axes, slot int) (px, py float64) {
	px, py = a.Point(d.X[slot], d.Y[slot])
	f := a.Frame
	return math.Max(f.X, math.Min(f.X+f.W, px)), math.Max(f.Y, math.Min(f.Y+f.H, py))
}

// Draw draws the points, oldest first, their colour from fresh to old by age.
func (d *Dots) Draw(l *scene.List, a *Axes, radius float64, fresh, old scene.Color) {
	n := d.Len()
	for k := n - 1; k >= 0; k-- {
		slot := d.next - 1 - k
		if slot < 0 {
			slot += len(d.X)
		}
		px, py := d.place(a, slot)
		age := math.Sqrt(float64(k) / float64(max(n-1, 1)))
		l.Dot(px, py, radius, fresh.Mix(old, float32(age)))
	}
}

// Mark rings one point.
func (d *Dots) Mark(l *scene.List, a *Axes, slot int, radius, width float64, c scene.Color) {
	px, py := d.place(a, slot)
	l.Ring(px, py, radius, width, c)
}

// Nearest is the slot of the point that lies closest to (px, py), if any lies within reach px; -1
// otherwise. Of equally close ones the newest wins.
func (d *Dots) Nearest(a *Axes, px, py, reach float64) int {
	best, slot := reach*reach, -1
	for i := range d.Len() {
		x, y := d.place(a, i)
		if r := (x-px)*(x-px) + (y-py)*(y-py); r < best || r == best && slot >= 0 && d.Age(i) < d.Age(slot) {
			best, slot = r, i
		}
	}
	return slot
}
