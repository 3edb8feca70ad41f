package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"unicode/utf8"

	"onestep/engine/env"
	"onestep/policy/tensorio"
)

// Longest files that are read, in bytes. A run of the largest replay and body has some gigabytes.
const (
	maxTensors = 8 << 30
	maxText    = 64 << 20
)

// readTensors reads a safetensors file that its reader has still to check. What has no header of one, or another length than
// its header says, is not read to its end.
func readTensors(path string) ([]byte, error) {
	f, err := env.Disk{}.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, 8+tensorio.MaxHeader))
	if err != nil {
		return nil, err
	}
	size, err := tensorio.Size(head)
	if err == nil && size > maxTensors {
		err = fmt.Errorf("its header tells of %d bytes; %d are the most", size, int64(maxTensors))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	b := bytes.NewBuffer(head)
	if info, err := f.Stat(); err == nil {
		b.Grow(int(max(min(info.Size(), size)-int64(len(head)), 0)) + 2*bytes.MinRead)
	}
	_, err = b.ReadFrom(io.LimitReader(f, size-int64(len(head))+1)) // one more, if it is there, for its reader to refuse
	return b.Bytes(), err
}

// readText reads a file of UTF-8, without its byte order mark.
func readText(path string) ([]byte, error) {
	f, err := env.Disk{}.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxText+1))
	switch {
	case err != nil:
		return nil, err
	case len(b) > maxText:
		return nil, fmt.Errorf("%s is longer than %d bytes", path, maxText)
	case !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0:
		return nil, fmt.Errorf("%s is UTF-16 or no text at all: save it as UTF-8", path)
	}
	return bytes.TrimPrefix(b, []byte("\uFEFF")), nil
}

// output writes what a command was asked for. A file takes the place of the one before it, through a link too; what is no
// file, as a pipe, is written into. What the command itself uses and what a training has left is never replaced.
func output(path string, b []byte, used ...string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Lstat(path); err == nil {
			return fmt.Errorf("%s is a link to a file that does not exist", path)
		}
		return replace(path, b)
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%s is a folder, not a file", path)
	case !info.Mode().IsRegular():
		return pour(path, b)
	}
	for _, from := range used {
		if other, err := os.Stat(from); err == nil && os.SameFile(info, other) {
			return fmt.Errorf("%s is in use by this very command: name another file to write", path)
		}
	}
	if kept(path, b) {
		return fmt.Errorf("%s holds a policy, a run or a record, which is not replaced: name another file to write, or move it away", path)
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return err
	}
	return replace(path, b)
}

// kept reports whether a file is of a training or an export of weights, and not what would be written.
func kept(path string, b []byte) bool {
	f, err := env.Disk{}.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, 8+tensorio.MaxHeader))
	if err != nil || bytes.HasPrefix(b, head) && len(b) > len(head) || bytes.Equal(b, head) {
		return false
	}
	if _, err := tensorio.Size(head); err == nil {
		return true
	}
	_, err = readRecords(path)
	return err == nil
}

// pour writes into what is there.
func pour(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Close())
}
