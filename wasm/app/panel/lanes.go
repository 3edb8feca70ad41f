package panel

import (
	"math"

	"onestep/engine/plot"
	"onestep/engine/scene"
	"onestep/wasm/app/lang"
	"onestep/wasm/app/sim"
)

// lanes is the second lane of the body's panel, in which the ghost is drawn as a body of its own: beside the first one, or
// below it where the panel is narrow or what is seen is long.
type lanes struct {
	camera   scene.Camera  // of the second lane
	rects    [2]scene.Rect // with their texts, px
	divider  scene.Rect    // the line between them
	abreast  bool
	captions float64 // height of the texts above each body, px
}

// clone is a copy, nil of nil.
func (p *lanes) clone() *lanes {
	if p == nil {
		return nil
	}
	c := *p
	return &c
}

// The height that a lane's two lines take, and the width from which two lanes lie abreast, CSS px. From fewFrom on they do where
// one below the other would be lower than lowLane, and where what stands fixed is larger so.
const (
	laneCaptions = 40
	abreastFrom  = 520
	fewFrom      = 300
	lowLane      = 70
)

// split divides the view among the lanes and returns that of the first body.
func (p *lanes) split(view scene.Rect, pixel float64, fit scene.Extent) scene.Rect {
	p.captions = laneCaptions * pixel
	size := func(w, h float64) float64 { return math.Min(w/(2*fit.Wide), (h-p.captions)/(fit.Hi-fit.Lo)) }
	p.abreast = view.W >= abreastFrom*pixel
	switch few := view.W >= fewFrom*pixel; {
	case view.H/2 < lowLane*pixel:
		p.abreast = few
	case fit.Fixed && !fit.Pivot:
		p.abreast = few && size(view.W/2, view.H) >= size(view.W, view.H/2)
	}
	first, second := view, view
	if p.abreast {
		first.W, second.W = view.W/2, view.W/2
		second.X += view.W / 2
		p.divider = scene.Rect{X: second.X, Y: view.Y, H: view.H}
	} else {
		first.H, second.H = view.H/2, view.H/2
		second.Y += view.H / 2
		p.divider = scene.Rect{X: view.X, Y: second.Y, W: view.W}
	}
	p.rects = [2]scene.Rect{first, second}
	p.camera.View = second.Inset(0, p.captions, 0, 0)
	return first.Inset(0, p.captions, 0, 0)
}

// move lets the second camera follow the ghost, at the scale of the first one, and tells whether that shows.
func (p *lanes) move(first *scene.Camera, g *sim.Ghost, dt float64) bool {
	if len(g.Figure.Shapes) == 0 {
		return false
	}
	settled := p.camera.Settled()
	p.camera.Look(g.Figure.Shapes)
	p.camera.Share(first)
	p.camera.Follow(dt)
	return !settled
}

// laneLabels say in each lane who acts.
func (p *Body) laneLabels(l []plot.Label) []plot.Label {
	now, lane := p.Now, &p.Now.Lane
	policy, info := now.Policy, &now.Info
	if lane.Policy != nil {
		policy, info = lane.Policy, &lane.Info
	}
	for i, r := range p.lanes.rects {
		room := r.W/p.Pixel - 2*margin
		color, text := p.chip(room)
		if i == 1 {
			color, text = chipOf(policy, info, lane.Steps, lane.BestOf, room)
		}
		l = append(l, plot.Label{Text: text, Class: "chip", Color: color, X: r.X + p.px(margin), Y: r.Y + p.px(10), Align: plot.Left})
	}
	return l
}

// laneValues say in each lane the return so far, the mean of the last episodes, and whether the episode is over.
func (p *Body) laneValues(l []plot.Label) []plot.Label {
	for i, r := range p.lanes.rects {
		text := plot.Fitting("value", r.W/p.Pixel-2*margin, p.laneReturns(i)...)
		l = append(l, plot.Label{Text: text, Class: "value", X: r.X + p.px(margin), Y: r.Y + p.px(29), Align: plot.Left})
	}
	return l
}

// laneReturns is what is said of the returns in a lane, longest first.
func (p *Body) laneReturns(lane int) []string {
	now := p.Now
	ret, steps, over, final := now.Episode.Return, now.Episode.Steps, now.Episode.Over, now.Episode.Final
	body, ghost, n := now.Lane.Means()
	mean := body
	if lane == 1 {
		g := &now.Ghost
		ret, mean, over, final = g.Return, ghost, g.Still, g.Final
		steps = int(math.Round(g.Time / now.Spec.ControlPeriod))
	}
	text := lang.Textf("return %s", returnText(ret))
	if over {
		text += ", " + p.ended(final, float64(steps)*now.Spec.ControlPeriod)
	}
	short := []string{text, lang.Textf("return %s", returnText(ret))}
	if n == 0 {
		return short
	}
	return append([]string{lang.Textf("%s · mean of %d: %s", text, n, returnText(mean)), lang.Textf("%s · mean %s", short[1], returnText(mean))}, short...)
}

// returnText writes a return with as many digits as tell two apart.
func returnText(x float64) string {
	if math.Abs(x) < 100 {
		return plot.Number(x, 0.1)
	}
	return plot.Number(x, 1)
}

// drawLane draws the ghost in its lane, and the line between both.
func (p *Body) drawLane(l *scene.List) {
	g, d, cam := &p.Now.Ghost, p.lanes.divider, &p.lanes.camera
	l.Line(d.X, d.Y, d.X+d.W, d.Y+d.H, math.Max(1, p.px(1)), p.palette().Border)
	if len(g.Figure.Shapes) == 0 {
		return
	}
	if g.Figure.Fluid {
		scene.Fluid(l, cam, &p.style)
	}
	scene.Ground(l, cam, g.Figure.Shapes, &p.style)
	scene.Body(l, cam, &g.Figure.Figure, &p.style)
}

// describeLane says what is seen in the second lane, in plain sentences.
func (p *Body) describeLane() string {
	now := p.Now
	policy, info := now.Policy, &now.Info
	if now.Lane.Policy != nil {
		policy, info = now.Lane.Policy, &now.Lane.Info
	}
	if policy == nil {
		return ""
	}
	_, who := chipOf(policy, info, now.Lane.Steps, now.Lane.BestOf, math.Inf(1))
	return lang.Textf(" Second lane, from the same start, %s: %s.", who, p.laneReturns(1)[0])
}
