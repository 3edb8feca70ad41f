// Package foreign acts by policies that other programs trained: ONNX graphs of plain networks, one observation in, one action
// out, as torch.onnx writes the deterministic actors of Stable-Baselines3, CleanRL and rsl_rl.
//
// Read decodes a file of any operator set and checks what it holds; Graph.Actor compiles the part that the action needs
// for a task's sizes. Other outputs, such as a value or a log-probability, are left out with all that only they need. Every
// value is a row of float32 numbers, so a batch's dimension is 1.
//
// Notation: a row has its width; a constant of two dimensions is a matrix [rows, cols], row-major.
//
// The reading is our own, over tensorio's decoder of protocol buffers (the same that reads this program's exports): generated code
// of the schema needs the whole of google.golang.org/protobuf for the six messages that are read here, and runtimes of ONNX in
// Go need cgo or do not run in a tab. A policy that needs convolutions or recurrence would change that.
//
// Source: the ONNX specification (Operators.md; onnx.proto3). What is outside it is refused with its name: recurrent and
// convolutional networks, discrete actions, weights kept in other files, operators of other domains.
package foreign
