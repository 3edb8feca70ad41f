// Package tensorio reads and writes the two file formats in which networks leave this program:
// safetensors (both ways) and ONNX (written; a decoder reads back the same subset).
//
// It knows bytes, names, types and shapes and nothing about policies; it depends on the standard library
// and package quote alone. Whatever it reads is treated as hostile: every number in a file is checked against the file
// before it is used, and reading allocates no more than the size of the file plus a constant.
//
// Sources: the format section of the safetensors README (huggingface/safetensors) and onnx.proto with
// docs/IR.md of the ONNX project.
package tensorio
