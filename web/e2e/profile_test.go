//go:build record

package e2e

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/profiler"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// profileRecord is what TestProfileRecord leaves: milliseconds of each second that went to each part of the program.
type profileRecord struct {
	Command  string             `json:"command"`
	Go       string             `json:"go"`
	Viewport string             `json:"viewport"`
	CPUs     int                `json:"cpus"`
	Page     map[string]float64 `json:"pageMillisecondsPerSecond"` // the main thread: page and stage
	Worker   map[string]float64 `json:"workerMillisecondsPerSecond"`
	Updates  float64            `json:"updatesPerSecond"`
	Frames   float64            `json:"framesPerSecond"` // here in software
	Save     saveCost           `json:"save"`
}

// saveCost is what one save of the training costs, means over the profiles.
type saveCost struct {
	Transitions float64 `json:"transitionsInReplay"`
	Worker      float64 `json:"workerMilliseconds"`
	Page        float64 `json:"pageMilliseconds"` // on the main thread; the writing itself is the browser's
	Bytes       float64 `json:"bytes"`
	Whole       float64 `json:"bytesStored"` // of the whole save, its older transitions included
}

// parts of the program by the names of functions; of a stack the innermost function that has a part decides, and what has
// none counts for its caller.
var parts = []struct {
	name  string
	names *regexp.Regexp
}{
	{"idle", regexp.MustCompile(`^\(idle\)$`)},
	{"browser", regexp.MustCompile(`^\(program\)$|^\(root\)$`)},
	{"garbage collection", regexp.MustCompile(`^\(garbage collector\)$|^runtime\.(gc|bgsweep|bgscavenge|scan|grey|mark|wbBuf|__gcWork|sweep|__mspan_\.sweep|__sweep)`)},
	{"save", regexp.MustCompile(`sendSave|autosave|js/(autosave|saves)\.js`)},
	{"physics", regexp.MustCompile(`^onestep_engine_(physics|env|modelfile)\.`)},
	{"drawing", regexp.MustCompile(`ebiten|^onestep_engine_(scene|plot|view)\.|__Session_\.(draw|layout)|js/stage\.js`)},
	{"hash of the weights", regexp.MustCompile(`__Policy_\.Hash|hashNet`)},
	{"learning", regexp.MustCompile(`fpmd\.__Agent_\.(Update|improve)`)},
	{"evaluating and probing", regexp.MustCompile(`__Evaluator_|__session_\.(evaluate|probe)|__Probe_|__Session_\.prob`)},
	{"acting", regexp.MustCompile(`__Session_\.(step|decide|consult|sample|haunt|measure|gap)|fpmd\.__Agent_\.Act|__Run_\.Step`)},
	{"messages", regexp.MustCompile(`^onestep_wasm_bridge|^onestep_wasm_protocol|__dom_\.|readActor|postSnapshot|__Session_\.loadPolicy`)},
	{"page", regexp.MustCompile(`/js/[a-z]+\.js$`)},
}

// TestProfileRecord writes web/docs/records/profile.json: where a second goes on the page's main thread and in the
// training worker while HalfCheetah trains with every panel and layer on, and what a save costs with 100,000 transitions
// in the replay. Run it on a machine that does nothing else:
//
//	go run ./web/build -names -out out/names && ONESTEP_DIST=../../out/names go test -tags record -count=1 -timeout 10m ./web/e2e -run TestProfileRecord
func TestProfileRecord(t *testing.T) {
	record := profileRecord{
		Command: "go run ./web/build -names -out out/names && ONESTEP_DIST=../../out/names go test -tags record -count=1 -timeout 10m ./web/e2e -run TestProfileRecord",
		Go:      runtime.Version(), Viewport: "1280x800", CPUs: runtime.NumCPU(),
	}
	// The first steps act at random and cost next to nothing; from the 100,000th on it is a training like any other.
	p := open(t, address+"#v=1&task=half_cheetah&contacts=1&torques=1&particles=2000&set=warmUp_100000*steps_300000", 1280, 800)
	p.drawn()
	p.phase("idle", 30*time.Second)
	p.click("train")
	p.wait("updates", "+document.getElementById('num-updates').textContent.replaceAll(',', '') > 100", 5*time.Minute)
	p.eval(savesCounted, nil)
	const length = 15 * time.Second
	before := p.counters()
	pages, workers := make(chan map[string]float64), make(chan map[string]float64)
	go func() { pages <- profileOf(t, p.ctx, length) }()
	go func() { workers <- profileOf(t, p.inWorker(), length) }()
	record.Page, record.Worker = <-pages, <-workers
	after := p.counters()
	record.Updates, record.Frames = (after.Updates-before.Updates)/length.Seconds(), (after.Frames-before.Frames)/length.Seconds()
	if saves := after.Saves - before.Saves; saves > 0 {
		record.Save = saveCost{
			Transitions: after.Steps, Bytes: (after.Bytes - before.Bytes) / saves, Whole: p.storedBytes(),
			Worker: record.Worker["save"] * length.Seconds() / saves, Page: record.Page["save"] * length.Seconds() / saves,
		}
	}
	b, err := json.MarshalIndent(record, "", "  ")
	require.NoError(t, err)
	t.Logf("%s", b)
	require.NoError(t, os.WriteFile("../docs/records/profile.json", append(b, '\n'), 0o644))
}

// savesCounted counts the saves that the storage is given, and their bytes, as window.saves and window.savedBytes.
const savesCounted = `(() => {
	window.saves = window.savedBytes = 0;
	const put = IDBObjectStore.prototype.put;
	IDBObjectStore.prototype.put = function (value, ...key) {
		window.saves += this.name === 'runs' ? 1 : 0;
		window.savedBytes += value.bytes?.byteLength ?? 0;
		return put.call(this, value, ...key);
	};
})()`

type counters struct{ Updates, Frames, Saves, Bytes, Steps float64 }

func (p *tab) counters() (c counters) {
	p.Helper()
	p.eval(`({Updates: +document.getElementById('num-updates').textContent.replaceAll(',', ''), Frames: +stage.dataset.frames,
		Saves: saves, Bytes: savedBytes, Steps: +training.dataset.saved})`, &c)
	return c
}

// storedBytes is the size of all that the storage holds.
func (p *tab) storedBytes() (bytes float64) {
	p.Helper()
	p.eval(`new Promise((done) => { indexedDB.open('onestep').onsuccess = ({target: {result: db}}) => {
		let bytes = 0;
		const read = db.transaction(['states', 'blocks']);
		for (const name of ['states', 'blocks']) {
			read.objectStore(name).getAll().onsuccess = ({target}) => target.result.forEach((value) => { bytes += value.bytes.byteLength });
		}
		read.oncomplete = () => { db.close(); done(bytes) };
	} })`, &bytes)
	return bytes
}

// profileOf samples what runs in a target for a while and returns the milliseconds of a second by part.
func profileOf(t *testing.T, ctx context.Context, length time.Duration) map[string]float64 {
	_, err := chromedp.Call(ctx, profiler.Enable, cdp.Empty{})
	require.NoError(t, err)
	_, err = chromedp.Call(ctx, profiler.Start, cdp.Empty{})
	require.NoError(t, err)
	time.Sleep(length)
	r, err := chromedp.Call(ctx, profiler.Stop, cdp.Empty{})
	require.NoError(t, err)
	part := partsOf(r.Profile)
	ms, whole := map[string]float64{}, 0.0
	for i, node := range r.Profile.Samples {
		ms[part[node]] += float64(r.Profile.TimeDeltas[i])
		whole += float64(r.Profile.TimeDeltas[i])
	}
	for name := range maps.Keys(ms) {
		ms[name] *= 1000 / whole
	}
	return ms
}

// partsOf names the part of each node of a profile.
func partsOf(profile *profiler.Profile) map[int64]string {
	part, inherited := map[int64]string{}, map[int64]string{}
	for _, n := range profile.Nodes { // a node comes before its children
		name := inherited[n.ID]
		if i := slices.IndexFunc(parts, func(p struct {
			name  string
			names *regexp.Regexp
		}) bool {
			return p.names.MatchString(n.CallFrame.FunctionName) || p.names.MatchString(n.CallFrame.URL)
		}); i >= 0 {
			name = parts[i].name
		}
		if name == "" {
			name = "other"
		}
		part[n.ID] = name
		for _, child := range n.Children {
			inherited[child] = name
		}
	}
	return part
}
