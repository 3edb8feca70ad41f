package panel

import (
	"math"
	"strings"

	"onestep/engine/plot"
	"onestep/engine/scene"
	"onestep/engine/view"
	"onestep/wasm/app/change"
	"onestep/wasm/protocol"
)

// Board holds the panels.
type Board struct {
	*Stage

	frames []*frame
	views  []*view.Panel
	labels []*LabelSet // of each panel its labels, then of each its values, then what belongs to the pointer
	drag   Drag
	moved  bool
	cursor string
}

// frame is a panel with its place, its lists and what must be made anew.
type frame struct {
	Panel
	about          protocol.PanelInfo
	view           view.Panel
	stale, whole   bool
	labels, values LabelSet
}

// NewBoard makes a board of panels that read s.
func NewBoard(s *Stage, panels ...Panel) *Board {
	b := &Board{Stage: s, cursor: "default"}
	for _, p := range panels {
		f := &frame{Panel: p, about: p.About(), whole: true}
		b.frames, b.views, b.labels = append(b.frames, f), append(b.views, &f.view), append(b.labels, &f.labels)
	}
	for _, f := range b.frames {
		b.labels = append(b.labels, &f.values)
	}
	b.labels = append(b.labels, &LabelSet{})
	return b
}

// Panels are the panels for the view.
func (b *Board) Panels() []*view.Panel { return b.views }

// Infos are what the page must know of the panels, in their order.
func (b *Board) Infos() []protocol.PanelInfo {
	infos := make([]protocol.PanelInfo, len(b.frames))
	for i, f := range b.frames {
		infos[i] = f.about
	}
	return infos
}

// Labels are the texts for the page to show over the canvas; compare the versions.
func (b *Board) Labels() []*LabelSet { return b.labels }

// Cursor is the pointer's shape over what lies under it, a CSS keyword.
func (b *Board) Cursor() string { return b.cursor }

// Arrange gives every panel its place on a stage of so many device pixels, on whole pixels.
func (b *Board) Arrange(places protocol.Places, width, height float64) {
	for _, f := range b.frames {
		p := places[f.about.Name]
		x, y := math.Round(p.X*width), math.Round(p.Y*height)
		f.view.Rect = scene.Rect{X: x, Y: y, W: math.Round((p.X+p.W)*width) - x, H: math.Round((p.Y+p.H)*height) - y}
		if !f.shown() {
			f.labels.done(f.labels.edit())
			f.values.done(f.values.edit())
		}
	}
	b.moved = true
}

// Rearranged tells, once, that panels have been moved.
func (b *Board) Rearranged() bool {
	moved := b.moved
	b.moved = false
	return moved
}

// shown tells whether a panel has room.
func (f *frame) shown() bool { return f.view.Rect.W > 0 && f.view.Rect.H > 0 }

// Settle lays out what a set of changes asks for and notes what must be drawn.
func (b *Board) Settle(c change.Set) {
	if c == 0 {
		return
	}
	for _, f := range b.frames {
		layout, draw := f.Changed(c)
		f.stale = f.stale || draw
		if layout && f.shown() {
			f.layout(b.Stage)
		}
	}
}

// layout places a panel and writes its labels.
func (f *frame) layout(s *Stage) {
	r := f.view.Rect
	f.view.Clip = f.Layout(r)
	f.whole = true
	list := f.Labels(append(f.labels.edit(), plot.Label{}))
	room := r.W/s.Pixel - 2*margin
	for _, l := range list[1:] { // what else stands in the first row
		if l.Y == r.Y+s.px(18) {
			room = math.Min(room, s.beside(r, l.Class, l.Text))
		}
	}
	list[0] = plot.Label{Text: s.named(f.Title(room), f.Of(), room), Class: "title", X: r.X + s.px(margin), Y: r.Y + s.px(18), Align: plot.Left}
	f.labels.done(list)
}

// WriteValues writes the texts that follow the body.
func (b *Board) WriteValues() {
	for _, f := range b.frames {
		if f.shown() {
			f.values.done(f.Values(f.values.edit()))
		}
	}
}

// Move lets dt pass for what moves by itself, s.
func (b *Board) Move(dt float64) {
	for _, f := range b.frames {
		if m, ok := f.Panel.(Moving); ok && m.Move(dt) {
			f.stale = true
		}
	}
}

// Draw makes the lists of the panels that have changed.
func (b *Board) Draw() {
	for _, f := range b.frames {
		if !f.shown() || !f.stale && !f.whole {
			continue
		}
		v := &f.view
		lists := Lists{Inside: &v.Inside, Front: &v.Front}
		if f.whole {
			lists.Back, v.Whole = &v.Back, true
			v.Back.Reset()
		}
		v.Inside.Reset()
		v.Front.Reset()
		f.Panel.Draw(lists)
		f.stale, f.whole, v.Dirty = false, false, true
	}
}

// PointerKind is what the pointer did.
type PointerKind int

// The kinds; web/js/stage.js uses the same numbers.
const (
	PointerMove PointerKind = iota
	PointerDown
	PointerUp
	PointerLeave
)

// Pointer hands a pointer event at (x, y) to the panel there.
func (b *Board) Pointer(kind PointerKind, x, y float64) {
	drag := b.drag
	switch {
	case kind == PointerDown:
		b.drag = nil
		for _, f := range b.frames {
			if f.view.Rect.Contains(x, y) {
				if b.drag = f.Press(x, y); b.drag != nil {
					b.drag(x, y, false)
				}
				break
			}
		}
	case drag != nil:
		end := kind != PointerMove
		if end {
			b.drag = nil
		}
		drag(x, y, end)
	}
	b.hover(x, y, kind != PointerLeave)
}

// hover finds what lies under the pointer and writes its numbers beside it.
func (b *Board) hover(x, y float64, inside bool) {
	tip, cursor, right := "", "default", 0.0
	for _, f := range b.frames {
		r := f.view.Rect
		right = math.Max(right, r.X+r.W)
		if t, c := f.Hover(x, y, inside && r.Contains(x, y)); t != "" || c != "" {
			tip = t
			if c != "" {
				cursor = c
			}
		}
	}
	b.cursor = cursor
	set := b.labels[len(b.labels)-1]
	list := set.edit()
	if tip != "" {
		l := plot.Label{Text: tip, Class: "tip", Align: plot.Left, X: x + b.px(12), Y: y - b.px(18)}
		if x > right/2 { // the side that has room
			l.X, l.Align = x-b.px(12), plot.Right
		}
		list = append(list, l)
	}
	set.done(list)
}

// Touches tells whether a finger at (x, y) does something there; anywhere else it scrolls the page.
func (b *Board) Touches(x, y float64) bool {
	for _, f := range b.frames {
		if t, ok := f.Panel.(Touchable); ok && f.shown() && t.Touches(x, y) {
			return true
		}
	}
	return false
}

// Hear hands a message to the panels that listen and tells whether one of them took it.
func (b *Board) Hear(m protocol.Message) (mine bool, c change.Set, err error) {
	for _, f := range b.frames {
		l, ok := f.Panel.(Listener)
		if !ok {
			continue
		}
		took, changed, err := l.Hear(m)
		if err != nil {
			return true, c, err
		}
		mine, c = mine || took, c|changed
	}
	return mine, c, nil
}

// Describe is what the panels show, in words.
func (b *Board) Describe() string {
	var said []string
	for _, f := range b.frames {
		if text := f.Panel.Describe(); f.shown() && text != "" {
			said = append(said, text)
		}
	}
	return strings.Join(said, " ")
}

// Find is the panel of a name, nil where there is none.
func (b *Board) Find(name string) Panel {
	for _, f := range b.frames {
		if f.about.Name == name {
			return f.Panel
		}
	}
	return nil
}
