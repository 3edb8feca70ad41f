//go:build e2e

package e2e

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type labRow struct{ K, W2, Std, Energy, Shift float64 }

// law waits for the exact law of a target in K steps and returns its rows by K.
func (p *tab) law(target, condition string) map[float64]labRow {
	p.Helper()
	p.wait("the law of "+target, "(() => { const l = JSON.parse(lab.dataset.law ?? '{}'); return l.target === '"+target+"' && ("+condition+") })()", 20*time.Second)
	var law struct{ Rows []labRow }
	require.NoError(p, json.Unmarshal([]byte(p.data("lab", "law")), &law))
	rows := map[float64]labRow{}
	for _, r := range law.Rows {
		rows[r.K] = r
	}
	return rows
}

func (p *tab) slide(id, value string) {
	p.Helper()
	p.eval("(() => { const e = document.getElementById('"+id+"'); e.value = "+value+"; e.dispatchEvent(new Event('input')) })()", nil)
}

// TestLabIsExact reads closed forms of the theory off the page: W2 of a Gaussian in 1, 2 and 4 steps, and of two modes.
func TestLabIsExact(t *testing.T) {
	p := open(t, address+"#v=1&place=lab&target=gaussian&s=0.5&c=1", width, height)
	rows := p.law("gaussian", "l.steps === 1")
	for k, w2 := range map[float64]float64{1: 0.5, 2: 0.3, 4: 0.1595} {
		assert.InDelta(t, w2, rows[k].W2, 1e-4, "K = %v", k)
	}
	p.slide("lab-labSteps", "4")
	p.law("gaussian", "l.steps === 4")
	p.wait("the link", "location.hash.includes('steps=4')", 5*time.Second)
	p.pick("lab-target", "two")
	p.slide("lab-labHalf", "0.5")
	p.slide("lab-labStd", "0.1")
	rows = p.law("two", "Math.abs(l.rows[0].W2 - 0.51) < 0.001")
	assert.InDelta(t, 0.322, rows[2].W2, 1e-3)
	p.navigate(address + "#v=1&place=lab&target=unequal-wells&descent=30")
	p.eval("location.reload()", nil)
	p.law("unequal-wells", "true")
	p.wait("the path", "document.querySelector('#lab-descent svg polyline')", 10*time.Second)
	assert.Empty(t, p.text("errors"))
}

// TestLabTrains trains both variants on two modes: the rectified flow's one step collapses, MeanFlow's does not. Then a
// training is stopped, and a target is drawn.
func TestLabTrains(t *testing.T) {
	p := open(t, address+"#v=1&place=lab&target=two&m=1&s=0.2", width, height)
	p.law("two", "true")
	one := func(id string) labRow {
		t.Helper()
		p.click(id)
		p.wait("idle", "lab.dataset.phase === 'idle'", 10*time.Second)
		p.click("lab-train")
		p.wait("the network", "lab.dataset.phase === 'idle' && (JSON.parse(lab.dataset.fit)?.updates ?? 0) >= 6000", 60*time.Second)
		var fit struct{ Rows []labRow }
		require.NoError(t, json.Unmarshal([]byte(p.data("lab", "fit")), &fit))
		t.Log(id, fit.Rows)
		return fit.Rows[0]
	}
	rectified, meanFlow := one("lab-rectified"), one("lab-meanflow")
	assert.Less(t, rectified.Std, 0.25)
	assert.Greater(t, rectified.W2, 0.8)
	assert.Greater(t, meanFlow.Std, 0.7)
	assert.Less(t, meanFlow.W2, 0.5)

	p.click("lab-rectified")
	p.wait("idle", "lab.dataset.phase === 'idle'", 10*time.Second)
	p.click("lab-train")
	p.wait("training", "lab.dataset.phase === 'training' && (JSON.parse(lab.dataset.fit)?.updates ?? 0) > 0", 20*time.Second)
	p.click("lab-train")
	p.wait("it to stop", "lab.dataset.phase === 'idle'", 10*time.Second)
	assert.Contains(t, p.text("lab-status"), "in part")

	p.pick("lab-target", "drawn")
	p.law("drawn", "true")
	p.do(chromedp.ScrollIntoView(chromedp.ID("lab-flow")))
	var box struct{ X, Y, Width, Height float64 }
	p.eval("(() => { const r = document.getElementById('lab-flow').getBoundingClientRect(); return {X: r.x, Y: r.y, Width: r.width, Height: r.height} })()", &box)
	x, y := box.X+box.Width/2, box.Y+box.Height/2
	p.mouse(input.DispatchMouseEventTypeMousePressed, x-60, y)
	for i := range 12 {
		p.mouse(input.DispatchMouseEventTypeMouseMoved, x-60+10*float64(i), y-20)
	}
	p.mouse(input.DispatchMouseEventTypeMouseReleased, x+60, y-20)
	p.wait("the drawing in the link", "location.hash.includes('draw=')", 5*time.Second)
	assert.Empty(t, p.text("errors"))
}
