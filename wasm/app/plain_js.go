//go:build js && wasm

package main

import (
	"math"
	"syscall/js"

	"onestep/engine/view"
	"onestep/wasm/bridge"
)

// busyPart is how many times longer than a frame takes it is until the next one begins: drawing by the processor leaves
// half of the time to everything else.
const busyPart = 2

// runPlain shows the stage where the browser has no WebGL 2: the same lists, drawn by the processor into the same canvas, a
// pixel of the layout to a CSS pixel whatever the screen has. It never returns.
func runPlain(a *app) {
	frames := make(chan struct{}, 1)
	next := js.FuncOf(func(js.Value, []js.Value) any {
		frames <- struct{}{}
		return nil
	})
	window := js.Global()
	body := window.Get("document").Get("body")
	array, pixels := window.Get("Uint8ClampedArray"), js.Value{}
	var software view.Software
	var width, height, idle float64
	for {
		window.Call("requestAnimationFrame", next)
		<-frames
		begin := bridge.Now()
		if begin < idle {
			continue
		}
		if w, h := body.Get("clientWidth").Float(), body.Get("clientHeight").Float(); w != width || h != height {
			width, height = math.Max(1, w), math.Max(1, h)
			a.Resize(width, height, 1)
		}
		a.Update(begin)
		if a.Rearranged() {
			a.dom.hook.Call("resize", width, height)
			for _, p := range a.Panels() {
				p.Dirty = true
			}
		}
		drawn := false
		for _, p := range a.Panels() {
			img := software.Paint(p)
			if img == nil {
				continue
			}
			drawn = true
			if pixels.IsUndefined() || pixels.Length() != len(img.Pix) {
				pixels = array.New(len(img.Pix))
			}
			js.CopyBytesToJS(pixels, img.Pix)
			a.dom.hook.Call("paint", pixels, img.Rect.Dx(), img.Rect.Min.X, img.Rect.Min.Y)
		}
		work := bridge.Now() - begin
		idle = begin + busyPart*work
		a.after(view.Frame{Drawn: drawn, Work: work, Screen: [2]int{int(width), int(height)}})
	}
}
