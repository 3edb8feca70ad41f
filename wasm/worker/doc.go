// Command worker is the training worker of the page: it runs in a Web Worker, trains one agent at a time,
// and reports to the page in the messages of wasm/protocol. It never reaches Ebiten.
//
// The same program, told so by Assist, is a helper of another one: crew is how a worker has its helpers compute shards of
// a batch, helper is the other end.
//
// The loop works for a few milliseconds, then yields to the browser so that messages arrive; a request is
// answered within that time. All of its logic is in session and runs natively in tests; only main_js.go
// knows the browser.
package main
