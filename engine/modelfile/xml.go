package modelfile

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"onestep/engine/quote"
)

// attribute is a name and a value without its quotes, entities replaced.
type attribute struct{ name, value string }

// node is an element of the file.
type node struct {
	file     string
	line     int
	tag      string
	attrs    []attribute
	children []*node
}

func (n *node) attr(name string) (string, bool) {
	for i := range n.attrs {
		if n.attrs[i].name == name {
			return n.attrs[i].value, true
		}
	}
	return "", false
}

func (n *node) name() string { s, _ := n.attr("name"); return s }

// walk visits the element and all inside it.
func (n *node) walk(visit func(*node)) {
	visit(n)
	for _, c := range n.children {
		c.walk(visit)
	}
}

func (n *node) errorf(format string, args ...any) error {
	return &Error{File: n.file, Line: n.line, Element: n.tag, Name: n.name(), Message: fmt.Sprintf(format, quote.Args(args)...)}
}

// scanner reads XML as MuJoCo's parser, tinyxml2, does: what the standard forbids but files have, it reads (comments
// with --, entities that it does not know, < in attributes, any declared version and encoding), and what it refuses is
// refused (attributes twice, elements that do not match). Text between elements has no meaning in MJCF.
type scanner struct {
	file string
	text string // what is left
	line int
}

// decode returns a file's text as UTF-8: bytes that are not are Latin-1. The text ends at a NUL.
func decode(file string, data []byte) (string, error) {
	fail := func(message string) (string, error) { return "", &Error{File: file, Message: message} }
	for _, mark := range []string{"\xff\xfe", "\xfe\xff", "ÿþ", "þÿ"} {
		if bytes.HasPrefix(data, []byte(mark)) {
			return fail("the text is UTF-16: save it as UTF-8")
		}
	}
	if bytes.HasPrefix(data, []byte("version https://git-lfs.github.com/")) {
		return fail("a pointer of Git LFS, not the model itself: fetch that with git lfs pull")
	}
	end := bytes.IndexByte(data, 0)
	if end >= 0 && end < 4 {
		return fail("the text is UTF-16 or no text at all: save it as UTF-8")
	}
	if end > 0 {
		data = data[:end]
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if utf8.Valid(data) {
		return string(data), nil
	}
	latin := make([]rune, len(data))
	for i, b := range data {
		latin[i] = rune(b)
	}
	return string(latin), nil
}

func (s *scanner) errorf(format string, args ...any) error {
	return &Error{File: s.file, Line: s.line, Message: "not well-formed XML: " + fmt.Sprintf(format, quote.Args(args)...)}
}

// take moves on by n bytes and returns them.
func (s *scanner) take(n int) string {
	t := s.text[:n]
	s.line += strings.Count(t, "\n")
	s.text = s.text[n:]
	return t
}

const blanks = " \t\r\n\v\f"

func (s *scanner) space() { s.take(len(s.text) - len(strings.TrimLeft(s.text, blanks))) }

// skip passes over what begins with open and ends with shut, and reports whether it was there.
func (s *scanner) skip(open, shut string) (bool, error) {
	if !strings.HasPrefix(s.text, open) {
		return false, nil
	}
	n := strings.Index(s.text[len(open):], shut)
	if n < 0 {
		return false, s.errorf("%s without %s", open, shut)
	}
	s.take(len(open) + n + len(shut))
	return true, nil
}

// word reads a name; it is empty where none stands.
func (s *scanner) word() string {
	n := 0
	for ; n < len(s.text); n++ {
		c := s.text[n]
		letter := c >= 0x80 || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == ':'
		if !letter && (n == 0 || c != '-' && c != '.' && (c < '0' || c > '9')) {
			break
		}
	}
	return s.take(n)
}

// parse reads a document into its first element.
func (r *reader) parse(name string, data []byte) (*node, error) {
	text, err := decode(name, data)
	if err != nil {
		return nil, err
	}
	s := &scanner{file: name, text: text, line: 1}
	var root *node
	var stack []*node
	for {
		s.space()
		if s.text == "" {
			break
		}
		var skipped bool
		for _, marks := range [][2]string{{"<?", "?>"}, {"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<!", ">"}} {
			if skipped, err = s.skip(marks[0], marks[1]); skipped || err != nil {
				break
			}
		}
		switch {
		case err != nil:
			return nil, err
		case skipped:
		case strings.HasPrefix(s.text, "</"):
			s.take(2)
			tag := s.word()
			s.space()
			if len(stack) == 0 || stack[len(stack)-1].tag != tag || !strings.HasPrefix(s.text, ">") {
				return nil, s.errorf("the end of %q does not fit", tag)
			}
			s.take(1)
			stack = stack[:len(stack)-1]
		case s.text[0] == '<':
			n, closed, err := s.element()
			if err != nil {
				return nil, err
			}
			if r.elements++; r.elements > maxElements {
				return nil, n.errorf("more than %d elements", maxElements)
			}
			if len(stack) == maxDepth {
				return nil, n.errorf("nested deeper than %d", maxDepth)
			}
			if len(stack) > 0 {
				up := stack[len(stack)-1]
				up.children = append(up.children, n)
			} else if root == nil {
				root = n
			}
			if !closed {
				stack = append(stack, n)
			}
		default:
			n := strings.IndexByte(s.text, '<')
			if n < 0 {
				return nil, s.errorf("text after the last element")
			}
			s.take(n)
		}
	}
	switch {
	case len(stack) > 0:
		n := stack[len(stack)-1]
		return nil, &Error{File: name, Line: n.line, Message: fmt.Sprintf("not well-formed XML: %q does not end", n.tag)}
	case root == nil:
		return nil, &Error{File: name, Message: "no XML element"}
	}
	return root, nil
}

// element reads a tag with its attributes; closed says that it ends with />.
func (s *scanner) element() (n *node, closed bool, err error) {
	s.take(1)
	s.space()
	n = &node{file: s.file, line: s.line, tag: s.word()}
	if n.tag == "" {
		return nil, false, s.errorf("< without a name")
	}
	for {
		s.space()
		switch {
		case strings.HasPrefix(s.text, ">"):
			s.take(1)
			return n, false, nil
		case strings.HasPrefix(s.text, "/>"):
			s.take(2)
			return n, true, nil
		}
		name := s.word()
		s.space()
		if name == "" || !strings.HasPrefix(s.text, "=") {
			return nil, false, s.errorf("element %q: an attribute without a name or a value", n.tag)
		}
		s.take(1)
		s.space()
		quote := strings.IndexAny(s.text, `"'`)
		if quote != 0 {
			return nil, false, s.errorf("element %q: attribute %s without quotes", n.tag, name)
		}
		end := strings.IndexByte(s.text[1:], s.text[0])
		if end < 0 {
			return nil, false, s.errorf("element %q: attribute %s does not end", n.tag, name)
		}
		if _, twice := n.attr(name); twice {
			return nil, false, s.errorf("element %q: attribute %s is there twice", n.tag, name)
		}
		value := s.take(end + 2)
		n.attrs = append(n.attrs, attribute{name, entities(value[1 : end+1])})
	}
}

var entityNames = strings.NewReplacer("&quot;", `"`, "&amp;", "&", "&apos;", "'", "&lt;", "<", "&gt;", ">")

// entities replaces the five of XML and characters by their number; others stay as they are.
func entities(s string) string {
	if !strings.Contains(s, "&#") {
		return entityNames.Replace(s)
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, "&#")
		b.WriteString(entityNames.Replace(before))
		if !found {
			return b.String()
		}
		digits, rest, _ := strings.Cut(after, ";")
		base := 10
		if hex, ok := strings.CutPrefix(digits, "x"); ok {
			digits, base = hex, 16
		}
		if x, err := strconv.ParseUint(digits, base, 31); err == nil {
			b.WriteRune(rune(x))
			s = rest
		} else {
			b.WriteString("&#")
			s = after
		}
	}
}
