//go:build record

package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
)

// TestMeasureShares prints how many updates of FPMD-M on HalfCheetah a tab takes per second, by shares and by workers, with
// the stage shown and at rest, and how long an evaluation takes. Run it on a machine that does nothing else:
//
//	make dist && go test -tags record -count=1 -v ./web/e2e -run TestMeasureShares
func TestMeasureShares(t *testing.T) {
	for _, place := range []string{"about", "playground"} {
		for _, c := range []struct{ cores, shares int }{{2, 1}, {2, 2}, {3, 2}} {
			t.Logf("%s, %d shares, %d cores: %s", place, c.shares, c.cores, measureShares(t, place, c.cores, c.shares))
		}
	}
}

func measureShares(t *testing.T, place string, cores, shares int) string {
	p := blank(t, 1280, 800)
	call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: fmt.Sprintf("Object.defineProperty(Navigator.prototype, 'hardwareConcurrency', { get: () => %d })", cores),
	})
	p.navigate(fmt.Sprintf("%s#v=1&task=half_cheetah&place=playground&set=shards_%d*warmUp_200", address, shares))
	p.drawn()
	p.phase("idle", 30*time.Second)
	p.click("train")
	p.phase("running", 20*time.Second)
	began := time.Now()
	p.eval(fmt.Sprintf("document.querySelector('#places [data-to=%s]').click()", place), nil)
	updates := "+document.getElementById('num-updates').textContent.replaceAll(',', '')"
	p.wait("the first updates", updates+" > 100", 60*time.Second)
	waited := time.Since(began).Seconds()
	var rate float64
	p.evalWithin(time.Minute, fmt.Sprintf(`(async () => {
		const [n, t] = [%[1]s, performance.now()];
		await new Promise((done) => setTimeout(done, 12000));
		return (%[1]s - n) / (performance.now() - t) * 1000;
	})()`, updates), &rate)
	return fmt.Sprintf("%.0f updates/s by %s workers; the first evaluation and 100 updates took %.1f s", rate, p.text("num-workers"), waited)
}
