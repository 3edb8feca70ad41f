package modelfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"onestep/engine/quote"
)

// Bounds on what is read: far above any planar model, far below what would hurt.
const (
	maxFileSize = 4 << 20
	maxElements = 20000
	maxDepth    = 500 // tinyxml2's
	maxFiles    = 32
)

// Error is a model file that cannot be used.
type Error struct {
	File    string
	Line    int    // 0: the file as a whole
	Element string // "joint"
	Name    string // of the element, may be empty
	Message string
}

// Error reads: hopper.xml:12: joint "root": ball joints are not planar.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	if e.Element != "" {
		b.WriteString(": " + quote.Word(e.Element))
	}
	if e.Name != "" {
		b.WriteString(" " + quote.Text(e.Name))
	}
	return b.String() + ": " + e.Message
}

// reader reads a file and those that it includes.
type reader struct {
	files    fs.FS
	folder   string // of the main file, where includes are sought first
	seen     map[string]bool
	elements int
}

// main reads the file to begin with.
func (r *reader) main(name string) (*node, error) {
	r.folder, r.seen = path.Dir(name), map[string]bool{}
	root, err := r.read(name)
	var none *notThere
	switch {
	case errors.As(err, &none):
		return nil, &Error{File: name, Message: none.Error()}
	case err != nil:
		return nil, err
	case root.tag == "robot":
		return nil, root.errorf("this is URDF: only MJCF is read")
	case root.tag != "mujoco":
		return nil, root.errorf("the root element is not mujoco")
	}
	return root, r.splice(root, r.folder)
}

// notThere is a file that could not be opened.
type notThere struct{ name string }

func (e *notThere) Error() string { return "not among the given files" }

// read parses one file into its root element.
func (r *reader) read(name string) (*node, error) {
	f, err := r.files.Open(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &notThere{name}
	case err != nil:
		return nil, &Error{File: name, Message: err.Error()}
	}
	defer f.Close()
	if r.seen[name] {
		return nil, &Error{File: name, Message: "included twice"}
	}
	if len(r.seen) == maxFiles {
		return nil, &Error{File: name, Message: fmt.Sprintf("more than %d files", maxFiles)}
	}
	r.seen[name] = true
	data, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	if err != nil {
		return nil, &Error{File: name, Message: err.Error()}
	}
	if len(data) > maxFileSize {
		return nil, &Error{File: name, Message: fmt.Sprintf("longer than %d bytes", maxFileSize)}
	}
	return r.parse(name, data)
}

// splice replaces each include, in a file of the given folder, by the children of the root of the file that it names.
func (r *reader) splice(n *node, folder string) error {
	out := n.children[:0:0]
	for _, c := range n.children {
		if c.tag != "include" {
			if err := r.splice(c, folder); err != nil {
				return err
			}
			out = append(out, c)
			continue
		}
		inside, err := r.include(c, folder)
		if err != nil {
			return err
		}
		out = append(out, inside...)
	}
	n.children = out
	return nil
}

// include returns what an include stands for: its file is sought beside the main file, then beside the one that it is in.
func (r *reader) include(n *node, folder string) ([]*node, error) {
	file, _ := n.attr("file")
	switch {
	case file == "":
		return nil, n.errorf("without a file")
	case len(n.children) > 0:
		return nil, n.errorf("an include has no elements inside")
	}
	file = slashed(file)
	places := []string{path.Join(r.folder, file), path.Join(folder, file)}
	if path.IsAbs(file) {
		places = []string{path.Clean(file)}
	}
	var root *node
	var err error
	var none *notThere
	for _, name := range places {
		if root, err = r.read(name); !errors.As(err, &none) {
			folder = path.Dir(name)
			break
		}
	}
	var e *Error
	switch {
	case errors.As(err, &none):
		return nil, n.errorf("%s: %s", file, none.Error())
	case errors.As(err, &e) && e.Line == 0:
		return nil, n.errorf("%s: %s", e.File, e.Message)
	case err != nil:
		return nil, err
	case len(root.children) == 0:
		return nil, root.errorf("an included file without elements inside its root")
	}
	err = r.splice(root, folder)
	return root.children, err
}

// slashed is a file's name with the slashes that all systems take.
func slashed(name string) string { return path.Clean(strings.ReplaceAll(name, `\`, "/")) }
