//go:build js && wasm

package main

import (
	"runtime"
	"syscall/js"

	"onestep/engine/env"
	"onestep/engine/view"
	"onestep/policy/kernel"
	"onestep/wasm/app/show"
	"onestep/wasm/bridge"
	"onestep/wasm/protocol"
)

func main() {
	setLanguage()
	var s *show.Session
	port := bridge.ParentPort(func(err error) {
		if s != nil {
			s.Report(err)
		}
	})
	s, err := show.New(show.Outside{Post: port.Post, Clock: bridge.Now, Env: env.Make, Digest: bridge.Digest()}, "pendulum", 1)
	if err != nil {
		panic("app: " + err.Error())
	}
	a := &app{Session: s, port: port, dom: newDOM(s)}
	a.dom.hook.Set("answer", js.FuncOf(func(js.Value, []js.Value) any { // called while the frame is not rendered, when no Update comes
		a.take()
		return nil
	}))
	plain := a.dom.hook.Get("plain").Bool()
	port.Post(protocol.New(protocol.StageReady, 0, protocol.StageInfo{Go: runtime.Version(), Lanes: kernel.Lanes(), Plain: plain, Panels: s.Infos()}))
	if plain {
		runPlain(a)
	}
	err = view.Run(a, view.Options{Clock: bridge.Now, After: a.after})
	panic("app: the frame loop ended: " + err.Error())
}

// app is the session with its input and output.
type app struct {
	*show.Session
	port *bridge.Port
	dom  *dom
}

// Resize passes the size on and notes how many device pixels make one of the layout's, in which labels are placed.
func (a *app) Resize(width, height, pixel float64) {
	a.dom.pixel = pixel * a.dom.hook.Get("scale").Float()
	a.Session.Resize(width, height, a.dom.pixel)
}

// Thrifty leaves no time to others while somebody acts on the stage.
func (a *app) Thrifty() bool { return a.Session.Thrifty() && !a.dom.touched() }

// take handles what has arrived.
func (a *app) take() {
	for m, ok := a.port.Next(); ok; m, ok = a.port.Next() {
		a.Handle(m)
	}
}

// Update takes what has arrived, then moves the stage.
func (a *app) Update(now float64) {
	a.take()
	a.dom.pointers(a.Session)
	a.Session.Update(now)
}

// after ends a frame: statistics, texts, the numbers for tests.
func (a *app) after(f view.Frame) {
	a.FrameDone(f)
	a.dom.texts(a.Session)
	if !f.Drawn {
		return
	}
	a.dom.report(a.Look(), a.Panels())
}
