//go:build !js

package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"onestep/policy/kernel"
)

// record is everything that a run found out.
type record struct {
	Command  string               `json:"command"`
	Time     string               `json:"time"`
	Machine  string               `json:"machine"`
	Commit   string               `json:"commit"`
	Versions map[string]string    `json:"versions"`
	Lanes    map[string]int       `json:"lanes"` // float32 lanes of this program's kernels
	Physics  []BodyResult         `json:"physics,omitempty"`
	Learning []ItemResult         `json:"learning,omitempty"`
	Losses   map[string][]float64 `json:"losses,omitempty"` // of three updates, on which the libraries agree
	Transfer *TransferResult      `json:"transfer,omitempty"`

	npm string
}

// packages are the npm packages behind the contenders.
var packages = map[string][]string{
	"mujoco": {"mujoco-js"}, "ort": {"onnxruntime-web"}, "tfjs": {"@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm"},
	"jax": {"@jax-js/jax"}, "transfer": {"mujoco-js", "onnxruntime-web"},
}

// goals are how many times as long as ours the others should take at least, by the best and by the median slice.
var goals = map[string]map[string]float64{
	"U":       {"ort": 1.25, "jax": 2.2, "tfjs": 3.5},
	"U64":     {"ort": 2, "jax": 3.5, "tfjs": 5},
	"latency": {"ort": 2.2},
}

// physicsGoal is the same for every body against MuJoCo.
const physicsGoal = 3

// titles are the contenders' names in tables.
var titles = map[string]string{
	"onestep": "ours, wasm", "native": "ours, native", "mujoco": "MuJoCo wasm", "ort": "onnxruntime-web", "tfjs": "tfjs wasm", "jax": "jax-js wasm",
}

func newRecord(root string, b *browser) *record {
	return &record{
		Command:  strings.Join(append([]string{"go run ./web/bench"}, os.Args[1:]...), " "),
		Time:     time.Now().UTC().Format(time.RFC3339),
		Machine:  machine(),
		Commit:   commit(root),
		Versions: map[string]string{"go": runtime.Version(), "chromium": b.version},
		Lanes:    map[string]int{"native": kernel.Lanes()},
		Losses:   map[string][]float64{},
		npm:      b.npm,
	}
}

// loaded notes the versions behind a contender: its packages', and the lanes of this program's kernels.
func (r *record) loaded(who string, lanes int) {
	if who == "onestep" {
		r.Lanes["wasm"] = lanes
	}
	for _, name := range packages[who] {
		var about struct{ Version string }
		if text, err := os.ReadFile(filepath.Join(r.npm, filepath.FromSlash(name), "package.json")); err == nil {
			_ = json.Unmarshal(text, &about) // an unreadable file leaves the version empty
		}
		r.Versions[name] = about.Version
	}
}

// machine describes the processor.
func machine() string {
	model := runtime.GOARCH
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for _, line := range strings.Split(string(text), "\n") {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%s, %d cores, %s/%s", model, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
}

// write keeps the record as JSON under a name of its time.
func (r *record) write(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	name := "bench-" + strings.NewReplacer(":", "", "-", "").Replace(r.Time) + ".json"
	return os.WriteFile(filepath.Join(folder, name), append(text, '\n'), 0o644)
}

// find returns a contender's timing.
func find(timings []Timing, name string) (Timing, bool) {
	for _, t := range timings {
		if t.Contender == name {
			return t, true
		}
	}
	return Timing{}, false
}

// markdown writes the tables under a heading.
func (r *record) markdown(heading string) string {
	var w strings.Builder
	fmt.Fprintf(&w, "%s\n\n`%s`, %s, commit %s\n\n", heading, r.Command, r.Time, r.Commit)
	fmt.Fprintf(&w, "Machine: %s. Versions: %s.\n", r.Machine, versions(r.Versions))
	if r.Physics != nil || r.Learning != nil {
		fmt.Fprintf(&w, "Lanes of our kernels: %d as wasm, %d natively.\n\nContenders ran in turn, in short slices, in one worker of one page; "+
			"a slice's mean is one sample, a spread the middle 80 %% of them. Of a shared machine trust the ratios: the other's time over ours as wasm.\n",
			r.Lanes["wasm"], r.Lanes["native"])
	}
	if r.Physics != nil {
		r.physicsTable(&w)
	}
	if r.Learning != nil {
		r.learningTables(&w)
	}
	if r.Transfer != nil {
		r.Transfer.table(&w)
	}
	return w.String()
}

func versions(m map[string]string) string {
	var list []string
	for _, name := range sortedKeys(m) {
		list = append(list, strings.TrimSpace(name+" "+m[name]))
	}
	return strings.Join(list, "; ")
}

// perSecond writes the best and the median of repetitions per second.
func perSecond(t Timing) string { return fmt.Sprintf("%.1fk / %.1fk", 1e3/t.Min, 1e3/t.Median) }

// spread writes the middle 80 % of the samples relative to their median.
func spread(t Timing) string {
	return fmt.Sprintf("%+.0f..%+.0f %%", 100*(t.P10/t.Median-1), 100*(t.P90/t.Median-1))
}

func (r *record) physicsTable(w *strings.Builder) {
	fmt.Fprintf(w, "\n## Physics: environment steps per second, best / median\n\n")
	fmt.Fprintf(w, "The same model files, starts, controls and time steps; the goal is a ratio of %d. Error: largest difference of qpos after %d environment steps "+
		"with MuJoCo's solver at a tolerance of %g. The last column is the whole task: reward, observation, restarts where it ends. By loops is without the code that is written out for a body: what a body takes that nobody wrote code for.\n\n", physicsGoal, crossSteps, crossTolerance)
	fmt.Fprintf(w, "| task | ours, wasm | spread | MuJoCo wasm | spread | ratio, best / median | by loops, wasm | its ratio | ours, native | error | ours as a task, wasm |\n|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, b := range r.Physics {
		ours, _ := find(b.Timings, "onestep")
		mujoco, _ := find(b.Timings, "mujoco")
		here, _ := find(b.Timings, "native")
		task, _ := find(b.AsTask, "onestep")
		dropped, dropRatio := "-", "-"
		if t, ok := find(b.Timings, loops); ok {
			dropped, dropRatio = perSecond(t), ratio(mujoco, t, physicsGoal)
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %.1e | %s |\n", b.Task,
			perSecond(ours), spread(ours), perSecond(mujoco), spread(mujoco), ratio(mujoco, ours, physicsGoal), dropped, dropRatio, perSecond(here), b.Error, perSecond(task))
	}
}

func (r *record) learningTables(w *strings.Builder) {
	fmt.Fprintf(w, "\n## Learning: microseconds, best / median\n\n")
	fmt.Fprintf(w, "The product of tfjs is XNNPACK's, a kernel written in C: the roofline of multiplying and adding.\n\n")
	fmt.Fprintf(w, "| work | contender | microseconds | spread | ratio, best / median | GFLOP/s |\n|---|---|---|---|---|---|\n")
	for _, item := range r.Learning {
		ours, _ := find(item.Timings, "onestep")
		for _, t := range item.Timings {
			if t.Contender == again {
				continue
			}
			speed, times := "", ""
			if item.Flops > 0 {
				speed = fmt.Sprintf("%.1f / %.1f", item.Flops/t.Min/1e3, item.Flops/t.Median/1e3)
			}
			if t.Contender != ours.Contender {
				times = ratio(t, ours, goals[item.Item][t.Contender])
			}
			fmt.Fprintf(w, "| %s (%s) | %s | %s / %s | %s | %s | %s |\n", item.Item, item.Unit, titles[t.Contender],
				digits(t.Min), digits(t.Median), spread(t), times, speed)
		}
	}
}

// ratio writes how many times as long as ours another took, with the goal where there is one and it is missed.
func ratio(other, ours Timing, goal float64) string {
	best, median := other.Min/ours.Min, other.Median/ours.Median
	text := fmt.Sprintf("%.2f / %.2f", best, median)
	if goal > 0 && min(best, median) < goal {
		return text + fmt.Sprintf(" (below %g)", goal)
	}
	return text
}

// digits writes three significant digits without an exponent.
func digits(x float64) string {
	decimals := max(2-int(math.Floor(math.Log10(max(x, 1e-9)))), 0)
	return fmt.Sprintf("%.*f", decimals, x)
}
