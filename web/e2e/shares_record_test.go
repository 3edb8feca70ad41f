//go:build record

package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
)

// TestMeasureShares prints how many updates of FPMD-M on HalfCheetah a tab takes per second, by shares and by workers: with
// the stage shown, at rest while About is, and taken out of the page. Run it on a machine that does nothing else:
//
//	make dist && go test -tags record -count=1 -v ./web/e2e -run TestMeasureShares
func TestMeasureShares(t *testing.T) {
	for _, place := range []string{"no stage", "about", "playground"} {
		for _, c := range []struct{ cores, shares int }{{2, 1}, {3, 2}} {
			t.Run(fmt.Sprintf("%s, %d shares, %d cores", place, c.shares, c.cores), func(t *testing.T) { // its end closes the tab
				t.Log(measureShares(t, place, c.cores, c.shares))
			})
		}
	}
}

// measureShares watches a training for 15 s. The rates are of a fifth of a second each: their best and their median.
func measureShares(t *testing.T, place string, cores, shares int) string {
	p := blank(t, 1280, 800)
	call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: fmt.Sprintf("Object.defineProperty(Navigator.prototype, 'hardwareConcurrency', { get: () => %d })", cores),
	})
	p.navigate(fmt.Sprintf("%s#v=1&task=half_cheetah&set=shards_%d*warmUp_200", address, shares))
	p.drawn()
	p.phase("idle", 30*time.Second)
	p.click("train")
	p.phase("running", 20*time.Second)
	began := time.Now()
	switch place {
	case "no stage":
		p.eval("(document.querySelector('#places [data-to=about]').click(), stage.remove())", nil)
	case "about":
		p.eval("document.querySelector('#places [data-to=about]').click()", nil)
	}
	p.wait("the first updates", "+document.getElementById('num-updates').textContent.replaceAll(',', '') > 100", 60*time.Second)
	waited := time.Since(began).Seconds()
	var rates struct {
		Best, Median float64
		Workers      map[string]int
	}
	p.evalWithin(time.Minute, `(async () => {
		const [rate, workers] = ['num-updates-rate', 'num-workers'].map((id) => document.getElementById(id));
		const rates = [];
		const by = {};
		new MutationObserver(() => {
			rates.push(+rate.textContent.replaceAll(',', ''));
			by[workers.textContent] = (by[workers.textContent] ?? 0) + 1;
		}).observe(rate, { childList: true, characterData: true, subtree: true });
		await new Promise((done) => setTimeout(done, 15000));
		rates.sort((a, b) => a - b);
		return { best: rates.at(-1), median: rates[rates.length >> 1], workers: by };
	})()`, &rates)
	return fmt.Sprintf("%.0f / %.0f updates/s, rows by workers %v; the first evaluation and 100 updates took %.1f s", rates.Best, rates.Median, rates.Workers, waited)
}
