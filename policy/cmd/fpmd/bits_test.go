package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// target is a target whose instructions could round a product and a sum once, together.
type target struct{ name, arch, level, experiment string }

var targets = []target{
	{"arm64", "arm64", "", ""},
	{"amd64 v3", "amd64", "v3", ""},
	{"arm64 with SIMD", "arm64", "", "simd"},
	{"amd64 v4 with SIMD", "amd64", "v4", "simd"},
}

func (m target) environment() []string {
	return append(os.Environ(), "GOOS=linux", "CGO_ENABLED=0", "GOARCH="+m.arch, "GOAMD64="+m.level, "GOEXPERIMENT="+m.experiment)
}

var (
	// fused are the scalar and vector forms of x*y + z on arm64 and amd64.
	fused    = regexp.MustCompile(`\((\S+\.go:\d+)\)\s+(V?FN?M(?:ADD|SUB)(?:D|S|\d+[SP][SD])|VFML[AS]\S*|VFM(?:ADDSUB|SUBADD)\S*)\s`)
	function = regexp.MustCompile(`^(onestep/\S+) STEXT`)
)

// TestNoFusedArithmetic compiles everything that the program runs for machines with a fused multiply-add and finds none: a
// seed gives the same bits on each of them (the products are written float64(x*y) + z). Gonum's sums
// are no part of that: the finite problems' values, exact up to rounding, depend on its vectors. -short keeps to scalar builds.
func TestNoFusedArithmetic(t *testing.T) {
	for _, m := range targets {
		t.Run(m.name, func(t *testing.T) {
			if testing.Short() && m.experiment != "" {
				t.Skip("the scalar builds alone in -short")
			}
			cmd := exec.Command("go", "build", "-o", os.DevNull, "-gcflags=onestep/...=-S", ".")
			cmd.Env = m.environment()
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, "%.2000s", out)
			require.Contains(t, string(out), "onestep/engine/physics.", "no listing")
			var found []string
			in := ""
			lines := bufio.NewScanner(bytes.NewReader(out))
			lines.Buffer(nil, 1<<20)
			for lines.Scan() {
				if f := function.FindStringSubmatch(lines.Text()); f != nil {
					in = f[1]
				} else if f := fused.FindStringSubmatch(lines.Text()); f != nil {
					found = append(found, fmt.Sprintf("%s at %s: %s", in, f[1], f[2]))
				}
			}
			require.NoError(t, lines.Err())
			slices.Sort(found)
			assert.Empty(t, slices.Compact(found), "write float64(x*y) + z")
		})
	}
}

// TestElementaryFunctions: what the program computes with takes its elementary functions from engine/num, since those of
// package math have other bits on some machines. Exceptions say why.
func TestElementaryFunctions(t *testing.T) {
	allowed := []string{"Abs", "Ceil", "Copysign", "Floor", "Float32bits", "Float32frombits", "Float64bits", "Float64frombits",
		"Frexp", "IsInf", "IsNaN", "Inf", "Ldexp", "Max", "Min", "Mod", "NaN", "Nextafter", "Round", "RoundToEven", "Signbit", "Sqrt", "Trunc"}
	exceptions := map[string]string{
		"engine/num.Atan2":     "called for constants: an argument is 0, infinite or NaN",
		"policy/figure.Log10":  "ticks of a picture",
		"policy/figure.Pow":    "ticks of a picture",
		"policy/analysis.Erfc": "the accuracy of a quantile, not its bits",
	}
	out, err := exec.Command("go", "list", "-deps", "-json=ImportPath,Dir,GoFiles", ".").Output()
	require.NoError(t, err)
	seen := map[string]bool{}
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var p struct {
			ImportPath, Dir string
			GoFiles         []string
		}
		require.NoError(t, dec.Decode(&p))
		pkg, ours := strings.CutPrefix(p.ImportPath, "onestep/")
		if !ours {
			continue
		}
		for _, name := range p.GoFiles {
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, filepath.Join(p.Dir, name), nil, 0)
			require.NoError(t, err)
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				sel, ok := call.Fun.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if x, ok := sel.X.(*ast.Ident); !ok || x.Name != "math" || slices.Contains(allowed, sel.Sel.Name) {
					return true
				}
				key := pkg + "." + sel.Sel.Name
				seen[key] = true
				assert.Contains(t, exceptions, key, "%s: math.%s", files.Position(n.Pos()), sel.Sel.Name)
				return true
			})
		}
	}
	for key := range exceptions {
		assert.Contains(t, seen, key, "the exception is not needed")
	}
}
