//go:build js && wasm

//lint:file-ignore U1000 go:wasmexport uses them
package main

import (
	"unsafe"

	"onestep/policy/kernel"
	"onestep/web/bench/work"
)

var (
	bodies = work.Bodies()
	items  = work.All(bodies)
)

// repeat runs item i of work.All n times.
//
//go:wasmexport benchRepeat
func repeat(i, n int32) { items[i].Run(int(n)) }

// rollout returns the address of qpos [NQ], float64, after n environment steps of body i.
//
//go:wasmexport benchRollout
func rollout(i, n int32) unsafe.Pointer { return unsafe.Pointer(&bodies[i].Rollout(int(n))[0]) }

//go:wasmexport benchLanes
func lanes() int32 { return int32(kernel.Lanes()) }

func main() { select {} }
