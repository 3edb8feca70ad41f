//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
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

// TestMirrorLabByHand bends a map and takes it back, draws on the grid by pointer and by keyboard, opens a term by a finger, and
// looks at the equal first step, the largest grid and the playground's own states.
func TestMirrorLabByHand(t *testing.T) {
	t.Parallel()
	p := open(t, address+"#v=1&place=mirror&play=0", width, height)
	const both = "mirror.dataset.columns && JSON.parse(mirror.dataset.columns).every((c) => c)"
	p.wait("both columns", both, 60*time.Second)
	p.wait("the curves", "document.querySelectorAll('#mirror-map path').length > 5", 20*time.Second)

	// The curve of A is the upper one at p = 0.5; a drag down to a quarter of the picture makes it a mixed map.
	var at struct{ X, Y, Width, Height float64 }
	p.eval("(() => { const e = document.getElementById('mirror-map'); e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect(); return {x: r.x, y: r.y, width: r.width, height: r.height} })()", &at)
	x := at.X + 0.55*at.Width
	p.mouse(input.DispatchMouseEventTypeMousePressed, x, at.Y+0.2*at.Height)
	for i := range 5 {
		p.mouse(input.DispatchMouseEventTypeMouseMoved, x, at.Y+(0.2+0.08*float64(i))*at.Height)
		if i == 2 { // Escape takes the drag back and ends it; another press begins anew
			p.wait("a bent map", "/map_mixed/.test(decodeURIComponent(location.hash))", 10*time.Second)
			p.do(chromedp.KeyEvent(kb.Escape))
			p.wait("the map as it was", "!/map_mixed/.test(decodeURIComponent(location.hash))", 10*time.Second)
			p.mouse(input.DispatchMouseEventTypeMouseReleased, x, at.Y+0.36*at.Height)
			p.wait("its curve", "document.getElementById('mirror-a-map').value === 'entropy'", 10*time.Second)
			p.mouse(input.DispatchMouseEventTypeMousePressed, x, at.Y+0.2*at.Height)
		}
	}
	p.mouse(input.DispatchMouseEventTypeMouseReleased, x, at.Y+0.52*at.Height)
	p.wait("a mixed map", "document.getElementById('mirror-a-map').value === 'mixed' && /a\\.map_mixed/.test(decodeURIComponent(location.hash))", 10*time.Second)
	p.wait("its path", both+" && document.getElementById('mirror-title-a').textContent.includes('mixed')", 20*time.Second)

	// Euclid's first step is a quarter of entropy's with four actions, unless both are made equal.
	move := func() (m [2]float64) {
		var columns [2]struct{ Eta float64 }
		require.NoError(t, json.Unmarshal([]byte(p.data("mirror", "columns")), &columns))
		return [2]float64{columns[0].Eta, columns[1].Eta}
	}
	p.eval("location.hash = '#v=1&place=mirror&play=0&mirror=cliff*k_0*a.map_entropy*b.map_euclid'", nil)
	p.wait("the steps", both+" && JSON.parse(mirror.dataset.columns)[1].Eta === 1 && JSON.parse(mirror.dataset.columns)[0].Eta === 1", 20*time.Second)
	p.click("mirror-equal")
	p.wait("equal first steps", both+" && JSON.parse(mirror.dataset.columns)[1].Eta === 0.25", 20*time.Second)
	assert.Equal(t, [2]float64{1, 0.25}, move())

	// By keyboard: a wall is drawn two cells to the right of the first state, and the table of states has one row less.
	p.eval("document.getElementById('mirror-states-box').open = true", nil)
	p.wait("the table of states", "document.querySelectorAll('#mirror-states tr').length === 32", 10*time.Second)
	p.enter("mirror-tool", "#")
	p.eval("document.getElementById('mirror-grid-a').focus()", nil)
	for _, key := range []string{kb.ArrowRight, kb.ArrowRight, kb.ArrowUp, kb.Enter} {
		p.do(chromedp.KeyEvent(key))
	}
	p.wait("the wall", "/\\*grid_/.test(decodeURIComponent(location.hash)) && document.querySelectorAll('#mirror-states tr').length === 31", 20*time.Second)
	// By pointer: a drag over three cells draws three walls, though no path has answered meanwhile; Escape lays the tool down.
	p.eval("(() => { const e = document.getElementById('mirror-grid-a'); e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect(); return {x: r.x, y: r.y, width: r.width, height: r.height} })()", &at)
	y := at.Y + 0.1*at.Height
	p.mouse(input.DispatchMouseEventTypeMousePressed, at.X+0.08*at.Width, y)
	for _, part := range []float64{0.2, 0.32} {
		p.mouse(input.DispatchMouseEventTypeMouseMoved, at.X+part*at.Width, y)
	}
	p.mouse(input.DispatchMouseEventTypeMouseReleased, at.X+0.32*at.Width, y)
	p.wait("three walls", "/\\*grid_www/.test(decodeURIComponent(location.hash)) && document.querySelectorAll('#mirror-states tr').length === 28", 20*time.Second)
	p.do(chromedp.KeyEvent(kb.Escape))
	p.wait("no tool", "document.getElementById('mirror-tool').value === ''", 5*time.Second)
	assert.Contains(t, p.text("mirror-state-says"), "A: value ")

	// What the grid does besides its cells: a goal that pays 2.5 and a cost of moves, in the link too.
	value := func() (v float64) {
		var columns [2]struct{ Value float64 }
		require.NoError(t, json.Unmarshal([]byte(p.data("mirror", "columns")), &columns))
		return columns[0].Value
	}
	before := value()
	p.eval("[['mirror-goal', 2.5], ['mirror-cost', 0.02], ['mirror-slip', 0]].forEach(([id, v]) => { const e = document.getElementById(id); e.value = v; e.dispatchEvent(new Event('input')) })", nil)
	p.wait("the link", "/slip_0\\*cost_0.02\\*goal_2.5/.test(decodeURIComponent(location.hash))", 5*time.Second)
	p.wait("another problem", both+fmt.Sprintf(" && JSON.parse(mirror.dataset.columns)[0].Value !== %v", before), 20*time.Second)
	assert.Contains(t, p.text("mirror-grid-a"), "+2.5")

	// A finger opens a term.
	p.eval("(() => { const e = document.querySelector('#mirror-numbers .term'); e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect(); return {x: r.x, y: r.y, width: r.width, height: r.height} })()", &at)
	p.touch(input.DispatchTouchEventTypeTouchStart, at.X+at.Width/2, at.Y+at.Height/2)
	call(p, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}})
	p.wait("its explanation", "document.querySelector('#mirror .tip.open')?.textContent.includes('the value from the start')", 5*time.Second)

	p.eval("location.hash = '#v=1&place=mirror&play=0&mirror=cliff*n_60'", nil)
	p.enter("mirror-size", "40x40")
	p.wait("1,600 cells", both+" && document.querySelectorAll('#mirror-states tr').length === 1600", 60*time.Second)
	t.Logf("40 x 40 cells: %s", p.speed())
	p.eval("location.hash = '#v=1&place=mirror&play=0&mirror=deepsea:30,0.95*n_60*a.h_8*a.rule_adaptive*b.h_8*b.rule_adaptive'", nil)
	p.wait("the deep sea", both+" && document.querySelectorAll('#mirror-states tr').length === 466", 60*time.Second)
	t.Logf("deep sea of 30 rows, h = 8: %s", p.speed())

	// What the playground's policy visits stands beside the exact curve.
	p.eval("location.hash = '#v=1&task=pendulum&play=1'", nil)
	p.wait("steps", "document.getElementById('stage').dataset.simSeconds > 3", 60*time.Second)
	p.eval("location.hash = '#v=1&task=pendulum&place=mirror'", nil)
	p.wait("its states", "document.querySelectorAll('#mirror-live circle').length > 0 && document.getElementById('mirror-live-says').textContent.includes('on Pendulum visited')", 30*time.Second)
	assert.Empty(t, p.text("errors"))
}

// speed is what the lab says of its iterations a second.
func (p *tab) speed() (words string) {
	p.Helper()
	p.eval("document.querySelector('#mirror-numbers tr:last-child').innerText.replaceAll(/\\s+/g, ' ')", &words)
	return words
}
