//go:build js && wasm

package bridge

import (
	"errors"
	"fmt"
	"syscall/js"
	"time"

	"onestep/wasm/protocol"
)

// Port sends and receives protocol messages on one object that has postMessage and message events.
// Go's wasm is single-threaded: handlers run while every goroutine waits, which a busy goroutine must
// allow by calling Yield.
type Port struct {
	target js.Value // receives what Post sends
	origin js.Value // the target origin of a window, undefined for a worker
	queue  []protocol.Message
	spare  [][]byte // memory of messages that were given back
	wake   chan struct{}
	timer  *time.Timer
	onFail func(error)
	funcs  []js.Func

	echo     js.Value // a MessagePort whose other end echoes to us
	echoed   chan struct{}
	clone    js.Value // structuredClone, undefined in a browser without it
	moved    js.Value // its options, with the list of what it takes away
	transfer js.Value
	buffer   js.Value // ArrayBuffer
	uint8    js.Value
	envelope js.Value // Object constructor
	array    js.Value // Array constructor
}

// WorkerPort is the port of a dedicated Web Worker to its page. fail is called with the reason for each
// message that is refused.
func WorkerPort(fail func(error)) *Port {
	self := js.Global()
	return newPort(self, self, js.Undefined(), js.Undefined(), fail)
}

// ParentPort is the port of a same-origin iframe to the page that holds it. Messages from other
// windows and other origins are ignored.
func ParentPort(fail func(error)) *Port {
	window := js.Global()
	parent := window.Get("parent")
	return newPort(window, parent, window.Get("location").Get("origin"), parent, fail)
}

func newPort(listen, target, origin, source js.Value, fail func(error)) *Port {
	p := &Port{
		target: target, origin: origin, wake: make(chan struct{}, 1), onFail: fail,
		echoed: make(chan struct{}, 1), clone: js.Global().Get("structuredClone"), uint8: js.Global().Get("Uint8Array"), envelope: js.Global().Get("Object"), array: js.Global().Get("Array"),
	}
	p.buffer, p.transfer, p.moved = js.Global().Get("ArrayBuffer"), p.array.New(1), p.envelope.New()
	p.moved.Set("transfer", p.transfer)
	onMessage := js.FuncOf(func(_ js.Value, args []js.Value) any {
		event := args[0]
		if !source.IsUndefined() && !(event.Get("source").Equal(source) && event.Get("origin").Equal(origin)) {
			return nil
		}
		m, err := p.decode(event.Get("data"))
		if err != nil {
			fail(err)
			return nil
		}
		p.queue = append(p.queue, m)
		select {
		case p.wake <- struct{}{}:
		default:
		}
		return nil
	})
	listen.Call("addEventListener", "message", onMessage)

	channel := js.Global().Get("MessageChannel").New()
	onEcho := js.FuncOf(func(js.Value, []js.Value) any {
		p.echoed <- struct{}{}
		return nil
	})
	channel.Get("port1").Set("onmessage", onEcho)
	p.echo = channel.Get("port2")
	p.funcs = []js.Func{onMessage, onEcho}
	return p
}

// Open is the port that came with a message.
func Open(m protocol.Message, fail func(error)) (*Port, error) {
	target, ok := m.Port.(js.Value)
	if !ok {
		return nil, errors.New("a message without the port that it should bring")
	}
	p := newPort(target, target, js.Undefined(), js.Undefined(), fail)
	target.Call("start")
	return p, nil
}

// decode reads an envelope {v, type, id, body, data}, and a port where one came with it.
func (p *Port) decode(v js.Value) (protocol.Message, error) {
	var m protocol.Message
	if v.Type() != js.TypeObject {
		return m, fmt.Errorf("a message is an object {v, type, id, body, data}, not a %s", v.Type())
	}
	version := v.Get("v")
	if version.Type() != js.TypeNumber || version.Int() != protocol.Version {
		return m, fmt.Errorf("a message of another protocol version; this side speaks version %d", protocol.Version)
	}
	kind, id, body, data := v.Get("type"), v.Get("id"), v.Get("body"), v.Get("data")
	if kind.Type() != js.TypeNumber {
		return m, fmt.Errorf("a message without a type number")
	}
	m.Type = protocol.Type(kind.Int())
	if id.Type() == js.TypeNumber {
		m.ID = id.Int()
	}
	if body.Type() == js.TypeString {
		m.Body = []byte(body.String())
	}
	if data.Type() == js.TypeObject {
		m.Data = make([][]byte, data.Length())
		for i := range m.Data {
			b, err := p.bytesOf(data.Index(i))
			if err != nil {
				return m, fmt.Errorf("data[%d] of message %d: %w", i, m.Type, err)
			}
			m.Data[i] = b
		}
		for i := range m.Data {
			p.empty(data.Index(i))
		}
	}
	if port := v.Get("port"); port.Type() == js.TypeObject {
		m.Port = port
	}
	return m, nil
}

// bytesOf copies an ArrayBuffer or a view of one. The view is made in this realm, because
// CopyBytesToGo panics on an array of another.
func (p *Port) bytesOf(v js.Value) ([]byte, error) {
	if v.Type() != js.TypeObject || v.Get("byteLength").Type() != js.TypeNumber {
		return nil, fmt.Errorf("neither an ArrayBuffer nor a typed array")
	}
	var view js.Value
	if buffer := v.Get("buffer"); buffer.Type() == js.TypeObject {
		view = p.uint8.New(buffer, v.Get("byteOffset"), v.Get("byteLength"))
	} else {
		view = p.uint8.New(v)
	}
	b := p.memory(view.Get("byteLength").Int())
	js.CopyBytesToGo(b, view)
	return b, nil
}

// empty gives an ArrayBuffer's memory back once it is copied. What Go has held of JavaScript is let go when Go's garbage is collected,
// and Go, which does not see the megabytes of a buffer, collects as seldom as its own few bytes ask for.
func (p *Port) empty(v js.Value) {
	if p.clone.IsUndefined() || !v.InstanceOf(p.buffer) || v.Get("byteLength").Int() == 0 {
		return
	}
	p.transfer.SetIndex(0, v)
	p.clone.Invoke(js.Null(), p.moved)
	p.transfer.SetIndex(0, js.Null())
}

// memory is that of a message that was given back, or new.
func (p *Port) memory(n int) []byte {
	for i, b := range p.spare {
		if cap(b) == n {
			last := len(p.spare) - 1
			p.spare[i] = p.spare[last]
			p.spare = p.spare[:last]
			return b[:n]
		}
	}
	return make([]byte, n)
}

// Recycle gives the memory of a message back, so that others of the same size cost none: a message of a megabyte per
// millisecond would keep the garbage collector busy.
func (p *Port) Recycle(m protocol.Message) {
	for _, b := range m.Data {
		if len(p.spare) < mostSpare {
			p.spare = append(p.spare, b)
		}
	}
}

// mostSpare bounds the memory that is kept: the parts of a few messages.
const mostSpare = 32

// Post sends m. The bytes of m.Data are copied out of Go's memory first and then transferred.
func (p *Port) Post(m protocol.Message) {
	o := p.envelope.New()
	o.Set("v", protocol.Version)
	o.Set("type", int(m.Type))
	o.Set("id", m.ID)
	o.Set("body", string(m.Body))
	data, transfer := p.array.New(), p.array.New()
	for _, b := range m.Data {
		a := p.uint8.New(len(b))
		js.CopyBytesToJS(a, b)
		buffer := a.Get("buffer")
		data.Call("push", buffer)
		transfer.Call("push", buffer)
	}
	o.Set("data", data)
	if p.origin.IsUndefined() {
		p.target.Call("postMessage", o, transfer)
	} else {
		p.target.Call("postMessage", o, p.origin, transfer)
	}
}

// Next returns the oldest message that has arrived, and false where there is none. It never waits.
func (p *Port) Next() (protocol.Message, bool) {
	if len(p.queue) == 0 {
		return protocol.Message{}, false
	}
	m := p.queue[0]
	p.queue = append(p.queue[:0], p.queue[1:]...)
	return m, true
}

// Wait blocks until a message has arrived and returns it.
func (p *Port) Wait() protocol.Message {
	for {
		if m, ok := p.Next(); ok {
			return m
		}
		<-p.wake
	}
}

// Within returns the next message that arrives within a time, s, and false where none does.
func (p *Port) Within(seconds float64) (protocol.Message, bool) {
	if m, ok := p.Next(); ok {
		return m, ok
	}
	limit := time.Duration(seconds * float64(time.Second))
	if p.timer == nil {
		p.timer = time.NewTimer(limit)
	} else {
		p.timer.Reset(limit)
	}
	defer p.timer.Stop()
	for {
		select {
		case <-p.wake:
			if m, ok := p.Next(); ok {
				return m, ok
			}
		case <-p.timer.C:
			return p.Next()
		}
	}
}

// Yield lets the browser deliver what has arrived, by waiting for an echo through a MessageChannel.
// It costs about 0.15 ms; runtime.Gosched and time.Sleep(0) never yield to the browser.
func (p *Port) Yield() {
	p.echo.Call("postMessage", js.Null())
	<-p.echoed
}

// Now is the page's monotonic clock (performance.now), s.
func Now() float64 {
	return js.Global().Get("performance").Call("now").Float() / 1000
}
