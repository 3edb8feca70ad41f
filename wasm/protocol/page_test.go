package protocol

import (
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pageTables maps a prefix of Go's constants to the table of web/js/protocol.js that repeats them.
var pageTables = map[string]string{"Metric": "Metric", "Eval": "Eval", "Dot": "Dot", "Stat": "Stat", "LabRow": "LabRow", "LabLaw": "LabLaw", "MirrorData": "MirrorData", "MirrorRow": "MirrorRow"}

// TestPageAgrees compares every number of this package with web/js/protocol.js, both ways.
func TestPageAgrees(t *testing.T) {
	source, err := os.ReadFile("../../web/js/protocol.js")
	require.NoError(t, err)
	assert.Equal(t, goNumbers(t), pageNumbers(t, string(source)))
}

// goNumbers returns the constants as the page names them: "Type.Train", "Metric.Seconds", "NumMetrics".
func goNumbers(t *testing.T) map[string]int64 {
	t.Helper()
	files := token.NewFileSet()
	tree, err := parser.ParseFile(files, "protocol.go", nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	config := types.Config{Importer: importer.Default()}
	pkg, err := config.Check("protocol", files, []*ast.File{tree}, nil)
	require.NoError(t, err)
	numbers := map[string]int64{}
	for _, name := range pkg.Scope().Names() {
		c, ok := pkg.Scope().Lookup(name).(*types.Const)
		if !ok {
			continue
		}
		value, exact := constant.Int64Val(c.Val())
		require.True(t, exact, name)
		numbers[pageName(name, c.Type())] = value
	}
	return numbers
}

func pageName(name string, of types.Type) string {
	if named, ok := of.(*types.Named); ok && named.Obj().Name() == "Type" {
		return "Type." + name
	}
	for prefix, table := range pageTables {
		if strings.HasPrefix(name, prefix) {
			return table + "." + strings.TrimPrefix(name, prefix)
		}
	}
	return name
}

var (
	jsTable  = regexp.MustCompile(`(?s)export const (\w+) = Object\.freeze\(\{(.*?)\}\)`)
	jsEntry  = regexp.MustCompile(`(\w+):\s*(\d+)`)
	jsNumber = regexp.MustCompile(`(?m)^export const (\w+) = (\d+);`)
)

func pageNumbers(t *testing.T, source string) map[string]int64 {
	t.Helper()
	numbers := map[string]int64{}
	add := func(name, digits string) {
		value, err := strconv.ParseInt(digits, 10, 64)
		require.NoError(t, err)
		require.NotContains(t, numbers, name, "defined twice")
		numbers[name] = value
	}
	for _, table := range jsTable.FindAllStringSubmatch(source, -1) {
		for _, entry := range jsEntry.FindAllStringSubmatch(table[2], -1) {
			add(table[1]+"."+entry[1], entry[2])
		}
	}
	for _, number := range jsNumber.FindAllStringSubmatch(source, -1) {
		add(number[1], number[2])
	}
	return numbers
}
