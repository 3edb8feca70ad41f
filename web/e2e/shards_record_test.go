//go:build record

package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
)

// TestMeasureShards prints how many updates of FPMD-M on HalfCheetah a tab takes per second, by shards and by workers: with
// the stage shown, at rest while Learn is, and the workers alone in an empty page. Run it on a machine that does nothing else:
//
//	make dist && go test -tags record -count=1 -v ./web/e2e -run TestMeasureShards
func TestMeasureShards(t *testing.T) {
	for _, place := range []string{"empty", "learn", "playground"} {
		for _, c := range []struct{ cores, shards int }{{2, 1}, {3, 2}} {
			t.Run(fmt.Sprintf("%s, %d shards, %d cores", place, c.shards, c.cores), func(t *testing.T) { // its end closes the tab
				if place == "empty" {
					t.Log(measureWorkers(t, c.cores-1, c.shards))
				} else {
					t.Log(measureShards(t, place, c.cores, c.shards))
				}
			})
		}
	}
}

// measureShards watches a training for 15 s. The rates are of a fifth of a second each: their best and their median.
func measureShards(t *testing.T, place string, cores, shards int) string {
	p := blank(t, 1280, 800)
	call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: fmt.Sprintf("Object.defineProperty(Navigator.prototype, 'hardwareConcurrency', { get: () => %d })", cores),
	})
	p.navigate(fmt.Sprintf("%s#v=1&task=half_cheetah&set=shards_%d*warmUp_200", address, shards))
	p.drawn()
	p.phase("idle", 30*time.Second)
	p.click("train")
	p.phase("running", 20*time.Second)
	began := time.Now()
	p.eval(fmt.Sprintf("document.querySelector('#places [data-to=%s]').click()", place), nil)
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

// ratesOfWorkers trains with a worker and so many helpers for 15 s, and resolves with its updates per second.
const ratesOfWorkers = `(async (request, helpers) => {
	const { compile } = await import('/js/loader.js');
	const { Type, Metric, message, read, floats } = await import('/js/protocol.js');
	const names = await (await fetch('/manifest.json')).json();
	const program = { module: await compile('/' + names.worker.url), wasmExec: new URL('/' + names.wasmExec.url, location.href).href };
	const start = () => {
		const worker = new Worker('/js/worker.js');
		worker.postMessage({ boot: program });
		return worker;
	};
	const worker = start();
	const hire = (order) => {
		for (let i = 1; i <= Math.min(helpers, order.count); i++) {
			const helper = start();
			helper.onmessage = () => {
				const { port1, port2 } = new MessageChannel();
				helper.postMessage({ ...message(Type.Assist), port: port1 }, [port1]);
				worker.postMessage({ ...message(Type.Help, 0, { ...order, helper: i }), port: port2 }, [port2]);
			};
		}
	};
	const rates = [];
	worker.onmessage = ({ data }) => {
		const m = read(data);
		if (m.type === Type.WorkerReady) worker.postMessage(message(Type.Train, 1, request));
		if (m.type === Type.HelpWanted) hire(m.body);
		if (m.type === Type.Metrics) rates.push(Math.round(floats(m.data[0])[Metric.UpdatesPerSecond]));
	};
	await new Promise((done) => setTimeout(done, 15000));
	return rates.sort((a, b) => a - b);
})`

func measureWorkers(t *testing.T, workers, shards int) string {
	p := blank(t, 640, 360)
	p.navigate(address + "icon.svg") // of the site, and empty
	var rates []int
	p.evalWithin(time.Minute, fmt.Sprintf("%s({task: 'half_cheetah', algorithm: 'fpmd-m', seed: 1, steps: 200000, config: {warmUp: 200, shards: %d}}, %d)", ratesOfWorkers, shards, workers-1), &rates)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.console = nil // a picture as a page asks for an icon that there is not
	return fmt.Sprintf("%d / %d updates/s by %d workers", rates[len(rates)-1], rates[len(rates)/2], workers)
}
