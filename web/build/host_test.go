package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// host is what a program of Go's finds in a worker of a browser, as far as it goes without a page: the imports of wasm_exec.js,
// a global object, typed arrays and message channels. Time is a counter and chance a constant, so that a program does the same
// each time, and digest tells two runs apart by any call out of the program and any byte that it hands over.
type host struct {
	module  api.Module
	values  []any // by reference
	ids     map[any]uint32
	global  *object
	program *object // `go` of wasm_exec.js
	tasks   []func()
	timers  []timer
	clock   uint64 // ns
	stderr  []byte
	exited  bool
	calls   int
	digest  uint64
	posted  []*object // by postMessage of the global object
}

type timer struct {
	id uint32
	at uint64
}

// Values of JavaScript are undefined, nil, bool, float64, string and *object.
type undefined struct{}

type object struct {
	props     map[string]any
	elements  []any  // of an array
	bytes     []byte // of an ArrayBuffer or a Uint8Array
	construct func(args []any) *object
	call      func(args []any) any
}

func (o *object) get(name string) any {
	if v, ok := o.props[name]; ok {
		return v
	}
	switch {
	case name == "byteLength" && o.bytes != nil:
		return float64(len(o.bytes))
	case name == "buffer" && o.bytes != nil && o.props["isView"] == true:
		return &object{bytes: o.bytes}
	case name == "push":
		return &object{call: func(args []any) any { o.elements = append(o.elements, args...); return nil }}
	}
	return undefined{}
}

func (o *object) set(name string, v any) {
	if o.props == nil {
		o.props = map[string]any{}
	}
	o.props[name] = v
}

func function(f func(args []any) any) *object { return &object{call: f} }

func class(f func(args []any) *object) *object { return &object{construct: f} }

func with(pairs ...any) *object {
	o := &object{}
	for k := 0; k < len(pairs); k += 2 {
		o.set(pairs[k].(string), pairs[k+1])
	}
	return o
}

// newHost makes the global object of a worker.
func newHost() *host {
	h := &host{ids: map[any]uint32{}}
	h.global = with(
		"Object", class(func([]any) *object { return &object{} }),
		"Array", class(func([]any) *object { return &object{} }),
		"Uint8Array", class(func(args []any) *object {
			view := with("isView", true)
			if of, ok := args[0].(*object); ok {
				view.bytes = of.bytes
			} else {
				view.bytes = make([]byte, int(args[0].(float64)))
			}
			return view
		}),
		"MessageChannel", class(func([]any) *object {
			first := &object{}
			return with("port1", first, "port2", with("postMessage", function(func([]any) any {
				h.tasks = append(h.tasks, func() { first.get("onmessage").(*object).call([]any{&object{}}) })
				return undefined{}
			})))
		}),
		"performance", with("now", function(func([]any) any { return float64(h.now()) / 1e6 })),
		"fs", with("constants", with("O_WRONLY", -1.0, "O_RDWR", -1.0, "O_CREAT", -1.0, "O_TRUNC", -1.0, "O_APPEND", -1.0, "O_EXCL", -1.0, "O_DIRECTORY", -1.0)),
		"process", with("pid", -1.0, "ppid", -1.0),
		"postMessage", function(func(args []any) any { h.posted = append(h.posted, args[0].(*object)); return undefined{} }),
		"addEventListener", function(func(args []any) any { h.global.set("on"+args[0].(string), args[1]); return undefined{} }),
	)
	h.program = with("_pendingEvent", nil, "_makeFuncWrapper", function(func(args []any) any {
		id := args[0]
		return function(h.wrapped(id))
	}))
	h.values = []any{math.NaN(), 0.0, nil, true, false, h.global, h.program}
	for id := 1; id < len(h.values); id++ {
		h.ids[h.values[id]] = uint32(id)
	}
	return h
}

// wrapped is the JavaScript function behind a js.Func.
func (h *host) wrapped(id any) func(args []any) any {
	return func(args []any) any {
		event := with("id", id, "this", undefined{}, "args", &object{elements: args}, "result", undefined{})
		h.program.set("_pendingEvent", event)
		h.enter("resume")
		return event.get("result")
	}
}

// now lets a microsecond pass.
func (h *host) now() uint64 {
	h.clock += 1000
	return h.clock
}

// start instantiates a module and runs its main until it waits.
func start(t *testing.T, ctx context.Context, runtime wazero.Runtime, compiled wazero.CompiledModule) *host {
	t.Helper()
	h := newHost()
	ns := runtime.NewHostModuleBuilder("gojs")
	for name, f := range h.imports() {
		ns.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(_ context.Context, m api.Module, stack []uint64) {
			h.module = m
			h.calls++
			h.note([]byte(name))
			f(uint32(stack[0]))
		}), []api.ValueType{api.ValueTypeI32}, nil).Export(name)
	}
	_, err := ns.Instantiate(ctx)
	require.NoError(t, err)
	h.module, err = runtime.InstantiateModule(ctx, compiled, wazero.NewModuleConfig().WithStartFunctions())
	require.NoError(t, err)
	memory := h.module.Memory()
	memory.Write(4096, []byte("js\x00")) // the arguments, as wasm_exec.js lays them out
	memory.WriteUint64Le(4104, 4096)
	h.enter("run", 1, 4104)
	return h
}

// enter calls an export; what the program ends in is kept for the digest.
func (h *host) enter(name string, args ...uint64) {
	if h.exited {
		return
	}
	if _, err := h.module.ExportedFunction(name).Call(context.Background(), args...); err != nil {
		panic(fmt.Errorf("%s: %w\n%s", name, err, h.stderr))
	}
}

// deliver hands a message to the program, as an event of the global object.
func (h *host) deliver(data *object) {
	h.global.get("onmessage").(*object).call([]any{with("data", data)})
}

// turn runs the next task or timer, and reports whether there was one.
func (h *host) turn() bool {
	if h.exited {
		return false
	}
	if len(h.tasks) > 0 {
		task := h.tasks[0]
		h.tasks = h.tasks[1:]
		task()
		return true
	}
	if len(h.timers) == 0 {
		return false
	}
	first := 0
	for k, t := range h.timers {
		if t.at < h.timers[first].at {
			first = k
		}
	}
	h.clock = max(h.clock, h.timers[first].at)
	h.enter("resume")
	return true
}

// note makes bytes a part of the digest.
func (h *host) note(b []byte) {
	sum := fnv.New64a()
	binary.Write(sum, binary.LittleEndian, h.digest)
	sum.Write(b)
	h.digest = sum.Sum64()
}

// ---- memory --------------------------------------------------------------------------------------------

func (h *host) u64(at uint32) uint64 {
	v, ok := h.module.Memory().ReadUint64Le(at)
	if !ok {
		panic("the program points out of its memory")
	}
	return v
}

func (h *host) put(at uint32, v uint64) { h.module.Memory().WriteUint64Le(at, v) }

// slice is a part of the program's memory, of a Go slice's or string's header.
func (h *host) slice(at uint32) []byte {
	b, ok := h.module.Memory().Read(uint32(h.u64(at)), uint32(h.u64(at+8)))
	if !ok {
		panic("the program points out of its memory")
	}
	return b
}

func (h *host) text(at uint32) string {
	b := h.slice(at)
	h.note(b)
	return string(b)
}

const nanHead = 0x7ff80000 << 32

func (h *host) load(at uint32) any {
	bits := h.u64(at)
	if bits == 0 {
		return undefined{}
	}
	if f := math.Float64frombits(bits); !math.IsNaN(f) {
		h.note(binary.LittleEndian.AppendUint64(nil, bits))
		return f
	}
	return h.values[uint32(bits)]
}

func (h *host) store(at uint32, v any) {
	switch v := v.(type) {
	case undefined:
		h.put(at, 0)
		return
	case float64:
		if math.IsNaN(v) {
			h.put(at, nanHead)
			return
		}
		if v != 0 {
			h.put(at, math.Float64bits(v))
			return
		}
	}
	id, ok := h.ids[v]
	if !ok {
		id = uint32(len(h.values))
		h.values = append(h.values, v)
		h.ids[v] = id
	}
	flag := uint64(0)
	switch v := v.(type) {
	case string:
		flag = 2
	case *object:
		if flag = 1; v.call != nil || v.construct != nil {
			flag = 4
		}
	}
	h.put(at, nanHead|flag<<32|uint64(id))
}

func (h *host) list(at uint32) []any {
	array, n := uint32(h.u64(at)), uint32(h.u64(at+8))
	out := make([]any, n)
	for k := range out {
		out[k] = h.load(array + 8*uint32(k))
	}
	return out
}

func (h *host) answer(at uint32, result any) {
	h.store(at, result)
	h.module.Memory().WriteByte(at+8, 1)
}

// sp is the stack pointer by now: a call may have entered the program again.
func (h *host) sp() uint32 {
	r, err := h.module.ExportedFunction("getsp").Call(context.Background())
	if err != nil {
		panic(err)
	}
	return uint32(r[0])
}

// ---- the imports, as wasm_exec.js has them -------------------------------------------------------------

func (h *host) imports() map[string]func(sp uint32) {
	of := func(v any) *object {
		o, ok := v.(*object)
		if !ok {
			panic(fmt.Sprintf("the program asks %v of type %T for a property", v, v))
		}
		return o
	}
	return map[string]func(sp uint32){
		"runtime.wasmExit": func(sp uint32) { h.exited = true; h.note(binary.LittleEndian.AppendUint64(nil, h.u64(sp+8))) },
		"runtime.wasmWrite": func(sp uint32) {
			b, _ := h.module.Memory().Read(uint32(h.u64(sp+16)), uint32(h.u64(sp+24)))
			h.stderr = append(h.stderr, b...)
			h.note(b)
		},
		"runtime.resetMemoryDataView": func(uint32) {},
		"runtime.nanotime1":           func(sp uint32) { h.put(sp+8, h.now()) },
		"runtime.walltime": func(sp uint32) {
			h.put(sp+8, 1_700_000_000)
			h.module.Memory().WriteUint32Le(sp+16, 0)
		},
		"runtime.scheduleTimeoutEvent": func(sp uint32) {
			id := uint32(h.calls)
			h.timers = append(h.timers, timer{id, h.clock + 1e6*h.u64(sp+8)})
			h.module.Memory().WriteUint32Le(sp+16, id)
		},
		"runtime.clearTimeoutEvent": func(sp uint32) {
			id := uint32(h.u64(sp + 8))
			for k := range h.timers {
				if h.timers[k].id == id {
					h.timers = append(h.timers[:k], h.timers[k+1:]...)
					return
				}
			}
		},
		"runtime.getRandomData":    func(sp uint32) { clear(h.slice(sp + 8)) },
		"syscall/js.finalizeRef":   func(uint32) {},
		"syscall/js.stringVal":     func(sp uint32) { h.store(sp+24, h.text(sp+8)) },
		"syscall/js.valueGet":      func(sp uint32) { h.store(sp+32, of(h.load(sp+8)).get(h.text(sp+16))) },
		"syscall/js.valueSet":      func(sp uint32) { of(h.load(sp+8)).set(h.text(sp+16), h.load(sp+32)) },
		"syscall/js.valueDelete":   func(sp uint32) { delete(of(h.load(sp+8)).props, h.text(sp+16)) },
		"syscall/js.valueIndex":    func(sp uint32) { h.store(sp+24, of(h.load(sp + 8)).elements[h.u64(sp+16)]) },
		"syscall/js.valueSetIndex": func(sp uint32) { of(h.load(sp + 8)).elements[h.u64(sp+16)] = h.load(sp + 24) },
		"syscall/js.valueCall": func(sp uint32) {
			f := of(of(h.load(sp + 8)).get(h.text(sp + 16)))
			result := f.call(h.list(sp + 32))
			h.answer(h.sp()+56, result)
		},
		"syscall/js.valueInvoke": func(sp uint32) {
			result := of(h.load(sp + 8)).call(h.list(sp + 16))
			h.answer(h.sp()+40, result)
		},
		"syscall/js.valueNew":        func(sp uint32) { h.answer(sp+40, of(h.load(sp+8)).construct(h.list(sp+16))) },
		"syscall/js.valueLength":     func(sp uint32) { h.put(sp+16, uint64(len(of(h.load(sp+8)).elements))) },
		"syscall/js.valueInstanceOf": func(sp uint32) { h.module.Memory().WriteByte(sp+24, 0) },
		"syscall/js.valuePrepareString": func(sp uint32) {
			b := []byte(fmt.Sprint(h.load(sp + 8)))
			h.store(sp+16, &object{bytes: b})
			h.put(sp+24, uint64(len(b)))
		},
		"syscall/js.valueLoadString": func(sp uint32) { copy(h.slice(sp+16), of(h.load(sp+8)).bytes) },
		"syscall/js.copyBytesToGo": func(sp uint32) {
			h.put(sp+40, uint64(copy(h.slice(sp+8), of(h.load(sp+32)).bytes)))
			h.module.Memory().WriteByte(sp+48, 1)
		},
		"syscall/js.copyBytesToJS": func(sp uint32) {
			b := h.slice(sp + 16)
			h.note(b)
			h.put(sp+40, uint64(copy(of(h.load(sp+8)).bytes, b)))
			h.module.Memory().WriteByte(sp+48, 1)
		},
	}
}
