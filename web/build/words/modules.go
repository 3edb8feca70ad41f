package words

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/js"
)

// module is what a module of the page says.
type module struct {
	name string
	keys []string // of tr and plural, with values as {0}, {1}, …
	bare []string // other texts that a person may read: those of several words, and what is given to an element
}

// readModule parses a module.
func readModule(path string) (*module, error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m, err := moduleOf(source)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	m.name = filepath.Base(path)
	return m, nil
}

func moduleOf(source []byte) (*module, error) {
	tree, err := js.Parse(parse.NewInputBytes(source), js.Options{})
	if err != nil {
		return nil, err
	}
	m := &module{}
	js.Walk(visitor{m}, tree)
	return m, nil
}

type visitor struct{ *module }

// Enter takes the texts of a node; what stands within them is visited too.
func (v visitor) Enter(n js.INode) js.IVisitor {
	switch n := n.(type) {
	case *js.ImportStmt, *js.ExportStmt:
		if e, ok := n.(*js.ExportStmt); ok && e.Decl != nil {
			js.Walk(v, e.Decl)
		}
		return nil
	case *js.TemplateExpr:
		if nameOf(n.Tag) == "tr" {
			v.keys = append(v.keys, templateText(n))
		} else {
			v.meets(templateText(n))
		}
		for _, part := range n.List {
			js.Walk(v, part.Expr)
		}
		return nil
	case *js.CallExpr:
		return v.call(n)
	case *js.Property:
		if n.Name != nil && slices.Contains(shown, string(n.Name.Literal.Data)) {
			v.shows(n.Value)
		}
	case *js.BinaryExpr:
		if to, ok := n.X.(*js.DotExpr); ok && n.Op == js.EqToken && slices.Contains(shown, to.Y.String()) {
			v.shows(n.Y)
		}
	case *js.LiteralExpr:
		if n.TokenType == js.StringToken {
			v.meets(stringText(n.Data))
		}
	}
	return v
}

// shown are properties of elements that a person reads.
var shown = []string{"textContent", "innerText", "ariaLabel", "title", "placeholder", "alt", "label"}

var (
	several = regexp.MustCompile(`\p{L}{2}.*\s.*\p{L}|^\s+\p{L}{2}|\p{L}{2}\s+$`)
	spaced  = regexp.MustCompile(`\{\d+\}`)
)

// meets takes a text that is not a key and may be read.
func (v visitor) meets(text string) {
	if several.MatchString(spaced.ReplaceAllString(text, "0")) {
		v.bare = append(v.bare, text)
	}
}

// shows takes the literal of an expression that an element shows.
func (v visitor) shows(e js.IExpr) {
	if l, ok := e.(*js.LiteralExpr); ok && l.TokenType == js.StringToken && letters.Match(l.Data) {
		v.bare = append(v.bare, stringText(l.Data))
	}
}

// Exit implements js.IVisitor.
func (visitor) Exit(js.INode) {}

// call takes the texts of tr(text) and plural(n, one, many).
func (v visitor) call(n *js.CallExpr) js.IVisitor {
	args := n.Args.List
	texts := func(from int) (list []string) {
		for _, a := range args[min(from, len(args)):] {
			if l, ok := a.Value.(*js.LiteralExpr); ok && l.TokenType == js.StringToken {
				list = append(list, stringText(l.Data))
			}
		}
		return list
	}
	switch nameOf(n.X) {
	case "write", "Option":
		for _, a := range args {
			v.shows(a.Value)
		}
	case "tr":
		list := texts(0)
		v.keys = append(v.keys, list...)
		if len(list) > 0 {
			return nil
		}
	case "plural":
		list := texts(1)
		if len(list) == 1 && len(args) == 2 {
			list = append(list, list[0]+"s")
		}
		v.keys = append(v.keys, list...)
		js.Walk(v, args[0].Value)
		if len(list) > 0 {
			return nil
		}
	}
	return v
}

// nameOf is the name of a variable, "" for another expression.
func nameOf(e js.IExpr) string {
	if v, ok := e.(*js.Var); ok {
		return string(v.Name())
	}
	return ""
}

// templateText is a template's text with values as {0}, {1}, …
func templateText(n *js.TemplateExpr) string {
	var b strings.Builder
	for i, part := range n.List {
		b.WriteString(strings.TrimSuffix(strings.TrimLeft(string(part.Value[:1]), "`}")+string(part.Value[1:]), "${"))
		fmt.Fprintf(&b, "{%d}", i)
	}
	tail := string(n.Tail)
	b.WriteString(strings.TrimSuffix(tail[1:], "`"))
	return unescaped(b.String())
}

// stringText is the value of a string literal.
func stringText(literal []byte) string { return unescaped(string(literal[1 : len(literal)-1])) }

// unescaped undoes the escapes that the modules have: \n, \\, \', \` and \uXXXX.
func unescaped(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'u':
			if i+4 < len(s) {
				if code, err := strconv.ParseUint(s[i+1:i+5], 16, 32); err == nil {
					b.WriteRune(rune(code))
					i += 4
					continue
				}
			}
			b.WriteByte('u')
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
