//go:build js && wasm

package bridge

import (
	"encoding/hex"
	"syscall/js"
)

// Digest returns the browser's SHA-256, which gives its hex digits to done some time after b was read; nil where a browser
// has none, as on a page that did not come by https or from this machine.
func Digest() func(b []byte, done func(hex string)) {
	subtle := js.Global().Get("crypto").Get("subtle")
	if subtle.IsUndefined() {
		return nil
	}
	bytes := js.Global().Get("Uint8Array")
	return func(b []byte, done func(hex string)) {
		array := bytes.New(len(b))
		js.CopyBytesToJS(array, b)
		var then js.Func
		then = js.FuncOf(func(_ js.Value, args []js.Value) any {
			then.Release()
			var sum [32]byte
			js.CopyBytesToGo(sum[:], bytes.New(args[0]))
			done(hex.EncodeToString(sum[:]))
			return nil
		})
		subtle.Call("digest", "SHA-256", array).Call("then", then)
	}
}
