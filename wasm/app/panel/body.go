package panel

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"

	"onestep/engine/physics"
	"onestep/engine/plot"
	"onestep/engine/scene"
	"onestep/wasm/app/change"
	"onestep/wasm/app/lang"
	"onestep/wasm/app/sim"
	"onestep/wasm/app/weights"
	"onestep/wasm/protocol"
)

// Body shows the body on its ground, its ghost, what drives it, and its actions as bars.
type Body struct {
	*Stage
	Camera scene.Camera

	lanes  *lanes // the ghost's, where it has one of its own
	rect   scene.Rect
	style  scene.BodyStyle
	clock  scene.Rect   // the control period and what of it an action takes, px; nothing where actions take no time
	gauges []scene.Rect // one bar for each action, px
	names  bool         // they stand beside the bars
	wide   bool         // there is room for the largest value beside them
	hand   [2]float64   // the pointer that pulls, px
}

// NewBody returns the panel.
func NewBody(s *Stage) *Body { return &Body{Stage: s} }

// About implements Panel.
func (p *Body) About() protocol.PanelInfo {
	return protocol.PanelInfo{Name: "body", Title: lang.Text("Body")}
}

// Title implements Panel.
func (p *Body) Title(float64) string { return p.Now.Spec.Title }

// Of names the run whose policy moves the body, or the body alone.
func (p *Body) Of() string {
	if p.Now.Drive.Mode != sim.DrivePolicy {
		return p.Now.Spec.Title
	}
	return p.Stage.Of()
}

// Changed implements Panel.
func (p *Body) Changed(c change.Set) (layout, draw bool) {
	if c.Has(change.Task) {
		p.Camera.Forget()
		p.Camera.Free = p.Now.Spec.Travel
		p.lanes = nil
	}
	switch {
	case !p.Now.Lane.On:
		p.lanes = nil
	case p.lanes == nil:
		p.lanes = &lanes{camera: p.Camera}
	}
	return c.Has(relabeled), c.Has(change.Motion | change.Action)
}

// Move lets the camera follow the body.
func (p *Body) Move(dt float64) bool {
	settled := p.Camera.Settled()
	if p.lanes != nil && p.lanes.move(&p.Camera, &p.Now.Ghost, dt) {
		settled = false
	}
	if !p.Now.Hand.Holds { // a view that moved with the body would take the pointer's target along, away from the body
		p.Camera.Look(p.Now.Figure.Shapes)
		p.Camera.Follow(dt)
	}
	return !settled
}

// leastBody is the height that a body has beside the bars of its actions, CSS px; where there is less they are left out.
const leastBody = 70

// Layout places the camera's view and the bars of the actions.
func (p *Body) Layout(r scene.Rect) (clip scene.Rect) {
	p.rect = r
	p.style = p.palette().Body
	p.style.Pixel = p.Pixel
	bars := p.Now.Spec.ActDim
	rows, columns := bars, 1
	if bars > 2 {
		rows, columns = (bars+1)/2, 2
	}
	rowHeight := p.px(18)
	if bars > 1 {
		rowHeight = math.Min(p.px(14), 0.3*r.H/float64(rows))
	}
	p.names, p.wide = bars > 1 && rowHeight >= p.px(11), columns == 1
	foot := p.px(26) + rowHeight*float64(rows)
	if columns == 2 {
		foot -= p.px(8)
	}
	head := p.px(34)
	if p.View.Ghost && p.lanes == nil { // what is said of it stands there
		head = p.px(52)
	}
	late, room := p.Now.Delay(p.Now.Decision.NFE) > 0, p.px(leastBody)
	if p.lanes != nil {
		room *= 2
	}
	if late {
		room += p.px(30)
	}
	if r.H-head-foot < room { // a body is worth more than its bars
		foot, bars = p.px(8), 0
	}
	below := foot
	p.clock = scene.Rect{}
	if late {
		p.clock = scene.Rect{X: r.X + p.px(margin), Y: r.Y + r.H - foot - p.px(8), W: r.W - p.px(2*margin), H: p.px(6)}
		foot += p.px(30)
	}
	p.Camera.View = r.Inset(0, head, 0, foot)
	if p.lanes != nil {
		p.Camera.View = p.lanes.split(p.Camera.View, p.Pixel, p.Camera.Extent())
	}
	p.gauges = p.gauges[:0]
	width, middle := math.Min(p.px(260), r.W-p.px(170)), r.X+r.W/2
	switch {
	case columns == 2:
		width = math.Min(p.px(150), r.W/2-p.px(104))
	case p.names:
		width = math.Min(p.px(240), r.W-p.px(230))
	}
	height := math.Min(p.px(7), 0.6*rowHeight)
	for i := range bars {
		y := r.Y + r.H - below + p.px(8) + float64(i%rows)*rowHeight
		x := middle - width/2
		if columns == 2 {
			x = r.X + p.px(92) + float64(i/rows)*(r.W/2-p.px(4))
		}
		p.gauges = append(p.gauges, scene.Rect{X: x, Y: y, W: width, H: height})
	}
	return r.Inset(p.px(1), p.px(30), p.px(1), foot-p.px(4))
}

// Labels say who acts, name the bars and say how far they reach.
func (p *Body) Labels(l []plot.Label) []plot.Label {
	now := p.Now
	switch {
	case now.Drive.Mode != sim.DrivePolicy:
		l = append(l, p.corner(p.rect, "chip", "noise", p.driverName()))
	case now.Policy == nil:
		l = append(l, p.corner(p.rect, "hint", "", lang.Text("waiting for a policy")))
	case p.lanes != nil:
		l = p.laneLabels(l)
	default:
		color, text := p.chip(p.beside(p.rect, "title", now.Spec.Title))
		l = append(l, p.corner(p.rect, "chip", color, text))
	}
	if p.clock.W > 0 {
		l = append(l, plot.Label{Text: p.thinking(p.clock.W / p.Pixel), Class: "tick", X: p.clock.X, Y: p.clock.Y - p.px(9), Align: plot.Left})
	}
	if now.Spec.ActDim > 1 && !p.names {
		return l
	}
	for i, g := range p.gauges {
		q := now.Spec.Actions[i]
		y := g.Y + g.H/2
		step := 0.1
		if q.Scale >= 10 {
			step = 1
		}
		left := plot.Number(-q.Scale, step)
		if p.names {
			left = shortName(lang.Text(q.Name))
		}
		l = append(l, plot.Label{Text: left, Class: "tick", X: g.X - p.px(8), Y: y, Align: plot.Right})
		if p.wide {
			l = append(l, plot.Label{Text: inUnit(q.Scale, step, q.Unit), Class: "tick", X: g.X + g.W + p.px(8), Y: y, Align: plot.Left})
		}
	}
	return l
}

// thinking says in the given room, CSS px, how late an action arrives.
func (p *Body) thinking(room float64) string {
	now := p.Now
	delay, period := now.Delay(now.Decision.NFE), now.Spec.ControlPeriod
	late := lang.Text("in time for the next action")
	if delay > period {
		late = lang.Textf("%s control periods late", hundredths(delay/period))
	}
	each := lang.Textf("%d × %s ms", now.Decision.NFE, strconv.FormatFloat(1e3*now.Sampler.Latency, 'g', 3, 64))
	took := lang.Textf("thinking %s of %s ms", hundredths(1e3*delay), hundredths(1e3*period))
	return plot.Fitting("tick", room, lang.Textf("%s (%s): %s", took, each, late), took+": "+late, took)
}

// hundredths writes a positive number without more decimals than it has.
func hundredths(x float64) string { return strconv.FormatFloat(math.Round(100*x)/100, 'f', -1, 64) }

// drawClock draws the control period, as many as an action takes, and what of them thinking takes.
func (p *Body) drawClock(l *scene.List) {
	if p.clock.W == 0 {
		return
	}
	pal, c := p.palette(), p.clock
	delay, period := p.Now.Delay(p.Now.Decision.NFE), p.Now.Spec.ControlPeriod
	periods := math.Max(1, math.Ceil(delay/period-1e-9))
	l.Box(c, c.H/2, pal.Grid)
	color := pal.One
	if delay > period {
		color = pal.Many
	}
	l.Box(scene.Rect{X: c.X, Y: c.Y, W: math.Max(c.H, c.W*delay/(periods*period)), H: c.H}, c.H/2, color)
	for k := 1.0; k < periods && periods <= 40; k++ {
		x := c.X + c.W*k/periods
		l.Line(x, c.Y-p.px(2), x, c.Y+c.H+p.px(2), p.px(1), pal.Muted)
	}
}

// shortName is what fits beside a bar of the name of an action.
func shortName(text string) string {
	if short := strings.TrimPrefix(strings.TrimSuffix(text, " torque"), lang.Text("torque of ")); short != "" {
		text = short
	}
	if len(text) > 16 {
		text = strings.ToValidUTF8(text[:14], "") + "…"
	}
	return text
}

// Values are the ghost's distance and a single action's value.
func (p *Body) Values(l []plot.Label) []plot.Label {
	now := p.Now
	if p.lanes != nil {
		l = p.laneValues(l)
	} else if now.Episode.Over {
		text := p.ended(now.Episode.Final, float64(now.Episode.Steps)*now.Spec.ControlPeriod)
		ret := lang.Textf("return %s", returnText(now.Episode.Return))
		l = append(l, plot.Label{Text: text + " · " + ret, Class: "value", X: p.rect.X + p.px(margin), Y: p.rect.Y + p.px(40), Align: plot.Left})
	} else if g := &now.Ghost; g.On {
		key := "many ghost"
		if g.Steps == 1 {
			key = "one ghost"
		}
		l = append(l, p.legend(p.rect, [2]string{key, p.ghostLegend(p.rect.W/p.Pixel - 2*margin - ghostKey)}))
	}
	if now.Decision.Valid && len(p.gauges) == 1 {
		g := p.gauges[0]
		q := now.Spec.Actions[0]
		text := lang.Text(q.Name) + " " + inUnit(within(now.Decision.Action[0], -1, 1)*q.Scale, q.Scale/200, q.Unit)
		l = append(l, plot.Label{Text: text, Class: "value", X: g.X + g.W/2, Y: g.Y + g.H + p.px(5), Align: plot.Below})
	}
	return l
}

// ended says how an episode ended after t, s: by a fall, or otherwise.
func (p *Body) ended(final bool, t float64) string {
	step := 0.1
	if t < 1 {
		step = 0.01
	}
	if final && p.Now.Falls {
		return lang.Textf("fell after %s s", plot.Number(t, step))
	}
	return lang.Textf("over after %s s", plot.Number(t, step))
}

// ghostText says what the ghost is, how far it stands apart, when both parted, and in the words of a verdict whether that matters.
func (p *Body) ghostText() string {
	g, verdict := &p.Now.Ghost, p.View.Verdict
	text := lang.Text("ghost: one step")
	if g.Steps > 1 {
		text = lang.Textf("ghost: %d steps", g.Steps)
	}
	switch {
	case g.Still:
		return text + ", " + p.ended(g.Final, g.Time)
	case math.IsNaN(g.Parted):
		return lang.Textf("%s, same noise · %.2f m apart", text, g.Apart)
	}
	if verdict != "" {
		return lang.Textf("%s · parted after %.1f s: %s", text, g.Parted, verdict)
	}
	return lang.Textf("%s · parted after %.1f s · %.2f m apart", text, g.Parted, g.Apart)
}

const ghostKey = 24 // CSS px that the sign of the ghost takes before its words

// ghostLegend is as much of what ghostText says as has room, CSS px: whether parting matters goes before whose steps they are.
func (p *Body) ghostLegend(room float64) string {
	text := p.ghostText()
	_, after, more := strings.Cut(text, " · ")
	if !more {
		return text
	}
	parted, _, _ := strings.Cut(after, ": ")
	return plot.Fitting("legend", room, text, after, parted)
}

// driverName says who moves the joints where no policy does.
func (p *Body) driverName() string {
	name := map[string]string{sim.DriveZero: lang.Text("zero torque"), sim.DriveNoise: lang.Text("uniform noise"), sim.DriveHand: lang.Text("by hand")}[p.Now.Drive.Mode]
	if p.Now.Policy == nil && p.Now.Drive.Mode != sim.DriveHand {
		return lang.Textf("untrained: %s", name)
	}
	return name
}

// chip says which agent acts and how, with the colour of its sampler; what has no room, CSS px, is left out.
func (s *Stage) chip(room float64) (color, text string) {
	return chipOf(s.Now.Policy, &s.Now.Info, s.Now.Sampler.Steps, s.Now.Sampler.BestOf, room)
}

// chipOf is the chip of a policy by so many steps and candidates.
func chipOf(policy *weights.Policy, info *protocol.PolicyInfo, steps, candidates int, room float64) (color, text string) {
	words := wordsOf(policy, candidates)
	color, text = "one", words.OneStep
	switch {
	case policy.Pathless() && candidates > 1:
		text = words.Best
	case !policy.Pathless() && steps > 1:
		color, text = "many", lang.Textf("%d steps", steps)
	}
	best := ""
	if candidates > 1 && info.HasCritics {
		best = lang.Textf(", best of %d", candidates)
	}
	name := strings.ToUpper(info.Algorithm)
	if info.Updates == 0 && !policy.Foreign() {
		name = lang.Textf("untrained %s", name)
	}
	return color, plot.Fitting("chip", room, name+": "+text+best, name+": "+text, text)
}

// Draw draws the body as it stands.
func (p *Body) Draw(l Lists) {
	pal, in, now := p.palette(), l.Inside, p.Now
	if l.Back != nil {
		for _, g := range p.gauges {
			l.Back.Box(g, g.H/2, pal.Grid)
			x := g.X + g.W/2
			l.Back.Line(x, g.Y-p.px(3), x, g.Y+g.H+p.px(3), p.px(1.25), pal.Muted)
		}
	}
	fit := p.Camera.Extent()
	pivot := fit.Pivot && now.Spec.ActDim == 1
	if now.Figure.Fluid {
		scene.Fluid(in, &p.Camera, &p.style)
	}
	if pivot {
		p.dial(in, fit)
	}
	scene.Ground(in, &p.Camera, now.Figure.Shapes, &p.style)
	scene.Trail(in, &p.Camera, now.Trail, p.px(3), pal.Muted.Alpha(0.5))
	if p.lanes != nil {
		p.drawLane(in)
	} else {
		p.drawGhost(in)
	}
	scene.Body(in, &p.Camera, &now.Figure.Figure, &p.style)
	if p.View.Contacts {
		p.drawForces(in)
	}
	switch {
	case pivot && now.Decision.Valid:
		x, y := p.Camera.Point(fit.U, fit.V)
		scene.Torque(in, x, y, 0.34*fit.Reach*p.Camera.Scale, now.Decision.Action[0], p.Pixel, pal.Ramp.End)
	case p.View.Torques:
		p.drawTorques(in)
	}
	if u, v, holds := now.Hand.Point(now.Figure.Shapes); holds {
		x, y := p.Camera.Point(u, v)
		scene.Rubber(in, x, y, p.hand[0], p.hand[1], p.Pixel, pal.One)
	}
	p.drawGauges(l.Front)
	p.drawClock(l.Front)
}

// dial draws a circle of ticks around a body that turns about a fixed root, zero upwards.
func (p *Body) dial(l *scene.List, fit scene.Extent) {
	pal := p.palette()
	x, y := p.Camera.Point(fit.U, fit.V)
	radius := 1.1 * fit.Reach * p.Camera.Scale
	mark := pal.Muted.Alpha(0.45)
	l.Ring(x, y, radius, math.Max(1, p.px(1)), mark.Alpha(0.6))
	for k := range 24 {
		a := float64(k) * math.Pi / 12
		length := p.px(4)
		if k%6 == 0 {
			length = p.px(9)
		}
		sin, cos := math.Sin(a), math.Cos(a)
		l.Line(x+sin*(radius-length), y-cos*(radius-length), x+sin*radius, y-cos*radius, p.px(1.25), mark)
	}
	// Upright: where it is to stand.
	top := y - radius - p.px(4)
	l.Triangle(x-p.px(5), top-p.px(7), x+p.px(5), top-p.px(7), x, top, pal.Muted)
}

// drawGhost draws the ghost, and from where both have parted a dashed line between the ends that are farthest apart.
func (p *Body) drawGhost(l *scene.List) {
	g, shapes := &p.Now.Ghost, p.Now.Figure.Shapes
	if !g.On || len(g.Figure.Shapes) != len(shapes) || len(shapes) == 0 {
		return
	}
	c := p.palette().Many
	if g.Steps == 1 {
		c = p.palette().One
	}
	scene.Ghost(l, &p.Camera, &g.Figure.Figure, &p.style, c)
	if math.IsNaN(g.Parted) {
		return
	}
	a, b := shapes[g.Limb].A, g.Figure.Shapes[g.Limb].A
	if g.End == 1 {
		a, b = shapes[g.Limb].B, g.Figure.Shapes[g.Limb].B
	}
	if !scene.Beyond(l, &p.Camera, b[0], b[1], p.Pixel, c) {
		x0, y0 := p.Camera.Point(a[0], a[1])
		x1, y1 := p.Camera.Point(b[0], b[1])
		l.Dashes(x0, y0, x1, y1, p.px(1.25), p.px(3), p.px(3), c)
	}
}

// drawForces draws an arrow for each contact; its length tells the force, a body's weight being two fifths of its reach.
func (p *Body) drawForces(l *scene.List) {
	full := 0.8 * p.Camera.Extent().Reach * p.Camera.Scale
	for _, c := range p.Now.Figure.Forces() {
		size := math.Hypot(c.FU, c.FV)
		if !(size > 0) {
			continue
		}
		x, y := p.Camera.Point(c.U, c.V)
		length := full * size / (size + p.Now.Figure.Weight)
		scene.Force(l, x, y, c.FU/size*length, -c.FV/size*length, p.Pixel, p.palette().Many)
	}
}

// drawTorques draws an arc about each driven hinge, and an arrow along each driven slide.
func (p *Body) drawTorques(l *scene.List) {
	f, pal := &p.Now.Figure, p.palette()
	radius := within(0.16*p.Camera.Extent().Reach*p.Camera.Scale, p.px(12), p.px(34))
	for i := range f.Joints {
		j := &f.Joints[i]
		if i >= len(f.Full) || f.Full[i] == 0 {
			continue
		}
		x, y := p.Camera.Point(j.Pos[0], j.Pos[1])
		share := within(j.Force/f.Full[i], -1, 1)
		if j.Hinge {
			scene.Torque(l, x, y, radius, share, p.Pixel, pal.Ramp.End)
		} else {
			scene.Force(l, x, y, 2.4*radius*share*j.Axis[0], -2.4*radius*share*j.Axis[1], p.Pixel, pal.Ramp.End)
		}
	}
}

// drawGauges draws the actions as bars from the middle, clipped as the environment clips them.
func (p *Body) drawGauges(l *scene.List) {
	d, pal := &p.Now.Decision, p.palette()
	if !d.Valid {
		return
	}
	for i, g := range p.gauges {
		mid, y := g.X+g.W/2, g.Y+g.H/2
		end := mid + within(d.Action[i], -1, 1)*(g.W/2-g.H/2)
		l.Capsule(mid, y, end, y, g.H/2, pal.Ramp.End.Alpha(0.55), pal.Ramp.End)
		l.Dot(end, y, g.H*0.8, pal.Ramp.End)
		l.Dot(end, y, g.H*0.35, pal.Surface)
	}
}

// grabReach is how near the pointer must come to a limb, touchReach a finger to the body, CSS px.
const (
	grabReach  = 14
	touchReach = 16
)

// Press takes hold of the limb under the pointer, which then pulls it.
func (p *Body) Press(x, y float64) Drag {
	u, v := p.Camera.World(x, y)
	if !p.Act.Grab(u, v, p.px(grabReach)/p.Camera.Scale) {
		return nil
	}
	return func(x, y float64, end bool) {
		p.hand = [2]float64{x, y}
		if end {
			p.Act.LetGo()
			return
		}
		p.Act.Pull(p.Camera.World(x, y))
	}
}

// Touches tells whether a finger is on the body or near it.
func (p *Body) Touches(x, y float64) bool {
	box, _, _ := p.Outline()
	near := p.px(touchReach)
	return box.W > 0 && x > box.X-near && x < box.X+box.W+near && y > box.Y-near && y < box.Y+box.H+near
}

// Outline is where the limbs are on the screen, and the middle of the first one there, px, and in the world, m.
func (p *Body) Outline() (box scene.Rect, hold, root [2]float64) {
	lo, hi := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for i := range p.Now.Figure.Shapes {
		sh := &p.Now.Figure.Shapes[i]
		if !p.Now.Figure.Limb(sh) {
			continue
		}
		if math.IsInf(lo[0], 1) {
			root = middle(sh)
			hold[0], hold[1] = p.Camera.Point(root[0], root[1])
		}
		r := sh.Radius * p.Camera.Scale
		for _, end := range [2][2]float64{sh.A, sh.B} {
			x, y := p.Camera.Point(end[0], end[1])
			lo[0], lo[1] = math.Min(lo[0], x-r), math.Min(lo[1], y-r)
			hi[0], hi[1] = math.Max(hi[0], x+r), math.Max(hi[1], y+r)
		}
	}
	if !math.IsInf(lo[0], 1) {
		box = scene.Rect{X: lo[0], Y: lo[1], W: hi[0] - lo[0], H: hi[1] - lo[1]}
	}
	return box, hold, root
}

func middle(sh *physics.Shape) [2]float64 {
	return [2]float64{(sh.A[0] + sh.B[0]) / 2, (sh.A[1] + sh.B[1]) / 2}
}

// Hover implements Panel; the body has no numbers beside the pointer.
func (p *Body) Hover(_, _ float64, _ bool) (tip, cursor string) { return "", "" }

// Describe says how the body moves, what it does next, and how far its ghost is.
func (p *Body) Describe() string {
	var b strings.Builder
	now, who := p.Now, p.driverName()
	if now.Drive.Mode == sim.DrivePolicy {
		if now.Policy == nil {
			return lang.Textf("%s waits for a policy.", now.Spec.Title)
		}
		_, who = p.chip(math.Inf(1))
	}
	switch {
	case now.Held:
		b.WriteString(lang.Textf("%s stands in the visited state that was chosen.", now.Spec.Title))
	case !now.Play.Playing:
		b.WriteString(lang.Textf("%s is paused at step %d.", now.Spec.Title, now.Episode.Steps))
	case now.Episode.Over && p.lanes == nil:
		how := p.ended(now.Episode.Final, float64(now.Episode.Steps)*now.Spec.ControlPeriod)
		b.WriteString(lang.Textf("%s: %s, return %s; the next episode begins.", now.Spec.Title, how, returnText(now.Episode.Return)))
	default:
		b.WriteString(lang.Textf("%s moves, %s: step %d, return %s so far.", now.Spec.Title, who, now.Episode.Steps, plot.Number(now.Episode.Return, 1)))
	}
	b.WriteString(lang.Text(" Action:"))
	for i, a := range now.Decision.Action {
		if i > 0 {
			b.WriteString(",")
		}
		q := now.Spec.Actions[i]
		fmt.Fprintf(&b, " %s %s", lang.Text(q.Name), inUnit(within(a, -1, 1)*q.Scale, q.Scale/100, q.Unit))
	}
	b.WriteString(".")
	if p.lanes != nil {
		b.WriteString(p.describeLane())
	} else if now.Ghost.On {
		text := strings.ReplaceAll(p.ghostText(), " · ", ", ")
		fmt.Fprintf(&b, " %s.", strings.ToUpper(text[:1])+text[1:])
	}
	return b.String()
}

// Save implements Panel.
func (p *Body) Save(*bytes.Buffer) error {
	return protocol.Refuse("bad-config", "the body's panel is no plot: it has no numbers to export")
}
