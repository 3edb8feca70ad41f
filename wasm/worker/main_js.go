//go:build js && wasm

package main

import (
	"onestep/wasm/bridge"
	"onestep/wasm/protocol"
)

func main() {
	var s *session
	port := bridge.WorkerPort(func(err error) { s.fail(0, "protocol", err) })
	s = newSession(port.Post, bridge.Now, func() {
		port.Yield()
		for m, ok := port.Next(); ok; m, ok = port.Next() {
			s.handle(m)
		}
	})
	port.Post(protocol.New(protocol.WorkerReady, 0, s.info()))
	for {
		if s.busy() {
			s.work()
		} else {
			s.handle(port.Wait())
		}
	}
}
