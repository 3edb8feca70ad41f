// Package bridge carries protocol messages between Go and the page's JavaScript. Beside the two mains
// it is the only user of syscall/js. It builds everywhere and does something only under js && wasm.
package bridge
