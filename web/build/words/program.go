package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"

	"onestep/policy/agents"
)

// program adds the texts of the stage's program: those of lang.Text and lang.Textf, and the words of the families of policies.
func (p Part) program(root string) error {
	files, err := filepath.Glob(filepath.Join(root, "wasm", "app", "*", "*.go"))
	if err != nil {
		return err
	}
	for _, name := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && len(call.Args) > 0 {
				if text, ok := spoken(call); ok {
					p[text] = filepath.Base(name)
				}
			}
			return true
		})
	}
	for _, agent := range agents.All {
		w := agent.Family.Words()
		for _, text := range []string{w.Title, w.Time, w.Actions, w.Taken, w.Mean, w.Spread, w.OneStep, w.Best} {
			if text != "" && text != "t" {
				p[text] = "the family of " + agent.Name
			}
		}
	}
	return nil
}

// spoken is the literal that lang.Text or lang.Textf is called with.
func spoken(call *ast.CallExpr) (string, bool) {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || f.Sel.Name != "Text" && f.Sel.Name != "Textf" {
		return "", false
	}
	if pkg, ok := f.X.(*ast.Ident); !ok || pkg.Name != "lang" {
		return "", false
	}
	l, ok := call.Args[0].(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(l.Value)
	return text, err == nil
}
