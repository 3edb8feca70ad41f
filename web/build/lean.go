package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"onestep/web/build/program"
)

// The stage is built with a copy of Ebitengine from which a tab's dead weight is taken: what looks for Go sources on
// disk, speaks to a virtual machine's host, packs images into archives or converts shaders of an older dialect. The
// text templates of its own shaders matter most: they are filled in here, because a program that holds text/template
// looks methods up by name, and the linker then keeps every exported method of every type. Together that is a quarter
// of the download (web/build/DESIGN.md). What is drawn is the same.

const engine = "github.com/hajimehoshi/ebiten/v2"

// sums are the SHA-256 of the files that are rewritten or read. Another version of Ebitengine whose files differ is
// refused, not built wrongly: read what has changed, then put its sum here.
var sums = map[string]string{
	"internal/debug/caller.go":             "3399bb9882b1954d1e94569392ab06d695427b85c84af0c567ca2ffe7f9ffb02",
	"internal/vmguest/vmguest.go":          "7da531ef7c0bc7f81ac04333a3bbf013f707e47189cb06665d77d7bc32fc6abe",
	"internal/graphicscommand/image_js.go": "cc4b98f57f47ce6ae95cf42ee43337067834ce9f6810437b8a7af4ff69873359",
	"internal/legacyshader/convert.go":     "ba0edd363441e00f173f50b91293d3bbe09b41abc82724bae6b47a118e68bc11",
	"internal/builtinshader/shader.go":     "c37e473dfc068aa388ce180d730a56ba149aa1ae7ef1dab7939796a7a90e86a2",
	"internal/builtinshader/defs.go":       "ab9a05a1f305c81456d9743b69b9be04fdd0167c40b2d4d30c6176e72040c754",
	"internal/colormshader/shader.go":      "64d3e7652dfab658e1035362d64d814c747fef693ac66f32684bddba7bc0ae32",
	"internal/colormshader/defs.go":        "df8a4c4c432a7fed3ba18abf360053fd773631f160728ab5cddeb4fec235ba3c",
}

// thinning says what becomes of one file of Ebitengine.
type thinning struct {
	drop  []string          // declarations that go: names of functions, types, variables, and methods as Type.Method
	stub  map[string]string // new bodies
	extra func(dir string) (string, error)
}

var thinnings = map[string]thinning{
	// Names the caller of a discarded call in a debugging log, with the help of a Go installation.
	"internal/debug/caller.go": {
		drop: []string{"ebitengineFileDir", "ebitengineFileDirOnce"},
		stub: map[string]string{"FirstCaller": `return "", 0, CallerTypeNone`},
	},
	// A program in a browser is never the guest of a virtual machine's host.
	"internal/vmguest/vmguest.go": {
		drop: []string{
			"postTickHooksMu", "AppendPostTickHook", "RunPostTickHooks",
			"textInputHandlersMu", "RegisterTextInputHandlers", "RunTextInputStateHandler", "RunTextInputEndHandler",
		},
	},
	// Downloads all images as an archive, for a key that this program does not set.
	"internal/graphicscommand/image_js.go": {
		drop: []string{"download"},
		stub: map[string]string{"Image.Dump": `return "", nil`, "DumpImages": `return "", nil`},
	},
	// Converts shaders in texels; all that are used here are in pixels.
	"internal/legacyshader/convert.go": {
		drop: []string{"srcPosConversionStmt", "blankUseStmt", "texelBuiltinNames", "texelHelpersSuffix", "texelHelperPrefix"},
		stub: map[string]string{"convertToPixels": `panic("legacyshader: shaders in texels are left out of this build")`},
	},
	"internal/builtinshader/shader.go": filledIn,
	"internal/colormshader/shader.go":  filledIn,
}

// filledIn replaces a template by the texts that it makes, which stand beside it for Ebitengine's own tools.
var filledIn = thinning{
	drop:  []string{"tmpl", "shaders"},
	stub:  map[string]string{"ShaderSource": "return []byte(sources[int(filter)*AddressCount+int(address)])"},
	extra: sources,
}

// sources turns the unnamed constants of defs.go, filter by filter and address by address, into a table.
func sources(dir string) (string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, "defs.go"), nil, parser.SkipObjectResolution)
	if err != nil {
		return "", err
	}
	var table strings.Builder
	n := 0
	for _, d := range file.Decls {
		for _, s := range d.(*ast.GenDecl).Specs {
			v, ok := s.(*ast.ValueSpec)
			if !ok || v.Names[0].Name != "_" || len(v.Values) != 1 {
				continue
			}
			text, ok := v.Values[0].(*ast.BasicLit)
			if !ok {
				return "", fmt.Errorf("%s/defs.go: a constant is no plain text", dir)
			}
			fmt.Fprintf(&table, "%s,\n", text.Value)
			n++
		}
	}
	if n == 0 {
		return "", fmt.Errorf("%s/defs.go holds no shader", dir)
	}
	return "var sources = [FilterCount * AddressCount]string{\n" + table.String() + "}\n" +
		fmt.Sprintf("const _ = uint(FilterCount*AddressCount-%[1]d) + uint(%[1]d-FilterCount*AddressCount)\n", n), nil
}

// lean writes the copy into dir and returns the go.mod to build with.
func lean(tools *program.Toolchain, root, dir string) (modfile string, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("a lean copy of Ebitengine: %w", err)
		}
	}()
	packages, err := tools.Lines("list", "-deps", "-f", `{{with .Module}}{{if eq .Path "`+engine+`"}}{{$.ImportPath}} {{$.Dir}}{{end}}{{end}}`, "./wasm/app")
	if err != nil {
		return "", err
	}
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	for _, line := range packages {
		name, from, ok := strings.Cut(line, " ")
		if !ok {
			continue
		}
		if err := copyPackage(from, filepath.Join(dir, filepath.FromSlash(strings.TrimPrefix(name, engine)))); err != nil {
			return "", err
		}
	}
	if err := unchanged(dir); err != nil {
		return "", err
	}
	for name, rules := range thinnings {
		if err := thin(filepath.Join(dir, filepath.FromSlash(name)), rules); err != nil {
			return "", err
		}
	}
	module, err := tools.Lines("list", "-m", "-f", "{{.GoMod}}", engine)
	if err != nil {
		return "", err
	}
	if err := copyFile(module[0], filepath.Join(dir, "go.mod")); err != nil {
		return "", err
	}
	return replaced(tools, root, dir)
}

// unchanged compares the files of the copy with sums.
func unchanged(dir string) error {
	for name, want := range sums {
		text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			return fmt.Errorf("this is another version of Ebitengine: %w", err)
		}
		if got := sha256.Sum256(text); hex.EncodeToString(got[:]) != want {
			return fmt.Errorf("this is another version of Ebitengine: %s has changed (its SHA-256 is %x)", name, got)
		}
	}
	return nil
}

// replaced writes go.mod and go.sum of this module beside the copy, with the copy in Ebitengine's place.
func replaced(tools *program.Toolchain, root, dir string) (string, error) {
	modfile := filepath.Clean(dir) + ".mod"
	for from, to := range map[string]string{"go.mod": modfile, "go.sum": filepath.Clean(dir) + ".sum"} {
		if err := copyFile(filepath.Join(root, from), to); err != nil {
			return "", err
		}
	}
	if relative, err := filepath.Rel(root, dir); err == nil && filepath.IsLocal(relative) {
		dir = "./" + filepath.ToSlash(relative) // the program names it: no folder of the machine
	}
	_, err := tools.Lines("mod", "edit", "-replace", engine+"="+dir, modfile)
	return modfile, err
}

// copyPackage copies the files of one folder, tests apart.
func copyPackage(from, to string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		if err := copyFile(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o644)
}

// thin rewrites one file.
func thin(name string, rules thinning) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	extra := ""
	if rules.extra != nil {
		if extra, err = rules.extra(filepath.Dir(name)); err != nil {
			return err
		}
	}
	out, err := thinned(text, rules, extra)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return os.WriteFile(name, out, 0o644)
}

// thinned is the file without the declarations and imports that the rules make superfluous, extra at its end.
func thinned(text []byte, rules thinning, extra string) ([]byte, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", text, parser.SkipObjectResolution) // without comments, which would lose their places
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	file.Decls = slices.DeleteFunc(file.Decls, func(d ast.Decl) bool {
		gone := false
		for _, name := range declared(d) {
			seen[name] = true
			gone = gone || slices.Contains(rules.drop, name)
		}
		return gone
	})
	for name, body := range rules.stub {
		if !replaceBody(file, name, body) {
			return nil, fmt.Errorf("it declares no function %s", name)
		}
	}
	for _, name := range rules.drop {
		if !seen[name] {
			return nil, fmt.Errorf("it declares no %s", name)
		}
	}
	dropImports(file)
	var out bytes.Buffer
	if constraint := buildConstraint(text); constraint != "" {
		fmt.Fprintf(&out, "%s\n\n", constraint)
	}
	if err := format.Node(&out, set, file); err != nil {
		return nil, err
	}
	out.WriteString("\n" + extra)
	return format.Source(out.Bytes())
}

func buildConstraint(text []byte) string {
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "//go:build ") {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

// declared are the names of a declaration; a method's is Type.Method.
func declared(d ast.Decl) (names []string) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		return []string{funcName(d)}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				names = append(names, s.Name.Name)
			case *ast.ValueSpec:
				for _, n := range s.Names {
					names = append(names, n.Name)
				}
			}
		}
	}
	return names
}

func funcName(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return d.Name.Name
	}
	t := d.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	return fmt.Sprint(t) + "." + d.Name.Name
}

func replaceBody(file *ast.File, name, body string) bool {
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || funcName(f) != name {
			continue
		}
		stub, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc f() { "+body+" }", parser.SkipObjectResolution)
		if err != nil {
			panic(errors.New("build: a new body does not parse: " + body))
		}
		f.Body = stub.Decls[0].(*ast.FuncDecl).Body
		return true
	}
	return false
}

// dropImports removes the imports that nothing uses any more; the last part of a path is its name here.
func dropImports(file *ast.File) {
	used := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok {
				used[x.Name] = true
			}
		}
		return true
	})
	file.Decls = slices.DeleteFunc(file.Decls, func(d ast.Decl) bool {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.IMPORT {
			return false
		}
		g.Specs = slices.DeleteFunc(g.Specs, func(s ast.Spec) bool {
			from, _ := strconv.Unquote(s.(*ast.ImportSpec).Path.Value)
			return !used[path.Base(from)]
		})
		return len(g.Specs) == 0
	})
}
