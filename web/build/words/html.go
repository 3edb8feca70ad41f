package words

import (
	"errors"
	"fmt"
	"html"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/tdewolff/parse/v2"
	lexer "github.com/tdewolff/parse/v2/html"
)

// The rules are those of web/js/language.js: an element's own text, with its child elements as {0}, {1}, …, is one key, and so
// is each attribute that a person reads.
var (
	attributes = []string{"alt", "aria-label", "aria-roledescription", "data-says", "placeholder", "title"}
	untold     = []string{"script", "style", "noscript", "code", "cite"}
	void       = []string{"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
	foreign    = []string{"circle", "path", "rect"} // of drawings, which close themselves
	blanks     = regexp.MustCompile(`[ \t\n\r]+`)
	drawn      = regexp.MustCompile(`<text[^>]*>([^<]*)</text>`)
	letters    = regexp.MustCompile(`\p{L}{2}`)
)

// element is one that is open.
type element struct {
	name     string
	text     strings.Builder
	children int
	own      bool // it has a text of its own
	silent   bool // what it holds is not translated

	attributes []string
}

// html adds the texts of a page.
func (p Part) html(path string) error {
	source, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return p.page(filepath.Base(path), source)
}

func (p Part) page(where string, source []byte) error {
	l := lexer.NewLexer(parse.NewInputBytes(source))
	open := []*element{{}}
	for {
		kind, _ := l.Next()
		top := open[len(open)-1]
		switch kind {
		case lexer.ErrorToken:
			if !errors.Is(l.Err(), io.EOF) {
				return fmt.Errorf("%s: %w", where, l.Err())
			}
			if len(open) > 1 {
				return fmt.Errorf("%s: <%s> is not closed", where, top.name)
			}
			return nil
		case lexer.TextToken:
			text := html.UnescapeString(string(l.Text()))
			top.own = top.own || letters.MatchString(text)
			top.text.WriteString(text)
		case lexer.StartTagToken:
			fmt.Fprintf(&top.text, "{%d}", top.children)
			top.children++
			name := string(l.Text())
			open = append(open, &element{name: name, silent: top.silent || slices.Contains(untold, name)})
		case lexer.AttributeToken:
			value := html.UnescapeString(strings.Trim(string(l.AttrVal()), `"'`))
			name := string(l.AttrKey())
			if name == "translate" && value == "no" || name == "id" && value == "scripts" { // which stands only where no script runs
				top.silent = true
			}
			if slices.Contains(attributes, name) {
				top.attributes = append(top.attributes, value)
			}
		case lexer.StartTagCloseToken, lexer.StartTagVoidToken:
			for _, value := range top.attributes {
				if !top.silent {
					p.add(value, where)
				}
			}
			if kind == lexer.StartTagVoidToken || slices.Contains(void, top.name) || slices.Contains(foreign, top.name) {
				open = open[:len(open)-1]
			}
		case lexer.EndTagToken:
			if name := string(l.Text()); name != top.name {
				return fmt.Errorf("%s: </%s> where <%s> is open", where, name, top.name)
			}
			if top.own && !top.silent {
				p.add(top.text.String(), where)
			}
			open = open[:len(open)-1]
		}
	}
}

// figure adds the words of an SVG file.
func (p Part) figure(path string) error {
	source, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for _, text := range drawn.FindAllSubmatch(source, -1) {
		p.add(html.UnescapeString(string(text[1])), filepath.Base(path))
	}
	return nil
}

// add adds a text as it is looked up, where there is something to read.
func (p Part) add(text, where string) {
	if letters.MatchString(text) {
		p[strings.Trim(blanks.ReplaceAllString(text, " "), " ")] = where
	}
}
