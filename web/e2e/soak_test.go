//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/systeminfo"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"onestep/policy/checkpoint"
	"onestep/policy/train"
)

// soakSteps makes a training of the soak last about half a minute.
const soakSteps = 30_000

// A soak trains one small run over and over, disturbed by a seeded schedule, and asks that each end in the bits of an
// undisturbed one. Between two trainings, when the page is idle and its garbage is collected, it notes what is in use.
type soak struct {
	*tab
	random  *rand.Rand
	hash    string
	loaded  time.Time // when the page was
	losses  []time.Time
	done    map[string]int // disturbances by name
	rounds  int
	samples []soakSample
}

// soakSample is what is in use at one moment.
type soakSample struct {
	Minute    float64            `json:"minute"`  // since the start
	Stretch   int                `json:"stretch"` // loads of the page before
	Age       float64            `json:"age"`     // minutes since the page was loaded
	Heap      float64            `json:"heapMB"`  // JavaScript of page, stage and workers
	Wasm      float64            `json:"wasmMB"`  // memory of the stage
	Workers   int                `json:"workers"`
	RSS       float64            `json:"rssMB"`   // of the browser's processes together
	Of        map[string]float64 `json:"rssOfMB"` // by their kinds
	Nodes     float64            `json:"nodes"`
	Listeners float64            `json:"listeners"`
	Stored    float64            `json:"storedMB"` // on the disk, as the browser estimates it
}

// TestSoak lasts two minutes, or as long as ONESTEP_SOAK says ("1h"): `make soak HOURS=n`. What is in use may not rise by more
// than 1 MB an hour, nor by more than 60 nodes or listeners, once the page is ten minutes old; what scatter alone explains is no rise.
func TestSoak(t *testing.T) {
	length, seed := 2*time.Minute, uint64(1)
	if text := os.Getenv("ONESTEP_SOAK"); text != "" {
		var err error
		length, err = time.ParseDuration(text)
		require.NoError(t, err)
	}
	if text := os.Getenv("ONESTEP_SOAK_SEED"); text != "" {
		var err error
		seed, err = strconv.ParseUint(text, 10, 64)
		require.NoError(t, err)
	}
	o, err := train.NewOptions("pendulum", "fpmd-m", 5, soakSteps, map[string]any{"hidden": []int{8, 8}, "batch": 8, "particles": 2})
	require.NoError(t, err)
	r, err := train.NewRun(o)
	require.NoError(t, err)
	for !r.Done() {
		require.NoError(t, r.Step())
	}
	s := &soak{
		tab: newTab(t, onDisk, width, height), random: rand.New(rand.NewPCG(seed, 13)), hash: checkpoint.PolicyOf(r, checkpoint.Record{}).Hash(), done: map[string]int{},
	}
	call(s.tab, performance.Enable, performance.EnableParams{})
	s.onEveryDocument(knowTrainer)
	s.onEveryDocument(keepMemory)
	s.unwatched()
	s.load()
	start := time.Now()
	reload := max(time.Minute, min(length/2, 30*time.Minute))
	for time.Since(start) < length {
		if time.Since(s.loaded) > reload {
			s.load()
		}
		s.round()
		s.note(start)
		if path := os.Getenv("ONESTEP_SOAK_OUT"); path != "" { // each time, so that one that fails leaves what it saw
			b, err := json.Marshal(map[string]any{"minutes": time.Since(start).Minutes(), "seed": seed, "rounds": s.rounds, "disturbances": s.done, "samples": s.samples})
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(path, append(b, '\n'), 0o644))
		}
	}
	require.Greater(t, 2*len(s.samples), s.rounds, "samples of most rounds")
	t.Logf("%d trainings ended in %s in spite of %v", s.rounds, s.hash[:12], s.done)
	s.judge()
}

// keepMemory has each document tell the memory of its WebAssembly program.
const keepMemory = `(() => { const { instantiate } = WebAssembly; WebAssembly.instantiate = async (...a) => {
	const made = await instantiate(...a);
	window.memory = Object.values(made.exports).find((e) => e instanceof WebAssembly.Memory);
	return made;
} })()`

// onDisk leaves a tab the browser's own profile. In one of its own a browser stores in memory, as privately: what the page keeps on the
// disk would be counted as its memory.
func onDisk(*chromedp.Context) {}

// knowTrainer lists the workers that train, and no longer than the page itself holds them: what the soak kept would be counted.
const knowTrainer = `window.trainers = []; window.Worker = class extends Worker { constructor(...a) {
	super(...a);
	if (a[1]?.name === 'onestep training') window.trainers = [new WeakRef(this)];
} }`

// unwatched ends what DevTools keeps of a page that it watches: the bodies of all that was fetched, every node that it has seen.
func (s *soak) unwatched() {
	call(s.tab, network.Disable, cdp.Empty{})
	call(s.tab, css.Disable, cdp.Empty{})
	call(s.tab, dom.Disable, cdp.Empty{})
}

// load opens the page anew.
func (s *soak) load() {
	s.navigate("about:blank")
	s.navigate(address + s.link())
	s.loaded = time.Now()
	s.losses = nil
	s.drawn()
	s.phase("idle", 30*time.Second)
}

func (s *soak) link() string { return smallButSteps + strconv.Itoa(soakSteps) }

// round trains once from start to end, disturbed every second or so, then plays with the page and returns to where it was.
func (s *soak) round() {
	s.eval(fmt.Sprintf("(() => { location.hash = %q })()", s.link()), nil)
	s.wait("the pendulum", "stage.dataset.task === 'pendulum'", 30*time.Second)
	s.phase("idle", 30*time.Second)
	s.press("#train")
	s.wait("the training to begin", "train.dataset.phase !== 'idle'", 20*time.Second)
	for !s.holds("train.dataset.phase === 'finished'") {
		time.Sleep(time.Duration(300+s.random.IntN(1200)) * time.Millisecond)
		s.disturb(s.random.IntN(16))
	}
	s.phase("finished", 120*time.Second)
	s.place("playground")
	s.wait("the weights of an undisturbed training", fmt.Sprintf("acting.dataset.hash === %q", s.hash), 30*time.Second)
	s.press("#reset-training")
	s.phase("idle", 20*time.Second)
	s.forget()
	for _, task := range []string{"hopper", "pendulum"} {
		s.eval(fmt.Sprintf("(() => { location.hash = '#v=1&play=1&task=%s' })()", task), nil)
		s.wait(task, fmt.Sprintf("stage.dataset.task === %q && acting.dataset.hash", task), 60*time.Second)
		s.agent()
		time.Sleep(time.Second)
	}
	s.rounds++
}

// disturb does one of the things that a person, a browser or a graphics driver may do.
func (s *soak) disturb(which int) {
	name := ""
	switch {
	case which < 4:
		name = "place"
		s.place([]string{"lab", "learn", "playground", "playground"}[which])
	case which < 6:
		name = "sampler"
		s.place("playground")
		s.press([]string{"#sampler-many", "#sampler-one"}[which-4])
	case which < 8:
		name = "pause"
		s.place("playground")
		if !s.holds("train.dataset.phase === 'running'") {
			return
		}
		s.press("#train")
		s.wait("a pause or the end", "['paused', 'finished'].includes(train.dataset.phase)", 20*time.Second)
		if s.holds("train.dataset.phase === 'paused'") {
			s.press("#train")
		}
	case which < 10:
		name = "play"
		s.place("playground")
		s.press("#play")
	case which == 10:
		name = "stage reloaded"
		s.place("playground")
		s.eval("stage.contentWindow.location.reload()", nil)
		s.drawnAgain()
	case which == 11 && s.mayLose():
		name = "context lost"
		s.place("playground")
		s.expects(endedByALoss)
		s.eval("stage.contentDocument.querySelector('canvas').getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()", nil)
		s.losses = append(s.losses, time.Now())
		s.drawnAgain()
	case which == 12 || which == 13:
		name = "worker lost"
		if !s.holds("train.dataset.phase === 'running'") {
			return
		}
		s.wait("a save since the last loss", "train.dataset.phase !== 'running' || +training.dataset.saved > (window.lostAt ?? 0)", 30*time.Second)
		if !s.holds("train.dataset.phase === 'running'") { // an idle one is not missed
			return
		}
		s.eval("(() => { window.lostAt = +training.dataset.saved; trainers[0].deref().terminate() })()", nil)
		s.wait("another worker to go on, or the end", "errors.textContent.includes('from the save at') || train.dataset.phase === 'finished'", 60*time.Second)
		s.eval("errors.replaceChildren()", nil)
	case which == 14 && time.Since(s.loaded) > s.reloadRest():
		name = "page reloaded"
		s.load()
		s.wait("the offer", "!saved.hidden", 30*time.Second)
		s.press("#saved-continue")
		s.wait("the training to go on", "['running', 'finished'].includes(train.dataset.phase)", 30*time.Second)
	default:
		return
	}
	s.done[name]++
}

// reloadRest keeps a long soak's page loaded long enough for a slope to be seen.
func (s *soak) reloadRest() time.Duration {
	if os.Getenv("ONESTEP_SOAK") != "" {
		return 25 * time.Minute
	}
	return 20 * time.Second
}

// mayLose tells whether the stage would be loaded again: of four losses within a minute the fourth is the last.
func (s *soak) mayLose() bool {
	s.losses = slices.DeleteFunc(s.losses, func(at time.Time) bool { return time.Since(at) > 70*time.Second })
	return len(s.losses) < 2
}

// drawnAgain waits for a stage that is loaded anew: one that is paused draws but two frames.
func (s *soak) drawnAgain() {
	s.wait("the stage to draw again", "document.documentElement.dataset.stage === 'drawn' && stage.contentWindow.onestepStage?.frames > 0", 60*time.Second)
}

// place goes to one of the page's places.
func (s *soak) place(name string) {
	s.press(fmt.Sprintf("#places [data-to=%s]", name))
	s.wait("the place "+name, fmt.Sprintf("!document.querySelector('[data-place=%s]').hidden", name), 20*time.Second)
}

// forget deletes the runs that were kept, which are in memory for ten minutes more.
func (s *soak) forget() {
	s.place("experiments")
	s.wait("the runs", "document.querySelectorAll('#exp-runs tr[data-run]').length > 10", 60*time.Second)
	for s.holds(mine + ".length > 0") {
		before := s.count(mine + ".length")
		s.eval("(() => { "+mine+"[0].querySelector('.exp-name').click() })()", nil)
		s.wait("the chosen run", "!document.getElementById('exp-run').hidden", 20*time.Second)
		s.press("#exp-delete")
		s.wait("it to go", fmt.Sprintf("%s.length < %d", mine, before), 20*time.Second)
		s.done["deleted"]++
	}
	s.place("playground")
}

// agent chooses one of those that have shipped policies.
func (s *soak) agent() {
	s.place("playground")
	id := "algorithm-" + []string{"fpmd-m", "fpmd-r"}[s.random.IntN(2)]
	s.press("#" + id)
	s.wait("the agent", fmt.Sprintf("document.getElementById(%q).checked", id), 20*time.Second)
	s.done["agent"]++
}

// note takes a sample of the idle page.
func (s *soak) note(start time.Time) {
	sample := soakSample{Minute: time.Since(start).Minutes(), Age: time.Since(s.loaded).Minutes()}
	if n := len(s.samples); n > 0 {
		last := s.samples[n-1]
		if sample.Stretch = last.Stretch; last.Age > sample.Age {
			sample.Stretch++
		}
	}
	require.NoError(s, collected(&sample, s.ctx))
	sample.Wasm = float64(s.count("stage.contentWindow.memory.buffer.byteLength")) / 1e6
	// Of the workers those that have ended are not found; one that takes a lost one's place may still be on its way. One that was
	// lost when it had just finished is not missed before there is something to do: that moment is left out.
	for deadline := time.Now().Add(20 * time.Second); sample.Workers == 0; time.Sleep(time.Second) {
		if time.Now().After(deadline) {
			s.Logf("no worker lives, after %v", s.done)
			return
		}
		for _, id := range s.everyWorker() {
			ctx, cancel := chromedp.NewContext(s.ctx, chromedp.WithTargetID(id), chromedp.WithDetachOnCancel())
			if collected(&sample, ctx) == nil {
				sample.Workers++
			}
			cancel()
		}
	}
	for _, m := range call(s.tab, performance.GetMetrics, cdp.Empty{}).Metrics {
		switch m.Name {
		case "Nodes":
			sample.Nodes = m.Value
		case "JSEventListeners":
			sample.Listeners = m.Value
		}
	}
	s.eval("navigator.storage.estimate().then(({ usage }) => usage / 1e6)", &sample.Stored)
	processes, err := chromedp.CallBrowser(s.ctx, systeminfo.GetProcessInfo, cdp.Empty{})
	require.NoError(s, err)
	sample.Of = map[string]float64{}
	for _, p := range processes.ProcessInfo {
		mb := residentMB(int(p.ID))
		sample.RSS += mb
		sample.Of[p.Type] += mb
	}
	s.samples = append(s.samples, sample)
	s.Logf("%+v", sample)
}

func (s *soak) everyWorker() []target.ID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.workers)
}

// collected adds what the heap of a page or a worker holds once its garbage is collected. A worker's objects are not looked for:
// Chromium 156 ends the process of a tab whose worker has just computed in WebAssembly when DevTools does. They are in RSS.
func collected(sample *soakSample, ctx context.Context) error {
	for range 2 {
		if _, err := chromedp.Call(ctx, heapprofiler.CollectGarbage, cdp.Empty{}); err != nil {
			return err
		}
	}
	usage, err := chromedp.Call(ctx, runtime.GetHeapUsage, cdp.Empty{})
	if err != nil {
		return err
	}
	sample.Heap += usage.UsedSize / 1e6
	return nil
}

// residentMB is the memory of a process that is in use by it alone and its share of what it shares, where the system tells. The pages
// of files are left out: they are the browser's program, and how much of it falls to one process depends on who else runs it.
func residentMB(pid int) (mb float64) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if fields := strings.Fields(line); len(fields) > 1 && (fields[0] == "Pss_Anon:" || fields[0] == "Pss_Shmem:") {
			kB, _ := strconv.ParseFloat(fields[1], 64)
			mb += kB / 1000
		}
	}
	return mb
}

// judge fits a line through what was noted of pages at least ten minutes old, with a level of its own for each load.
func (s *soak) judge() {
	for _, c := range []struct {
		name  string
		limit float64 // an hour
		of    func(soakSample) float64
	}{
		{"JavaScript heap, MB", 1, func(x soakSample) float64 { return x.Heap }},
		{"wasm memory, MB", 1, func(x soakSample) float64 { return x.Wasm }},
		{"resident memory, MB", 1, func(x soakSample) float64 { return x.RSS }},
		{"DOM nodes", 60, func(x soakSample) float64 { return x.Nodes }},
		{"listeners", 60, func(x soakSample) float64 { return x.Listeners }},
	} {
		slope, scatter, n := slopeOf(s.samples, c.of)
		s.Logf("%s: %+.2f an hour, standard error %.2f, over %d samples", c.name, slope, scatter, n)
		if n >= 5 && slope-2*scatter > c.limit {
			s.Errorf("%s: rises by %.2f an hour (standard error %.2f), more than %g", c.name, slope, scatter, c.limit)
		}
	}
}

// slopeOf is the common slope of samples, an hour, with its standard error, after ten minutes of each stretch.
func slopeOf(samples []soakSample, of func(soakSample) float64) (slope, scatter float64, n int) {
	groups := map[int][]soakSample{}
	for _, x := range samples {
		if x.Age >= 10 {
			groups[x.Stretch] = append(groups[x.Stretch], x)
		}
	}
	var xx, xy, yy float64
	for _, group := range groups {
		var mx, my float64
		for _, x := range group {
			mx += x.Minute / 60 / float64(len(group))
			my += of(x) / float64(len(group))
		}
		for _, x := range group {
			dx, dy := x.Minute/60-mx, of(x)-my
			xx, xy, yy, n = xx+dx*dx, xy+dx*dy, yy+dy*dy, n+1
		}
	}
	free := n - len(groups) - 1
	if xx == 0 || free < 1 {
		return 0, math.Inf(1), n
	}
	slope = xy / xx
	return slope, math.Sqrt(max(yy-slope*xy, 0) / float64(free) / xx), n
}

// A leak of 3 MB an hour is found in an hour with reloads and noise of a megabyte, and its absence is.
func TestTheSoakFindsALeak(t *testing.T) {
	for _, leak := range []float64{0, 3} {
		random := rand.New(rand.NewPCG(1, 2))
		var samples []soakSample
		for i := range 120 {
			age := float64(i % 60)
			samples = append(samples, soakSample{Minute: float64(i), Stretch: i / 60, Age: age, RSS: 300 + leak*age/60 + 0.3*random.NormFloat64()})
		}
		slope, scatter, n := slopeOf(samples, func(x soakSample) float64 { return x.RSS })
		require.Equal(t, 100, n)
		require.InDelta(t, leak, slope, 3*scatter)
		require.Equal(t, leak > 1, slope-2*scatter > 1)
	}
}
