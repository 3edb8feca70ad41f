package panel

import (
	"bytes"
	"math"
	"strconv"
	"strings"

	"onestep/engine/plot"
	"onestep/engine/quote"
	"onestep/engine/scene"
	"onestep/engine/view"
	"onestep/wasm/app/change"
	"onestep/wasm/app/lang"
	"onestep/wasm/app/probe"
	"onestep/wasm/app/sim"
	"onestep/wasm/protocol"
)

// Panel is one picture of the stage. Places are in device pixels.
type Panel interface {
	// About is what the board and the page must know of it; it never changes.
	About() protocol.PanelInfo
	// Changed takes in what has changed and tells whether the panel must be laid out anew, or drawn.
	Changed(c change.Set) (layout, draw bool)
	// Layout places everything in r and returns what clips the middle list.
	Layout(r scene.Rect) (clip scene.Rect)
	// Title is the heading where it has so much room, CSS px. Of is whose picture it is, in words.
	Title(room float64) string
	Of() string
	// Labels appends the texts that stand until the next Layout, the title apart; Values those that follow the body.
	Labels(dst []plot.Label) []plot.Label
	Values(dst []plot.Label) []plot.Label
	// Draw fills the empty lists; Back only where it is there.
	Draw(l Lists)
	// Press tells that the pointer was pressed; where a Drag comes back, it gets what the pointer does until it is let go.
	Press(x, y float64) Drag
	// Hover tells where the pointer is, or that it is elsewhere; the panel answers with a text beside it, or none, and its shape.
	Hover(x, y float64, here bool) (tip, cursor string)
	// Describe is what is seen in plain sentences, or nothing.
	Describe() string
	// Save writes the numbers behind the panel as CSV, with units, or says why there are none.
	Save(b *bytes.Buffer) error
}

// Drag follows a pressed pointer; end tells that it was let go.
type Drag func(x, y float64, end bool)

// Lists are what a panel draws, from back to front; Inside is clipped. Back is nil where it can stay.
type Lists struct{ Back, Inside, Front *scene.List }

// Moving is a panel that moves by itself.
type Moving interface {
	// Move lets dt pass, s, and tells whether that shows.
	Move(dt float64) bool
}

// Listener is a panel that takes in messages.
type Listener interface {
	// Hear takes a message, tells whether it was one for this panel, and what it changed.
	Hear(m protocol.Message) (mine bool, c change.Set, err error)
}

// Touchable is a panel in which a finger does more than scroll the page.
type Touchable interface {
	Touches(x, y float64) bool
}

// Acts is what a press may do to the world.
type Acts interface {
	Grab(u, v, reach float64) bool // takes hold of the limb nearest to (u, v), within reach, m
	Pull(u, v float64)
	LetGo()
	Scrub(t float64)
	Choose(slot int) // of the visited states
	Release()        // lets a body that was put into one go on
}

// Stage is what every panel sees.
type Stage struct {
	Now      *sim.Moment
	Probe    *probe.Prober
	Visited  *probe.Visited
	Selected int // slot of the chosen visited state, -1 for the live one
	View     protocol.View
	Dark     bool
	Pixel    float64 // device pixels to a CSS pixel
	Act      Acts
}

// relabeled is what titles, legends and names depend on.
const relabeled = change.Size | change.Theme | change.Task | change.Agent | change.Weights | change.Sampler | change.Driver |
	change.Layers | change.Ghosts | change.Cloud | change.Measure | change.Chosen

// px is x CSS pixels, in device pixels.
func (s *Stage) px(x float64) float64 { return x * s.Pixel }

func (s *Stage) palette() *view.Palette {
	if s.Dark {
		return &view.Dark
	}
	return &view.Light
}

func (s *Stage) axesStyle() plot.Style {
	p := s.palette()
	return plot.Style{Grid: p.Grid, Axis: p.Border, Zero: p.Border, Pixel: s.Pixel}
}

// other is the colour of the sampler that does not act.
func (s *Stage) other(steps int) scene.Color {
	if steps > 1 {
		return s.palette().One
	}
	return s.palette().Many
}

// bead is a dot with a rim that stands out from anything.
func (s *Stage) bead(l *scene.List, x, y, radius float64, c scene.Color) {
	pal := s.palette()
	l.Dot(x, y, s.px(radius+1.6), pal.Surface)
	l.Dot(x, y, s.px(radius), pal.Ink)
	l.Dot(x, y, s.px(radius-1.4), c)
}

// spacing is the least distance of two texts in a row, margin that of a text from the panel's side, CSS px.
const (
	spacing = 8
	margin  = 14
)

// corner is a text at the right end of a panel's first row.
func (s *Stage) corner(r scene.Rect, class, color, text string) plot.Label {
	return plot.Label{Text: text, Class: class, Color: color, X: r.X + r.W - s.px(margin), Y: r.Y + s.px(18), Align: plot.Right}
}

// Of is the task, the policy that acts on it, and its training.
func (s *Stage) Of() string {
	if s.Now.Policy == nil {
		return s.Now.Spec.Title
	}
	return runName(s.Now.Info.Algorithm, s.Now.Spec.Title, s.Now.Info.Seed) + ", " + stepsName(s.Now.Info.EnvSteps)
}

// named is a title with the run behind the picture, or as much of that as has room, CSS px.
func (s *Stage) named(title, of string, room float64) string {
	if s.Now.Policy == nil || of == "" || of == title || strings.Contains(title, of) {
		return title
	}
	short := strings.Replace(of, " on "+s.Now.Spec.Title, "", 1)
	names := []string{title + ": " + of, title + ": " + short, title}
	if title == s.Now.Spec.Title || strings.HasPrefix(short, title) {
		names = names[1:] // the task stands there
	}
	return plot.Fitting("title", room, names...)
}

func runName(algorithm, title string, seed uint64) string {
	return lang.Textf("%s on %s, seed %d", strings.ToUpper(algorithm), title, seed)
}

// stepsName is a number of steps of a training, in words.
func stepsName(steps int) string {
	switch {
	case steps == 0:
		return lang.Text("untrained")
	case steps >= 1e6 && steps%1e5 == 0:
		return lang.Textf("%s million steps", strconv.FormatFloat(float64(steps)/1e6, 'f', -1, 64))
	}
	return lang.Textf("%s steps", quote.Grouped(steps))
}

// beside is how much of a row is left for a text at its other end, CSS px.
func (s *Stage) beside(r scene.Rect, class, text string) float64 {
	return r.W/s.Pixel - 2*margin - spacing - plot.TextWidth(class, text)
}

// upright is the first of the names that fits along the left side of f and stays clear of the legend above it; it says
// nothing where none does.
func (s *Stage) upright(r, f scene.Rect, names ...string) plot.Label {
	const legendEnds = 48 // of the panel's height, CSS px
	text := plot.Fitting("axis", 2*(f.Y+f.H/2-r.Y)/s.Pixel-2*legendEnds, append(names, "")...)
	return plot.Label{Text: text, Class: "axis", X: r.X + s.px(13), Y: f.Y + f.H/2, Turned: true}
}

// under is a name below the axes of f.
func (s *Stage) under(f scene.Rect, text string) plot.Label {
	return plot.Label{Text: text, Class: "axis", X: f.X + f.W/2, Y: f.Y + f.H + s.px(24), Align: plot.Below}
}

// note is a sentence in the middle of an empty panel.
func (s *Stage) note(r scene.Rect, text string) plot.Label {
	return plot.Label{Text: text, Class: "note", X: r.X + r.W/2, Y: r.Y + r.H/2, Align: plot.Center}
}

// legend is one label that holds all keys of a panel: "color:text|color:text"; the page sets them in a row.
func (s *Stage) legend(r scene.Rect, keys ...[2]string) plot.Label {
	text := ""
	for i, k := range keys {
		if i > 0 {
			text += "|"
		}
		text += k[0] + ":" + k[1]
	}
	return plot.Label{Text: text, Class: "legend", X: r.X + s.px(margin), Y: r.Y + s.px(40), Align: plot.Left}
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// within keeps x in lo..hi.
func within(x, lo, hi float64) float64 { return math.Max(lo, math.Min(hi, x)) }

// All are the stage's panels, in the order in which they are laid out, named and described.
func All(s *Stage) []Panel {
	return []Panel{NewBody(s), NewFlow(s), NewScatter(s), NewLearning(s), NewTraining(s)}
}

// inUnit is a number, to the given step, with its unit, which stays on its line.
func inUnit(x, step float64, unit string) string {
	return strings.TrimSpace(plot.Number(x, step) + " " + strings.ReplaceAll(unit, " ", "\u202f"))
}
