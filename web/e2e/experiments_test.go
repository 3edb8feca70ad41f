//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/checkpoint"
	"onestep/policy/grid"
	"onestep/policy/train"
)

// mine are the rows of runs that were trained here, in the table of runs.
const mine = `[...document.querySelectorAll('#exp-runs tr[data-run]')].filter((r) => !r.dataset.run.startsWith('shipped '))`

// alone is the policy of a run by itself, headless.
func alone(t *testing.T, seed uint64) *checkpoint.Policy {
	o, err := train.NewOptions("pendulum", "fpmd-m", seed, 3000, map[string]any{"hidden": []int{8, 8}, "batch": 8, "particles": 2})
	require.NoError(t, err)
	r, err := train.NewRun(o)
	require.NoError(t, err)
	for !r.Done() {
		require.NoError(t, r.Step())
	}
	return checkpoint.PolicyOf(r, checkpoint.Record{})
}

// fillGrid fills the grid of the run of seed 1 in and holds it to what is played headless.
func (p *tab) fillGrid(policy *checkpoint.Policy) {
	p.eval("document.getElementById('cost-policy').dispatchEvent(new Event('focus'))", nil)
	p.wait("the runs to choose from", "document.querySelectorAll('#cost-policy option[value^=\"run \"]').length === 2", 20*time.Second)
	p.eval(`(() => { document.getElementById('cost-policy').value = [...document.querySelectorAll('#cost-policy option')].find((o) => /seed 1 on Pendulum, 3,000 steps/.test(o.textContent)).value;
		document.getElementById('cost-episodes').value = '5'; document.getElementById('cost-latency').value = '0.005' })()`, nil)
	p.click("cost-start")
	p.wait("the grid", "document.getElementById('cost-start').textContent === 'Fill in' && document.getElementById('cost-map').dataset.played === '21'", 60*time.Second)
	p.wait("what the protocols return more", "/\\[/.test(document.querySelector('#cost-protocols tr:last-child td:nth-of-type(2)').textContent)", 20*time.Second)
	p.click("cost-json")
	text, err := os.ReadFile(p.downloaded(".json"))
	require.NoError(p, err)
	var got grid.Grid
	require.NoError(p, json.Unmarshal(text, &got))
	assert.Equal(p, policy.Hash(), got.Hash)
	assert.Equal(p, 0.005, got.Latency)
	assert.Contains(p, p.text("cost-says"), ", 5 ms an evaluation")
	want := grid.New(policy)
	require.Len(p, got.Cells, len(want.Cells))
	for i, c := range got.Cells {
		assert.Positive(p, c.Microseconds)
		_, err := want.Cells[i].Play(policy, 0.005, 5, nil)
		require.NoError(p, err)
		w := want.Cells[i]
		assert.Equal(p, w.Returns, c.Returns, "K = %d, best of %d", c.K, c.BestOf)
		assert.Equal(p, []any{w.K, w.BestOf, w.NFE, w.CriticNFE, w.Protocol}, []any{c.K, c.BestOf, c.NFE, c.CriticNFE, c.Protocol})
		// gonum sums in another order with vector instructions: an ulp or two of some thousand.
		assert.InDeltaSlice(p, []float64{w.Mean, w.Interval.Low, w.Interval.High}, []float64{c.Mean, c.Interval.Low, c.Interval.High}, 1e-9)
	}
}

// Runs of the queue go on after a reload and end in the bits of each run alone; their records open in fpmd, their moments on
// the stage, and a training begins from one.
func TestExperimentsKeepTheirRuns(t *testing.T) {
	t.Parallel()
	p := open(t, address+"#v=1&place=experiments&task=pendulum&play=0&auto=0", width, height)
	p.wait("the shipped runs", "document.querySelectorAll('#exp-runs tr[data-run^=\"shipped \"]').length > 10 && +document.getElementById('exp-chart').dataset.lines > 0", 60*time.Second)
	p.wait("their statistics", "/FPMD-M/.test(document.getElementById('exp-iqm').textContent) && /\\[/.test(document.getElementById('exp-iqm').textContent)", 60*time.Second)
	p.eval(`(() => { for (const [id, value] of [['exp-seeds', '2'], ['exp-settings', 'hidden = 8.8; batch = 8; particles = 2'], ['exp-steps', '3000']]) {
		document.getElementById(id).value = value;
		document.getElementById(id).dispatchEvent(new Event('input', {bubbles: true}));
	} })()`, nil)
	p.wait("the estimate", "/^2 runs, about .* in 1 worker, as measured/.test(document.getElementById('exp-estimate').textContent)", 60*time.Second)
	p.click("exp-start")
	p.wait("a run to train", mine+".some((r) => r.dataset.state === 'running')", 60*time.Second)
	p.navigate("about:blank")
	p.navigate(address + "#v=1&place=experiments&task=pendulum&play=0&auto=0")
	p.wait("both to end", mine+".filter((r) => r.dataset.state === 'done').length === 2", 120*time.Second)
	var hashes []string
	p.eval(mine+".map((r) => r.dataset.hash).sort()", &hashes)
	first := alone(t, 1)
	assert.ElementsMatch(t, []string{first.Hash(), alone(t, 2).Hash()}, hashes)
	p.fillGrid(first)

	p.eval("document.getElementById('exp-shipped').click()", nil)
	p.wait("the shipped ones to go", "document.querySelectorAll('#exp-runs tr[data-run^=\"shipped \"]').length === 0", 20*time.Second)
	p.click("exp-json")
	exported := p.downloaded(".json")
	text, err := os.ReadFile(exported)
	require.NoError(t, err)
	var list []checkpoint.RunRecord
	require.NoError(t, json.Unmarshal(text, &list))
	require.Len(t, list, 2)
	fpmd := filepath.Join(t.TempDir(), "fpmd")
	built, err := exec.Command("go", "build", "-o", fpmd, "onestep/policy/cmd/fpmd").CombinedOutput()
	require.NoError(t, err, "%s", built)
	table, err := exec.Command(fpmd, "table", exported).CombinedOutput()
	require.NoError(t, err, "%s", table)
	assert.Contains(t, string(table), "| FPMD-M | 3k, 3k | 2 |")
	figure, err := exec.Command(fpmd, "plot", "curves", "-out", filepath.Join(t.TempDir(), "curves.svg"), exported).CombinedOutput()
	require.NoError(t, err, "%s", figure)

	p.eval(mine+"[0].querySelector('.exp-name').click()", nil)
	p.wait("the chosen run", "!document.getElementById('exp-run').hidden", 20*time.Second)
	p.click("exp-delete")
	p.wait("it to go", mine+".length === 1", 20*time.Second)
	p.eval("document.querySelector('#news .offer').click()", nil)
	p.wait("it to come back", mine+".length === 2", 20*time.Second)
	p.eval(mine+"[0].querySelector('.exp-name').click()", nil)
	p.click("exp-watch")
	p.wait("the last moment", "document.getElementById('film').dataset.shown === '3000' && document.getElementById('film').dataset.moments === '40'", 60*time.Second)
	p.eval("(() => { const at = document.getElementById('film-at'); at.value = '10'; at.dispatchEvent(new Event('input')) })()", nil)
	p.wait("an early moment", "document.getElementById('film').dataset.shown === '769' && / 769 steps/.test(acting.textContent)", 60*time.Second)
	p.click("film-train")
	p.wait("a training to begin from it", "['running', 'finished'].includes(train.dataset.phase) && document.getElementById('film').hidden", 60*time.Second)
	p.phase("finished", 120*time.Second)
	p.click("reset-training")
	p.wait("what became of it", "/kept under Experiments/.test(news.textContent)", 20*time.Second)
	p.eval("[...document.querySelectorAll('#news .offer')].at(-1).click()", nil)
	p.phase("finished", 60*time.Second)
	assert.Empty(t, p.text("errors"))
}

// A record of a task that this page does not have joins the others; it cannot act, and says so. What is no record is refused.
func TestRecordsJoinTheRuns(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../assets/policies/records/pendulum-fpmd-m-1.json")
	require.NoError(t, err)
	var record map[string]any
	require.NoError(t, json.Unmarshal(text, &record))
	record["options"].(map[string]any)["task"] = "a_task_that_went"
	gone, err := json.Marshal(record)
	require.NoError(t, err)
	dir := t.TempDir()
	for name, b := range map[string][]byte{"gone.json": gone, "wrong.json": []byte(`{"a": 1}`)} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), b, 0o644))
	}
	p := open(t, address+"#v=1&place=experiments&task=pendulum&play=0&auto=0", width, height)
	p.wait("the shipped runs", "document.querySelectorAll('#exp-runs tr[data-run^=\"shipped \"]').length > 10", 60*time.Second)
	p.choose(filepath.Join(dir, "wrong.json"))
	p.wait("the refusal", "errors.textContent.includes('“wrong.json” was not taken: it is no record of a run: it has no options and no record.')", 20*time.Second)
	p.eval("errors.replaceChildren()", nil)
	p.choose(filepath.Join(dir, "gone.json"))
	p.wait("the run", fmt.Sprintf("%s.length === 1 && document.getElementById('exp-task').value === 'all'", mine), 20*time.Second)
	p.eval(mine+"[0].querySelector('.exp-name').click()", nil)
	p.wait("what is said of it", "/this page no longer has its task: its numbers stay, it cannot act or go on/.test(document.getElementById('exp-run-says').textContent)", 20*time.Second)
	assert.True(t, p.holds("document.getElementById('exp-watch').ariaDisabled === 'true'"))

	// The stage starts when it is asked for something, and answers although it is not seen.
	assert.True(t, p.holds("!document.getElementById('stage').getAttribute('src')"), "the stage has not started")
	p.click("share")
	p.wait("the code of the link", "document.getElementById('share-code').naturalWidth > 0", 60*time.Second)
	p.do(chromedp.KeyEvent(kb.Escape))
	assert.True(t, p.holds("document.documentElement.dataset.stage !== 'drawn'"))
	p.press("#places [data-to=playground]")
	p.drawn()
}
