//go:build js && wasm

package main

import (
	"onestep/wasm/bridge"
	"onestep/wasm/protocol"
)

func main() {
	var s *session
	var l *labSession
	var mirror *mirrorSession
	handle := func(m protocol.Message) {
		switch {
		case l.takes(m.Type):
			l.handle(m)
		case mirror.takes(m.Type):
			mirror.handle(m)
		default:
			s.handle(m)
		}
	}
	port := bridge.WorkerPort(func(err error) { s.fail(0, "protocol", err) })
	yield := func() {
		port.Yield()
		for m, ok := port.Next(); ok; m, ok = port.Next() {
			handle(m)
		}
	}
	open := func(m protocol.Message) (link, error) {
		return bridge.Open(m, func(err error) { s.fail(0, "protocol", err) })
	}
	s = newSession(port.Post, bridge.Now, yield, open)
	l = newLabSession(port.Post, bridge.Now, yield)
	mirror = newMirrorSession(port.Post, bridge.Now, yield)
	port.Post(protocol.New(protocol.WorkerReady, 0, info()))
	for {
		switch {
		case s.busy():
			s.work()
		case l.busy():
			l.work()
		case mirror.busy():
			mirror.work()
		default:
			m := port.Wait()
			if m.Type == protocol.Assist {
				assist(m)
				return
			}
			handle(m)
		}
	}
}

// assist makes this worker a helper, for good.
func assist(m protocol.Message) {
	port, err := bridge.Open(m, func(err error) { panic(err) })
	if err != nil {
		panic(err)
	}
	for h := newHelper(port); err == nil; {
		err = h.handle(port.Wait())
	}
	panic(err)
}
