// Package program builds a main of this module for the browser, with the release of Go and the experiments that the site
// ships, whatever the shell around it asks for: `go run ./web/build` gives the bytes of `make dist`. What comes out is
// looked at: a program without vector instructions is none of the site's.
package program

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"onestep/web/build/relink"
)

// experiments are what GOEXPERIMENT asks of the release that go.mod names.
//
//   - simd is package simd, in which policy/kernel writes its loops. When it ends the package belongs to the library under
//     another tag: the files' build tags change with the name here and in the Makefile.
//   - nojsonv2 is encoding/json as it was before its second version. When it ends the name goes from here, and each
//     program grows by 270 kB compressed.
//
// A release that does not know one of the names refuses to build and says which.
const experiments = "simd,nojsonv2"

// Toolchain is an installed release of Go that builds for the browser.
type Toolchain struct {
	Version string // such as go1.27.4
	root    string // of this module
	goroot  string
	env     []string
}

// Find returns the release of Go that the module in root names, which the go command fetches where it is not installed.
// A scalar one is the go command as it is, without experiments: its programs have no vector instructions and are several
// times slower.
func Find(root string, scalar bool) (*Toolchain, error) {
	t := &Toolchain{root: root}
	// What the shell sets for other work must not change the programs. The commit and the folder are left out of them: the
	// same sources give the same bytes.
	set := []string{"GOOS=js", "GOARCH=wasm", "GOWASM=", "GOFLAGS=-trimpath -buildvcs=false", "GOWORK=off", "GOEXPERIMENT="}
	want := ""
	if !scalar {
		var err error
		if want, err = named(root); err != nil {
			return nil, err
		}
		set[len(set)-1] += experiments
		set = append(set, "GOTOOLCHAIN="+want)
	}
	t.env = append(os.Environ(), set...)
	out, err := t.output("env", "GOVERSION", "GOROOT")
	if err != nil && scalar {
		return nil, fmt.Errorf("the installed Go: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("the site is built by %s, which is not on this machine and cannot be fetched: %w\n"+
			"Once is enough, with a network; without one `go run ./web/build -scalar` builds a slower site by the Go that is installed", want, err)
	}
	fields := strings.Split(strings.TrimSpace(out), "\n")
	if len(fields) != 2 {
		return nil, fmt.Errorf("go env answers %q", out)
	}
	t.Version, _, _ = strings.Cut(fields[0], " ") // experiments may stand behind it
	t.goroot = fields[1]
	if want != "" && t.Version != want {
		return nil, fmt.Errorf("the site is built by %s, and the go command is %s", want, t.Version)
	}
	return t, nil
}

// named is the release that go.mod names.
func named(root string) (string, error) {
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return "", fmt.Errorf("the root of the repository: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "toolchain "); ok {
			return name, nil
		}
	}
	return "", errors.New("go.mod names no toolchain")
}

// Command is the go command with its arguments, in the root of the module and for the browser.
func (t *Toolchain) Command(args ...string) *exec.Cmd {
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Env = t.root, t.env
	return cmd
}

// Lines are what the go command prints.
func (t *Toolchain) Lines(args ...string) ([]string, error) {
	out, err := t.output(args...)
	return strings.Split(strings.TrimSpace(out), "\n"), err
}

// output runs the go command; an error is its last words, in one line.
func (t *Toolchain) output(args ...string) (string, error) {
	cmd := t.Command(args...)
	var message bytes.Buffer
	cmd.Stderr = &message
	out, err := cmd.Output()
	if err != nil {
		said := strings.Split(strings.TrimSpace(message.String()), "\n")
		return "", fmt.Errorf("go %s: %w: %s", args[0], err, said[len(said)-1])
	}
	return string(out), nil
}

// Loader is wasm_exec.js; another release's would not fit.
func (t *Toolchain) Loader() ([]byte, error) { return t.File("lib", "wasm", "wasm_exec.js") }

// File is a file of the release.
func (t *Toolchain) File(path ...string) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(append([]string{t.goroot}, path...)...))
	if err != nil {
		return nil, fmt.Errorf("a file of %s: %w", t.Version, err)
	}
	return b, nil
}

// Program is a main, linked and rewritten.
type Program struct {
	Code    []byte
	Linked  []byte        // before it was rewritten
	Vectors int           // vector instructions, before that
	Counts  relink.Counts // what was rewritten
	Warning string        // why nothing was, or empty
}

// Floor is the least that a program must hold. Go's compiler and linker change: a program below its floor works and
// is slow, which nobody would notice otherwise.
type Floor struct {
	Vectors int
	Counts  relink.Counts
}

// Build links a main without symbols, and rewrites it. It refuses what lies below the floor, unless it is scalar.
func (t *Toolchain) Build(main string, floor Floor, flags ...string) (*Program, error) {
	dir, err := os.MkdirTemp("", "onestep-build-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "main.wasm")
	cmd := t.Command(slices.Concat([]string{"build", "-ldflags=-s -w", "-o", file}, flags, []string{main})...)
	if message, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s does not build for the browser: %w\n%s", main, err, bytes.TrimSpace(message))
	}
	linked, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	p, err := rewritten(linked)
	if err != nil {
		return nil, fmt.Errorf("%s as linked: %w", main, err)
	}
	if below := p.below(floor); len(below) > 0 && !t.scalar() {
		return nil, fmt.Errorf("%s by %s has %s: something in the build or in Go has changed, and the program would be slow", main, t.Version, strings.Join(below, ", "))
	}
	return p, nil
}

func (t *Toolchain) scalar() bool { return !slices.Contains(t.env, "GOEXPERIMENT="+experiments) }

// rewritten rewrites what the linker made, and leaves the program of a release that is not known as it is.
func rewritten(linked []byte) (*Program, error) {
	p := &Program{Code: linked, Linked: linked}
	var err error
	if p.Vectors, err = relink.Vectors(linked); err != nil {
		return nil, err
	}
	code, counts, err := relink.Rewrite(linked)
	var unknown *relink.UnknownError
	if errors.As(err, &unknown) {
		p.Warning = "it is not rewritten, and slower: " + err.Error()
		return p, nil
	}
	if err != nil {
		return nil, err
	}
	p.Code, p.Counts = code, counts
	return p, nil
}

// below are the counts that lie below a floor. What was not rewritten at all has a warning instead.
func (p *Program) below(floor Floor) (list []string) {
	short := func(name string, n, least int) {
		if n < least {
			list = append(list, fmt.Sprintf("%d %s, not %d", n, name, least))
		}
	}
	short("vector instructions", p.Vectors, max(1, floor.Vectors))
	if p.Warning != "" {
		return list
	}
	least := map[string]int{}
	floor.Counts.Each(func(name string, n int) { least[name] = n })
	p.Counts.Each(func(name string, n int) { short("rewritten "+name, n, least[name]) })
	if p.Counts.Unread > 0 {
		list = append(list, fmt.Sprintf("%d functions that cannot be read", p.Counts.Unread))
	}
	return list
}

// String tells what the program holds, in a line.
func (p *Program) String() string {
	text := fmt.Sprintf("%d vector instructions", p.Vectors)
	if p.Warning != "" {
		return text + "; " + p.Warning
	}
	p.Counts.Each(func(name string, n int) { text += fmt.Sprintf(", %d %s", n, name) })
	return text + " rewritten"
}
