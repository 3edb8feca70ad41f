//go:build e2e

package e2e

import (
	"fmt"

	"github.com/chromedp/cdproto/page"
)

// frameMillis is the least time between two frames of a calm tab, ms. A body in motion is drawn anew in each frame, by software
// here, which takes the cores from what a test waits for; simulated time follows the clock and not the frames.
const frameMillis = 100

// calmly lets frames come no faster; what is asked for until the next one is called in that one, as a browser does.
var calmly = fmt.Sprintf(`(() => {
	const real = requestAnimationFrame.bind(window), waiting = new Map();
	let last = 0, due = false;
	const frame = (now) => {
		last = now;
		due = false;
		const all = [...waiting.values()];
		waiting.clear();
		for (const f of all) f(now);
	};
	let id = 0;
	window.requestAnimationFrame = (f) => {
		waiting.set(++id, f);
		if (!due) setTimeout(() => real(frame), Math.max(0, last + %d - performance.now()));
		due = true;
		return id;
	};
	window.cancelAnimationFrame = (id) => { waiting.delete(id) };
})()`, frameMillis)

func init() { calm = calmly }

// atItsOwnPace lets the frames of what is opened next come as fast as they are drawn: a bound on an answer's time holds
// for the page as it is.
func (p *tab) atItsOwnPace() {
	p.Helper()
	call(p, page.RemoveScriptToEvaluateOnNewDocument, page.RemoveScriptToEvaluateOnNewDocumentParams{Identifier: p.calmed})
}
