//go:build js && wasm

package main

import (
	"encoding/json"
	"math"
	"syscall/js"

	"onestep/engine/plot"
	"onestep/engine/scene"
	"onestep/engine/view"
	"onestep/wasm/app/lang"
	"onestep/wasm/app/panel"
	"onestep/wasm/app/show"
	"onestep/wasm/bridge"
	"onestep/wasm/protocol"
)

// dom is the frame's page as web/js/stage.js offers it under the name onestepStage: a queue of pointer
// events, a place for texts, and numbers that tests read. Numbers cross as typed arrays; strings only
// when a text has changed.
type dom struct {
	hook    js.Value
	queue   js.Value // Uint8Array over [n*3] float64: kind, x, y
	numbers js.Value // Uint8Array over [numNumbers] float64
	bytes   []byte
	dark    bool
	themed  bool
	cursor  string
	seen    []int // versions of the label sets
	pixel   float64
	row     []float64 // numbers
	sent    []byte    // as bytes

	lastPointer float64 // when there was an event, s
}

// Columns of onestepStage.numbers, which only tests read.
const (
	numberFrames   = iota              // frames drawn
	numberDots                         // dots of the scatter
	numberSelected                     // slot of the chosen dot, -1 for the live state
	numberT                            // t of the flow panel
	numberPaths                        // particles of the flow panel
	numberSteps                        // their steps
	numberMean                         // mean of their first action
	numberStd                          // its standard deviation
	numberAction                       // the taken action, first coordinate
	numberBody                         // box of the limbs on the screen, CSS px: x, y, w, h
	numberHold     = numberBody + 4    // the middle of the first limb there, CSS px: x, y
	numberRoot     = numberHold + 2    // and in the world, m: u, v
	numberGrabbed  = numberRoot + 2    // 1 while a limb is held
	numberPanels   = numberGrabbed + 1 // x, y, w, h of each panel in CSS px, in the order of onestepStage.names
)

const queueRows = 64

// newDOM joins the frame's page with a session: it tells the panels' names and titles, and answers whether a touch at a point, CSS px,
// is the stage's.
func newDOM(s *show.Session) *dom {
	hook := js.Global().Get("onestepStage")
	view := func(name string) js.Value {
		return js.Global().Get("Uint8Array").New(hook.Get(name).Get("buffer"))
	}
	d := &dom{hook: hook, queue: view("queue"), numbers: view("numbers"), bytes: make([]byte, queueRows*3*8), pixel: 1, lastPointer: math.Inf(-1)}
	d.seen, d.row = make([]int, len(s.Labels())), make([]float64, numberPanels+4*len(s.Panels()))
	var names, titles []any
	for _, p := range s.Infos() {
		names, titles = append(names, p.Name), append(titles, p.Title)
	}
	hook.Set("names", names)
	hook.Set("titles", titles)
	hook.Set("touches", js.FuncOf(func(_ js.Value, at []js.Value) any {
		return s.Touches(at[0].Float()*d.pixel, at[1].Float()*d.pixel)
	}))
	return d
}

// setLanguage reads the words of the page's language, which stage.js offers as JSON; there are none for English.
func setLanguage() {
	words := js.Global().Get("onestepStage").Get("words").String()
	if words == "" {
		return
	}
	var table map[string]string
	if err := json.Unmarshal([]byte(words), &table); err != nil {
		panic("app: words that are no JSON: " + err.Error())
	}
	lang.Set(table)
}

// touched tells whether there have been pointer events lately.
func (d *dom) touched() bool {
	return d.hook.Get("queued").Int() > 0 || bridge.Now()-d.lastPointer < 1
}

// pointers hands the queued pointer events to the session.
func (d *dom) pointers(s *show.Session) {
	n := min(d.hook.Get("queued").Int(), queueRows)
	if n == 0 {
		return
	}
	d.lastPointer = bridge.Now()
	js.CopyBytesToGo(d.bytes, d.queue)
	d.hook.Set("queued", 0)
	events := protocol.Float64s(d.bytes[:n*24])
	for i := range n {
		e := events[3*i:]
		s.Pointer(panel.PointerKind(e[0]), e[1], e[2])
	}
}

// label is a plot.Label as stage.js gets it, in CSS pixels.
type label struct {
	Text   string  `json:"text"`
	Class  string  `json:"class"`
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
	Align  string  `json:"align"`
	Turned bool    `json:"turned,omitempty"`
	Color  string  `json:"color,omitempty"`
}

var alignNames = map[plot.Align]string{plot.Center: "center", plot.Left: "left", plot.Right: "right", plot.Above: "above", plot.Below: "below"}

// texts shows the label sets that have changed.
func (d *dom) texts(s *show.Session) {
	if dark := s.Dark(); dark != d.dark || !d.themed {
		d.dark, d.themed = dark, true
		d.hook.Call("theme", dark)
	}
	if c := s.Cursor(); c != d.cursor {
		d.cursor = c
		d.hook.Call("cursor", c)
	}
	for i, set := range s.Labels() {
		if set.Version == d.seen[i] {
			continue
		}
		d.seen[i] = set.Version
		list := make([]label, len(set.List))
		for k, l := range set.List {
			list[k] = label{l.Text, l.Class, l.X / d.pixel, l.Y / d.pixel, alignNames[l.Align], l.Turned, l.Color}
		}
		text, err := json.Marshal(list)
		if err != nil {
			panic("app: a label that JSON cannot hold: " + err.Error())
		}
		d.hook.Call("labels", i, string(text))
	}
}

// report writes the numbers for tests and tells the page that a frame is drawn.
func (d *dom) report(look show.Look, panels []*view.Panel) {
	r, css := d.row, 1/d.pixel
	r[numberFrames]++
	r[numberDots], r[numberSelected], r[numberT] = float64(look.Dots), float64(look.Selected), look.T
	r[numberPaths], r[numberSteps] = float64(look.Paths), float64(look.Steps)
	r[numberMean], r[numberStd], r[numberAction] = look.Mean, look.Std, look.Action
	rect := func(at int, q scene.Rect) { copy(r[at:], []float64{q.X * css, q.Y * css, q.W * css, q.H * css}) }
	rect(numberBody, look.Body)
	r[numberHold], r[numberHold+1] = look.Hold[0]*css, look.Hold[1]*css
	r[numberRoot], r[numberRoot+1] = look.Root[0], look.Root[1]
	r[numberGrabbed] = 0
	if look.Grabbed {
		r[numberGrabbed] = 1
	}
	for i, p := range panels {
		rect(numberPanels+4*i, p.Rect)
	}
	d.sent = protocol.AppendFloat64s(d.sent[:0], r)
	js.CopyBytesToJS(d.numbers, d.sent)
	d.hook.Call("drew")
}
