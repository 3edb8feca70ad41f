package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"onestep/web/build/program"
)

const licencesName = "licences.txt"

// module is a module of which something is linked into a program.
type module struct{ path, version, dir string }

// linked are the modules that the programs are made of, this one apart, in the order of their paths.
func linked(tools *program.Toolchain) ([]module, error) {
	lines, err := tools.Lines("list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}{{end}}", stage.main, worker.main)
	if err != nil {
		return nil, err
	}
	slices.Sort(lines)
	var list []module
	for _, line := range slices.Compact(lines) {
		if fields := strings.Split(line, "\t"); len(fields) == 3 {
			list = append(list, module{fields[0], fields[1], fields[2]})
		}
	}
	return list, nil
}

// terms are the names of files in a module's root under which licences, and what they ask to be passed on, are found.
var terms = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents|third_party_licenses)([-.].*)?$`)

// licences is what the site passes on: the licence of this program, of Go and of every module that is linked, in full.
func licences(tools *program.Toolchain, root string) ([]byte, error) {
	modules, err := linked(tools)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	own, err := os.ReadFile(filepath.Join(root, "LICENSE"))
	if err != nil {
		return nil, err
	}
	section := func(title string, texts ...[]byte) {
		fmt.Fprintf(&out, "%s\n%s\n\n", title, strings.Repeat("=", len(title)))
		for _, text := range texts {
			fmt.Fprintf(&out, "%s\n\n", bytes.TrimSpace(text))
		}
	}
	section("Onestep", own)
	var release [][]byte
	for _, name := range []string{"LICENSE", "PATENTS"} {
		text, err := tools.File(name)
		if err != nil {
			return nil, err
		}
		release = append(release, text)
	}
	section("Go "+strings.TrimPrefix(tools.Version, "go")+": its runtime, its standard library and wasm_exec.js", release...)
	for _, m := range modules {
		texts, err := m.terms()
		if err != nil {
			return nil, err
		}
		section(m.path+" "+m.version, texts...)
	}
	return out.Bytes(), nil
}

// terms are the texts of a module's licence and notices; a module without a licence is an error.
func (m module) terms() (texts [][]byte, err error) {
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		return nil, err
	}
	licensed := false
	for _, e := range entries {
		if !terms.MatchString(e.Name()) {
			continue
		}
		files := []string{filepath.Join(m.dir, e.Name())}
		if e.IsDir() { // gonum keeps there what its parts come from
			if files, err = filepath.Glob(filepath.Join(files[0], "*")); err != nil {
				return nil, err
			}
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			texts = append(texts, text)
		}
		first := strings.ToLower(e.Name())
		licensed = licensed || strings.HasPrefix(first, "licen") || strings.HasPrefix(first, "copying")
	}
	if !licensed {
		return nil, fmt.Errorf("%s %s has no licence in its root: it cannot be shipped", m.path, m.version)
	}
	return texts, nil
}
