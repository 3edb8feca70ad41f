package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// listed is what `go list` tells about a package, for the rules below.
type listed struct {
	ImportPath string
	Imports    []string // what its files import
	Deps       []string // and everything below
}

const module = "onestep/"

// under reports whether pkg is the package root or lies below it.
func under(pkg, root string) bool {
	return pkg == module+root || strings.HasPrefix(pkg, module+root+"/")
}

// rules say who may import whom; each returns what p breaks, or "".
var rules = []struct {
	name  string
	broke func(p listed) string
}{
	{"engine never reaches policy", func(p listed) string {
		return first(p.Deps, func(dep string) bool { return under(p.ImportPath, "engine") && under(dep, "policy") })
	}},
	{"policy sees of engine only rng, env, num, quote and strict", func(p listed) string {
		return first(p.Imports, func(dep string) bool {
			return under(p.ImportPath, "policy") && under(dep, "engine") &&
				!slices.Contains([]string{module + "engine/rng", module + "engine/env", module + "engine/num", module + "engine/quote", module + "engine/strict"}, dep)
		})
	}},
	{"engine and policy never reach wasm", func(p listed) string {
		return first(p.Deps, func(dep string) bool {
			return (under(p.ImportPath, "engine") || under(p.ImportPath, "policy")) && under(dep, "wasm")
		})
	}},
	{"only engine/view imports Ebiten", func(p listed) string {
		return first(p.Imports, func(dep string) bool { return ebiten(dep) && p.ImportPath != module+"engine/view" })
	}},
	{"only the headless program imports kong", func(p listed) string {
		return first(p.Imports, func(dep string) bool { return dep == kong && p.ImportPath != module+"policy/cmd/fpmd" })
	}},
	{"the training worker never reaches Ebiten", func(p listed) string {
		return first(p.Deps, func(dep string) bool { return p.ImportPath == module+"wasm/worker" && ebiten(dep) })
	}},
	{"policy never reaches Ebiten", func(p listed) string {
		return first(p.Deps, func(dep string) bool { return under(p.ImportPath, "policy") && ebiten(dep) })
	}},
	{"only wasm/bridge and the two mains import syscall/js", func(p listed) string {
		allowed := []string{module + "wasm/bridge", module + "wasm/app", module + "wasm/worker"}
		return first(p.Imports, func(dep string) bool { return dep == "syscall/js" && !slices.Contains(allowed, p.ImportPath) })
	}},
	{"wasm/protocol needs strict and the standard library alone", func(p listed) string {
		return first(p.Imports, func(dep string) bool {
			return p.ImportPath == module+"wasm/protocol" && strings.Contains(dep, "/") && (strings.Contains(strings.Split(dep, "/")[0], ".") || strings.HasPrefix(dep, module) && dep != module+"engine/strict")
		})
	}},
}

const kong = "github.com/alecthomas/kong"

func ebiten(pkg string) bool { return strings.HasPrefix(pkg, "github.com/hajimehoshi/ebiten/") }

func first(list []string, bad func(string) bool) string {
	if i := slices.IndexFunc(list, bad); i >= 0 {
		return list[i]
	}
	return ""
}

// packages lists this module for one target; build errors elsewhere do not hide an import.
func packages(t *testing.T, env ...string) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,Deps", "./...")
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.Output()
	require.NoError(t, err)
	var list []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else {
			require.NoError(t, err)
		}
		list = append(list, p)
	}
}

func TestImportRules(t *testing.T) {
	for _, target := range []struct {
		name string
		env  []string
	}{
		{"native", nil},
		{"browser", []string{"GOOS=js", "GOARCH=wasm"}},
	} {
		t.Run(target.name, func(t *testing.T) {
			list := packages(t, target.env...)
			require.NotEmpty(t, list)
			for _, p := range list {
				for _, rule := range rules {
					if broken := rule.broke(p); broken != "" {
						assert.Failf(t, rule.name, "%s imports %s", p.ImportPath, broken)
					}
				}
			}
		})
	}
}

// TestImportRulesBite shows each rule a package that breaks it.
func TestImportRulesBite(t *testing.T) {
	const ebitenPath = "github.com/hajimehoshi/ebiten/v2"
	bad := map[string]listed{
		"engine never reaches policy":                                {ImportPath: "onestep/engine/env", Deps: []string{"fmt", "onestep/policy/nn"}},
		"policy sees of engine only rng, env, num, quote and strict": {ImportPath: "onestep/policy/train", Imports: []string{"onestep/engine/env", "onestep/engine/physics"}},
		"engine and policy never reach wasm":                         {ImportPath: "onestep/policy/train", Deps: []string{"onestep/wasm/protocol"}},
		"only engine/view imports Ebiten":                            {ImportPath: "onestep/engine/plot", Imports: []string{ebitenPath + "/vector"}},
		"only the headless program imports kong":                     {ImportPath: "onestep/policy/catalog", Imports: []string{kong}},
		"the training worker never reaches Ebiten":                   {ImportPath: "onestep/wasm/worker", Deps: []string{"onestep/engine/view", ebitenPath + "/internal/ui"}},
		"policy never reaches Ebiten":                                {ImportPath: "onestep/policy/cmd/fpmd", Deps: []string{ebitenPath + "/vector"}},
		"only wasm/bridge and the two mains import syscall/js":       {ImportPath: "onestep/engine/view", Imports: []string{"syscall/js"}},
		"wasm/protocol needs strict and the standard library alone":  {ImportPath: "onestep/wasm/protocol", Imports: []string{"encoding/json", "gonum.org/v1/gonum/mat"}},
	}
	good := listed{ImportPath: "onestep/policy/train", Imports: []string{"fmt", "onestep/engine/env", "onestep/policy/nn"}, Deps: []string{"onestep/engine/physics"}}
	for _, rule := range rules {
		require.Contains(t, bad, rule.name)
		assert.NotEmpty(t, rule.broke(bad[rule.name]), rule.name)
		assert.Empty(t, rule.broke(good), rule.name)
	}
}
