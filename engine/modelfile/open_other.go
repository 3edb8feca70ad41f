//go:build !unix

package modelfile

const nonBlocking = 0
