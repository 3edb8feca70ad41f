package modelfile

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// Bounds on what is read: far above any planar model, far below what would hurt.
const (
	maxFileSize = 4 << 20
	maxElements = 20000
	maxDepth    = 64
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
		fmt.Fprintf(&b, ": %s", e.Element)
	}
	if e.Name != "" {
		fmt.Fprintf(&b, " %q", e.Name)
	}
	return b.String() + ": " + e.Message
}

// node is an element of the file.
type node struct {
	file     string
	line     int
	tag      string
	attrs    []xml.Attr
	children []*node
}

func (n *node) attr(name string) (string, bool) {
	for i := range n.attrs {
		if n.attrs[i].Name.Local == name {
			return n.attrs[i].Value, true
		}
	}
	return "", false
}

func (n *node) name() string { s, _ := n.attr("name"); return s }

func (n *node) errorf(format string, args ...any) error {
	return &Error{File: n.file, Line: n.line, Element: n.tag, Name: n.name(), Message: fmt.Sprintf(format, args...)}
}

// reader reads a file and those that it includes.
type reader struct {
	files    fs.FS
	seen     map[string]bool
	elements int
}

// read parses one file into its root element.
func (r *reader) read(name string) (*node, error) {
	if r.seen[name] {
		return nil, &Error{File: name, Message: "included twice"}
	}
	if len(r.seen) == maxFiles {
		return nil, &Error{File: name, Message: fmt.Sprintf("more than %d files", maxFiles)}
	}
	r.seen[name] = true
	f, err := r.files.Open(name)
	if err != nil {
		return nil, &Error{File: name, Message: "not among the given files"}
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	if err != nil {
		return nil, &Error{File: name, Message: err.Error()}
	}
	if len(data) > maxFileSize {
		return nil, &Error{File: name, Message: fmt.Sprintf("longer than %d bytes", maxFileSize)}
	}
	root, err := r.parse(name, data)
	if err != nil {
		return nil, err
	}
	return root, r.splice(root, name)
}

func (r *reader) parse(name string, data []byte) (*node, error) {
	dec := xml.NewDecoder(bytes.NewReader(data))
	var root *node
	var stack []*node
	for {
		tok, err := dec.Token()
		line, _ := dec.InputPos()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, &Error{File: name, Line: line, Message: "not well-formed XML: " + err.Error()}
		}
		switch t := tok.(type) {
		case xml.StartElement:
			n := &node{file: name, line: line, tag: t.Name.Local, attrs: t.Copy().Attr}
			if r.elements++; r.elements > maxElements {
				return nil, n.errorf("more than %d elements", maxElements)
			}
			if len(stack) == maxDepth {
				return nil, n.errorf("nested deeper than %d", maxDepth)
			}
			if len(stack) == 0 {
				if root != nil {
					return nil, n.errorf("a second root element")
				}
				root = n
			} else {
				up := stack[len(stack)-1]
				up.children = append(up.children, n)
			}
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		}
	}
	if root == nil {
		return nil, &Error{File: name, Message: "no XML element"}
	}
	if root.tag != "mujoco" && root.tag != "mujocoinclude" {
		return nil, root.errorf("the root element is not mujoco")
	}
	return root, nil
}

// splice replaces each include by the children of the root of the file that it names.
func (r *reader) splice(n *node, from string) error {
	var out []*node
	for _, c := range n.children {
		if c.tag != "include" {
			if err := r.splice(c, from); err != nil {
				return err
			}
			out = append(out, c)
			continue
		}
		file, ok := c.attr("file")
		if !ok || file == "" {
			return c.errorf("without a file")
		}
		file = strings.ReplaceAll(file, `\`, "/")
		root, err := r.read(path.Join(path.Dir(from), file))
		var e *Error
		if errors.As(err, &e) && e.Line == 0 {
			return c.errorf("%s: %s", e.File, e.Message)
		}
		if err != nil {
			return err
		}
		out = append(out, root.children...)
	}
	n.children = out
	return nil
}
