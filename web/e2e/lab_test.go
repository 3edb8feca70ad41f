//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/analysis"
)

type labRow struct{ K, W2, Std float64 }

func (p *tab) labRows() (rows []labRow) {
	p.Helper()
	require.NoError(p, json.Unmarshal([]byte(p.data("lab", "rows")), &rows))
	return rows
}

// oneStep is the standard deviation of the trained network's single step.
func (p *tab) oneStep() float64 {
	p.Helper()
	var fit struct{ Rows []labRow }
	require.NoError(p, json.Unmarshal([]byte(p.data("lab", "fit")), &fit))
	require.Equal(p, 1.0, fit.Rows[0].K)
	return fit.Rows[0].Std
}

// TestVarianceLab is a visitor's way through the lab: the closed form, a network of each variant, a drawing, the link.
func TestVarianceLab(t *testing.T) {
	t.Parallel()
	p := open(t, address+"#v=1&place=lab&play=0&lab=gaussian*s_0.5*c_1*k_4*v_rectified", width, height)
	p.wait("the exact law", "lab.dataset.rows", 60*time.Second)
	for _, r := range p.labRows() {
		assert.InDelta(t, analysis.GaussianW2(0.5, 1, int(r.K)), r.W2, 1e-6, "K = %g", r.K)
	}
	assert.Equal(t, "0.500", p.text("lab-std"))
	assert.Equal(t, "0.159", p.text("lab-w2"))

	p.enter("lab-target", "two")
	p.wait("two modes", "lab.dataset.target === 'two'", 20*time.Second)
	std := math.Sqrt(0.65)
	p.click("lab-train")
	p.wait("a network", "lab.dataset.fit && JSON.parse(lab.dataset.fit).updates >= 400", 90*time.Second)
	assert.Less(t, p.oneStep(), 0.35*std, "one rectified step collapses")
	p.click("lab-train")
	p.wait("it to stop", "document.getElementById('lab-train').dataset.phase === 'idle'", 10*time.Second)
	p.click("lab-meanflow")
	p.click("lab-train")
	p.wait("a MeanFlow", "lab.dataset.fit && JSON.parse(lab.dataset.fit).variant === 'meanflow' && JSON.parse(lab.dataset.fit).updates >= 400", 90*time.Second)
	assert.Greater(t, p.oneStep(), 0.6*std, "one MeanFlow step does not")
	p.click("lab-train")

	p.enter("lab-target", "drawn")
	p.wait("the stroke to begin with", "lab.dataset.target === 'drawn'", 20*time.Second)
	before := p.labRows()[0].W2
	var at struct{ X, Y, Width, Height float64 }
	p.eval("(() => { const e = document.getElementById('lab-exact'); e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect(); return {x: r.x, y: r.y, width: r.width, height: r.height} })()", &at)
	p.mouse(input.DispatchMouseEventTypeMousePressed, at.X+0.45*at.Width, at.Y+0.5*at.Height)
	for i := range 6 {
		p.mouse(input.DispatchMouseEventTypeMouseMoved, at.X+(0.45+0.02*float64(i))*at.Width, at.Y+0.5*at.Height)
	}
	p.mouse(input.DispatchMouseEventTypeMouseReleased, at.X+0.55*at.Width, at.Y+0.5*at.Height)
	p.wait("the drawing", fmt.Sprintf("Math.abs(JSON.parse(lab.dataset.rows)[0].w2 - %g) > 0.1", before), 20*time.Second)
	drawn := p.labRows()[0].W2
	assert.Less(t, drawn, before, "a short stroke has less variance than the heart")
	p.wait("the link", "location.hash.includes('*p_') || location.hash.includes('%2Ap_')", 5*time.Second)

	p.do(chromedp.Reload())
	p.wait("the lab again", "document.readyState === 'complete' && lab.dataset.rows", 60*time.Second)
	assert.Equal(t, "drawn", p.data("lab", "target"))
	assert.InDelta(t, drawn, p.labRows()[0].W2, 1e-9, "the link holds the drawing")
	assert.Empty(t, p.text("errors"))
}

// TestMirrorDescentInTheLab plays k: with unequal wells the one-step error rises and falls, with equal ones it stays.
func TestMirrorDescentInTheLab(t *testing.T) {
	t.Parallel()
	p := open(t, address+"#v=1&place=lab&play=0&lab=mirror*n_0", width, height)
	seen := func(target string, n int) float64 {
		p.enter("lab-n", fmt.Sprint(n))
		want, err := analysis.Spec{Target: "mirror", Lambda: 1, Step: n, Wells: 1.5, Difference: map[string]float64{"mirror": 0.2}[target]}.Make()
		require.NoError(t, err)
		p.wait("its law", fmt.Sprintf("lab.dataset.target === %q && Math.abs(lab.dataset.std - %g) < 1e-6", target, math.Sqrt(want.Variance())), 30*time.Second)
		return math.Sqrt(want.Variance())
	}
	p.wait("the exact law", "lab.dataset.rows", 60*time.Second)
	start := seen("mirror", 0)
	assert.Greater(t, seen("mirror", 2), start)
	assert.Less(t, seen("mirror", 60), 0.3)
	p.enter("lab-target", "equal")
	assert.Greater(t, seen("equal", 60), 1.2)
	assert.Empty(t, p.text("errors"))
}

// TestLabFiguresAreSaved saves a figure in every format and reads the files.
func TestLabFiguresAreSaved(t *testing.T) {
	t.Parallel()
	p := open(t, address+"#v=1&place=lab&play=0", width, height)
	p.wait("the exact law", "lab.dataset.rows", 60*time.Second)
	for format, begins := range map[string]string{"png": "\x89PNG", "svg": "<svg", "csv": "of,k,w2"} {
		p.click("lab-" + format)
		b, err := os.ReadFile(p.downloaded("." + format))
		require.NoError(t, err)
		assert.Equal(t, begins, string(b[:min(len(b), len(begins))]))
	}
	assert.Empty(t, p.text("errors"))
}
