//go:build !(js && wasm)

package main

import "log"

func main() { log.Fatal("this program runs in a browser: go run ./web/bench") }
