package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// said are the programs' files whose errors a person meets most: refused settings and links, refused policy and run files, what JSON
// from elsewhere is refused for, what the stage refuses, and what ends a training. The causes of other readers (of files’ headers,
// ONNX, MJCF and records) stay English.
var said = []string{"engine/strict/*.go", "policy/settings/*.go", "policy/checkpoint/*.go", "policy/train/*.go", "policy/grid/grid.go", "policy/nn/finite.go", "policy/tensorio/decode.go", "wasm/app/*/*.go", "wasm/worker/work.go"}

// tells reports whether a format says enough beside its values to be known again.
func tells(format string) bool {
	return len(letter.FindAllString(verb.ReplaceAllString(format, ""), -1)) >= 5
}

var letter = regexp.MustCompile(`\pL`)

// causes adds the formats of errors and of what they quote. Mistakes of the program, which protocol.Refuse calls protocol or bad-config, are none.
func (p Part) causes(root string) error {
	for _, pattern := range said {
		files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil {
			return err
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			tree, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(tree, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				if format := errorFormat(call); tells(format) {
					p[format] = filepath.Base(name)
				}
				f, _ := call.Fun.(*ast.Ident)
				return f == nil || f.Name != "panic"
			})
		}
	}
	return nil
}

// errorFormat is the literal that an error is made of, or a part of one, or "".
func errorFormat(call *ast.CallExpr) string {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) == 0 {
		return ""
	}
	switch pkg, _ := f.X.(*ast.Ident); {
	case pkg == nil:
		return ""
	case pkg.Name == "fmt" && (f.Sel.Name == "Errorf" || f.Sel.Name == "Sprintf"), pkg.Name == "errors" && f.Sel.Name == "New":
		return literal(call.Args[0])
	case pkg.Name == "protocol" && f.Sel.Name == "Refuse" && len(call.Args) > 1 && slices.Contains([]string{"bad-file", "diverged"}, literal(call.Args[0])):
		return literal(call.Args[1])
	}
	return ""
}

func literal(e ast.Expr) string {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return ""
	}
	text, _ := strconv.Unquote(l.Value)
	return text
}
