//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/tabular"
)

type mirrorRow struct{ GapRho, GapSup, Bound, Backups float64 }

func (p *tab) mirrorColumns() (columns [2]mirrorRow) {
	p.Helper()
	require.NoError(p, json.Unmarshal([]byte(p.data("mirror", "columns")), &columns))
	return columns
}

// TestMirrorLab follows two columns through the page and compares their numbers with the library's.
func TestMirrorLab(t *testing.T) {
	t.Parallel()
	p := open(t, address+"#v=1&place=mirror&play=0", width, height)
	const both = "mirror.dataset.columns && JSON.parse(mirror.dataset.columns).every((c) => c)"
	p.wait("both columns", both, 60*time.Second)
	m, err := tabular.Problem("cliff")
	require.NoError(t, err)
	for i, s := range []tabular.Settings{
		{Method: "h-pmd", H: 4, Step: tabular.Rule{Kind: "adaptive"}},
		{Method: "h-pmd", Map: tabular.Map{Kind: "euclid"}, Step: tabular.Rule{Kind: "constant", Eta: 1}},
	} {
		path, err := tabular.NewPath(m, s)
		require.NoError(t, err)
		rows, err := path.Run(context.Background(), 9)
		require.NoError(t, err)
		got := p.mirrorColumns()[i]
		assert.InDelta(t, float64(rows[9].GapRho), got.GapRho, 1e-12)
		assert.InDelta(t, float64(rows[9].Bound), got.Bound, 1e-9)
		assert.InDelta(t, float64(rows[9].Backups), got.Backups, 0)
	}
	assert.Contains(t, p.text("mirror-says"), "After 9 iterations A still lacks")

	p.enter("mirror-a-map", "barrier")
	p.wait("the refusal", "document.getElementById('mirror-problem').textContent.includes('the log barrier has no adaptive step')", 20*time.Second)
	p.enter("mirror-a-rule", "constant")
	p.wait("its path", both+" && document.getElementById('mirror-problem').textContent === ''", 20*time.Second)

	p.eval("document.querySelector('#mirror-failures a').click()", nil)
	p.wait("trap", "document.getElementById('mirror-says').textContent.includes('made it worse')", 20*time.Second)
	p.eval("document.getElementById('mirror-states-box').open = true", nil)
	p.wait("the table of states", "document.querySelectorAll('#mirror-states tr').length === 3", 10*time.Second)
	p.eval("document.getElementById('mirror-grid-a').focus()", nil)
	p.eval("document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, cancelable: true }))", nil)
	p.wait("the next state", "document.getElementById('mirror-state').textContent === 'number 1'", 10*time.Second)
	assert.Empty(t, p.text("errors"))
}
