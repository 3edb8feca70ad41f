//go:build js && wasm

package bridge

import (
	"crypto/sha256"
	"encoding/hex"
	"syscall/js"
)

// Digest returns the browser's SHA-256, which gives its hex digits to done some time after b was read; Go's own gives them
// where the browser's fails. nil where a browser has none, as on a page that did not come by https or from this machine.
func Digest() func(b []byte, done func(hex string)) {
	subtle := js.Global().Get("crypto").Get("subtle")
	if !subtle.Truthy() {
		return nil
	}
	bytes := js.Global().Get("Uint8Array")
	return func(b []byte, done func(hex string)) {
		array := bytes.New(len(b))
		js.CopyBytesToJS(array, b)
		var given, failed js.Func
		answer := func(sum [32]byte) any {
			given.Release()
			failed.Release()
			done(hex.EncodeToString(sum[:]))
			return nil
		}
		given = js.FuncOf(func(_ js.Value, args []js.Value) any {
			var sum [32]byte
			js.CopyBytesToGo(sum[:], bytes.New(args[0]))
			return answer(sum)
		})
		failed = js.FuncOf(func(js.Value, []js.Value) any {
			again := make([]byte, array.Length()) // b may hold something else by now
			js.CopyBytesToGo(again, array)
			return answer(sha256.Sum256(again))
		})
		subtle.Call("digest", "SHA-256", array).Call("then", given, failed)
	}
}
