//go:build js && wasm

package main

import (
	"onestep/wasm/bridge"
	"onestep/wasm/protocol"
)

func main() {
	var s *session
	var l *labSession
	handle := func(m protocol.Message) {
		if l.takes(m.Type) {
			l.handle(m)
		} else {
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
	s = newSession(port.Post, bridge.Now, yield)
	l = newLabSession(port.Post, bridge.Now, yield)
	port.Post(protocol.New(protocol.WorkerReady, 0, s.info()))
	for {
		switch {
		case s.busy():
			s.work()
		case l.busy():
			l.work()
		default:
			handle(port.Wait())
		}
	}
}
