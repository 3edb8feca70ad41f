package view

import (
	"math"
	"time"
	"unsafe"

	"github.com/hajimehoshi/ebiten/v2"

	"onestep/engine/scene"
)

// Panel is one rectangle of the stage. Its owner fills the lists and sets Dirty; the view draws them in
// the order Back, Inside (clipped to Clip), Front over a cleared rectangle and takes Dirty back.
type Panel struct {
	Rect, Clip          scene.Rect // px
	Back, Inside, Front scene.List
	Dirty               bool
	Whole               bool // Back has changed too; Software takes it back
}

// Stage is what the view shows.
type Stage interface {
	// Resize tells the size in device pixels, and how many of them make one CSS pixel.
	Resize(width, height, pixel float64)
	// Update moves the stage to the time now, s. It is called once a frame; what it changes shows in the
	// panels' Dirty.
	Update(now float64)
	// Panels are the same pointers for the life of the stage.
	Panels() []*Panel
	// Rearranged tells, once, that panels have been moved: what is shown elsewhere is to be cleared.
	Rearranged() bool
	// Thrifty asks to leave processor time to others where drawing is slow. It is asked again while the stage waits.
	Thrifty() bool
}

// Frame tells how a frame went.
type Frame struct {
	Drawn  bool    // something had changed
	Work   float64 // s that Update and the building of draw calls took on this thread
	Screen [2]int  // px
}

// Options are what Run needs beside the stage.
type Options struct {
	Clock func() float64 // s, monotonic
	After func(Frame)    // called at the end of each frame; may be nil
}

// A slice of scene.Vertex is handed over as a slice of ebiten.Vertex: the conversion below compiles only
// while both have the same fields in the same order.
var _ = ebiten.Vertex(scene.Vertex{})

func vertices(v []scene.Vertex) []ebiten.Vertex {
	if len(v) == 0 {
		return nil
	}
	return unsafe.Slice((*ebiten.Vertex)(unsafe.Pointer(&v[0])), len(v))
}

// Run shows the stage until the program ends.
func Run(stage Stage, o Options) error {
	ebiten.SetScreenClearedEveryFrame(false)
	ebiten.SetTPS(ebiten.SyncWithFPS)
	g := &game{stage: stage, options: o, shader: compile()}
	return ebiten.RunGameWithOptions(g, &ebiten.RunGameOptions{InitUnfocused: true, ScreenTransparent: true})
}

type game struct {
	stage   Stage
	options Options
	shader  *ebiten.Shader

	width, height, pixel float64
	whole                bool // everything must be drawn
	began                float64
	thrift               thrift
	call                 ebiten.DrawTrianglesShaderOptions
}

// Layout is not used: LayoutF takes its place.
func (g *game) Layout(int, int) (int, int) { panic("view: LayoutF is used") }

// LayoutF takes the frame's size in CSS pixels and asks for a screen of device pixels.
func (g *game) LayoutF(outsideWidth, outsideHeight float64) (float64, float64) {
	pixel := ebiten.Monitor().DeviceScaleFactor()
	w, h := math.Max(1, math.Floor(outsideWidth*pixel)), math.Max(1, math.Floor(outsideHeight*pixel))
	if w != g.width || h != g.height || pixel != g.pixel {
		g.width, g.height, g.pixel, g.whole = w, h, pixel, true
		g.stage.Resize(w, h, pixel)
	}
	return w, h
}

// Update moves the stage on. A stage that leaves time to others waits here, since Ebitengine shows its screen again in the
// frames after one that was drawn, and so much is spared too.
func (g *game) Update() error {
	g.began = g.options.Clock()
	for !g.whole {
		pause := g.thrift.pause(g.began, g.stage.Thrifty())
		if pause == 0 {
			break
		}
		time.Sleep(time.Duration(min(pause, look) * float64(time.Second)))
		g.began = g.options.Clock()
	}
	g.stage.Update(g.began)
	return nil
}

// Draw draws the panels that changed; it changes nothing itself.
func (g *game) Draw(screen *ebiten.Image) {
	if g.stage.Rearranged() {
		g.whole = true
	}
	if g.whole {
		screen.Clear()
	}
	drawn := false
	for _, p := range g.stage.Panels() {
		if !p.Dirty && !g.whole {
			continue
		}
		p.Dirty = false
		if g.panel(screen, p) {
			drawn = true
		}
	}
	g.whole = false
	if drawn {
		g.thrift.drew(g.began)
	}
	if g.options.After != nil {
		size := screen.Bounds().Size()
		g.options.After(Frame{Drawn: drawn, Work: g.options.Clock() - g.began, Screen: [2]int{size.X, size.Y}})
	}
}

func (g *game) panel(screen *ebiten.Image, p *Panel) bool {
	target := sub(screen, p.Rect)
	if target == nil {
		return false
	}
	target.Clear()
	g.list(target, &p.Back)
	if clip := sub(screen, p.Clip); clip != nil {
		g.list(clip, &p.Inside)
	}
	g.list(target, &p.Front)
	return true
}

// list is one draw call.
func (g *game) list(target *ebiten.Image, l *scene.List) {
	if len(l.Indices) > 0 {
		target.DrawTrianglesShader32(vertices(l.Vertices), l.Indices, g.shader, &g.call)
	}
}

// sub is a part of the screen, nil where it is empty. Ebitengine keeps sub-images, so that asking for the
// same one every frame allocates nothing.
func sub(screen *ebiten.Image, r scene.Rect) *ebiten.Image {
	area := pixels(r.X, r.Y, r.W, r.H).Intersect(screen.Bounds())
	if area.Empty() {
		return nil
	}
	return screen.SubImage(area).(*ebiten.Image)
}
