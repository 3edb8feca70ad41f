//go:build unix

package modelfile

import "syscall"

// nonBlocking opens a pipe whose other end is closed.
const nonBlocking = syscall.O_NONBLOCK
