package modelfile

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"onestep/engine/quote"
)

// Disk are the files of the machine by any path with slashes, absolute ones and those with .. included, as an include may
// name them; fs.ValidPath does not bind it.
type Disk struct{}

// Open implements fs.FS for files and pipes. It refuses folders and devices, which may have no end, and never waits for
// somebody to open a pipe's other end: one that nobody writes to is empty.
func (Disk) Open(name string) (fs.File, error) {
	name = filepath.FromSlash(name)
	f, err := os.OpenFile(name, os.O_RDONLY|nonBlocking, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && info.Mode()&(fs.ModeType&^fs.ModeNamedPipe) != 0 {
		what := "a device"
		if info.IsDir() {
			what = "a folder"
		}
		err = fmt.Errorf("%s is %s, not a file", quote.Word(name), what)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Files is a set of files in memory, by their slash-separated paths: what a person dropped on the page.
type Files map[string][]byte

// Open implements fs.FS for files; there are no folders to list. A file that is not there under its path is the one of
// the same last part, since a drop has no folders.
func (f Files) Open(name string) (fs.File, error) {
	name, ok := f.find(name)
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &memoryFile{Reader: bytes.NewReader(f[name]), name: path.Base(name)}, nil
}

func (f Files) find(name string) (string, bool) {
	if _, ok := f[name]; ok {
		return name, true
	}
	_, ok := f[path.Base(name)]
	return path.Base(name), ok
}

// Main returns the name of the file to begin with: the only one with the root element mujoco that no other includes.
func (f Files) Main() (string, error) {
	included := map[string]bool{}
	var models []string
	for _, name := range slices.Sorted(maps.Keys(f)) {
		root, err := (&reader{}).parse(name, f[name])
		if err != nil {
			return "", err
		}
		if root.tag == "mujoco" || len(f) == 1 {
			models = append(models, name)
		}
		root.walk(func(n *node) {
			file, _ := n.attr("file")
			if found, ok := f.find(slashed(file)); n.tag == "include" && ok {
				included[found] = true
			}
		})
	}
	firsts := slices.DeleteFunc(slices.Clone(models), func(name string) bool { return included[name] })
	switch {
	case len(firsts) == 1:
		return firsts[0], nil
	case len(firsts) > 1:
		return "", fmt.Errorf("%s are models of their own; take one, with what it includes", strings.Join(firsts, " and "))
	case len(models) > 0:
		return "", fmt.Errorf("each of %s is included by another: none is the first", strings.Join(models, ", "))
	}
	return "", fmt.Errorf("none of the files has the root element mujoco")
}

type memoryFile struct {
	*bytes.Reader
	name string
}

func (f *memoryFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *memoryFile) Close() error               { return nil }
func (f *memoryFile) Name() string               { return f.name }
func (f *memoryFile) Mode() fs.FileMode          { return 0o444 }
func (f *memoryFile) ModTime() time.Time         { return time.Time{} }
func (f *memoryFile) IsDir() bool                { return false }
func (f *memoryFile) Sys() any                   { return nil }
