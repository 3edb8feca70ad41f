package tabular

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// dataFolder is where the reference data lie: what ONESTEP_MIRROR_DATA names, or a folder beside the repository.
func dataFolder(t *testing.T) string {
	if dir := os.Getenv("ONESTEP_MIRROR_DATA"); dir != "" {
		return dir
	}
	dir := filepath.Join("..", "..", "..", "shared", "mirror")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("there is no reference data; ONESTEP_MIRROR_DATA names its folder")
	}
	return dir
}

// documents are the files of the folder that have a part of that name, whatever they are called; without one the test is
// skipped.
func documents(t *testing.T, part string) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dataFolder(t), "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	list := map[string][]byte{}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var parts map[string]json.RawMessage
		if err := json.Unmarshal(b, &parts); err != nil {
			t.Fatal(name, err)
		}
		if parts[part] != nil {
			list[strings.TrimSuffix(filepath.Base(name), ".json")] = b
		}
	}
	if len(list) == 0 {
		t.Skipf("the folder has no file with %q", part)
	}
	return list
}

// referenceRun is one run of a problem's file.
type referenceRun struct {
	Settings
	BoundOn string       `json:"boundOn"`
	Rate    float64      `json:"rate"`
	Columns []string     `json:"columns"`
	Rows    [][]*float64 `json:"rows"`
	Sampled []int        `json:"states"`
	Tol     float64      `json:"tol"`
	Policy  *struct {
		K  int         `json:"k"`
		Pi [][]float64 `json:"pi"`
	} `json:"policy"`
}

type referenceFile struct {
	Name    string
	Optimal *struct {
		V                []float64
		Action           []int
		Value            float64
		PolicyIterations int
	}
	Soft []struct {
		Tau   float64
		V, Nu []float64
	}
	Drift []struct {
		Tau, Eta, Rate float64
		Seed           uint64
		Rows           [][]float64
	}
	Runs []referenceRun
}

// worst is the largest deviation from the reference, in units of its tolerance, by method.
type worst map[string]float64

// compare holds x against the reference.
func (w worst) compare(t *testing.T, method, what string, x, want, tol float64) {
	t.Helper()
	d := math.Abs(x-want) / (tol * max(1, math.Abs(want)))
	if x == want {
		d = 0
	}
	if !(d <= w[method]) {
		w[method] = d
	}
	if !(d <= 1) {
		t.Errorf("%s %s: %.15g, want %.15g: %.3g of the tolerance %g", method, what, x, want, d, tol)
	}
}

// column is a row's number by the data's name for it.
func (r Row) column(name string) float64 {
	nan := Number(math.NaN())
	nu, on := NuRow{nan, nan, nan}, SurrogateRow{nan, nan, nan}
	if r.NuRow != nil {
		nu = *r.NuRow
	}
	if r.SurrogateRow != nil {
		on = *r.SurrogateRow
	}
	if a, ok := strings.CutPrefix(name, "pi"); ok {
		var i int
		if _, err := fmt.Sscan(a, &i); err == nil && i < len(r.Pi) {
			return float64(r.Pi[i])
		}
	}
	v, ok := map[string]Number{
		"k": Number(r.K), "value": r.Value, "gap": r.GapSup, "gapRho": r.GapRho, "bound": r.Bound, "entropy": r.Entropy, "variance": r.Variance,
		"eta": r.Eta, "move": r.Move, "gapNu": nu.GapNu, "klStar": nu.KLStar, "potential": nu.Potential, "t": on.T, "kl": on.KL, "toClosed": on.ToClosed,
	}[name]
	if !ok {
		panic("no column " + name)
	}
	return float64(v)
}

// TestReferenceData follows every run of every problem in the folder.
func TestReferenceData(t *testing.T) {
	w := worst{}
	for name, b := range documents(t, "transitions") {
		t.Run(name, func(t *testing.T) { checkFile(t, b, w) })
	}
	for _, method := range slices.Sorted(maps.Keys(w)) {
		t.Logf("%-16s %.3g of the tolerance", method, w[method])
	}
}

func checkFile(t *testing.T, b []byte, w worst) {
	m, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	var f referenceFile
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	if f.Optimal != nil {
		o := Optimal(m, 0)
		for s, v := range f.Optimal.V {
			w.compare(t, "optimum", "V", o.V[s], v, 1e-11)
		}
		w.compare(t, "optimum", "value", o.Value, f.Optimal.Value, 1e-11)
		if !slices.Equal(o.Action, f.Optimal.Action) || o.Iterations != f.Optimal.PolicyIterations {
			t.Errorf("actions %v after %d iterations, want %v after %d", o.Action, o.Iterations, f.Optimal.Action, f.Optimal.PolicyIterations)
		}
	}
	for _, soft := range f.Soft {
		o := Optimal(m, soft.Tau)
		for s, v := range soft.V {
			w.compare(t, "soft optimum", "V", o.V[s], v, 1e-11)
		}
		if soft.Nu != nil {
			nu, err := o.Stationary(m)
			if err != nil {
				t.Fatal(err)
			}
			for s, v := range soft.Nu {
				w.compare(t, "soft optimum", "nu", nu[s], v, 1e-11)
			}
		}
	}
	for _, d := range f.Drift {
		checkDrift(t, m, d.Tau, d.Eta, d.Rate, d.Seed, d.Rows, w)
	}
	for i, run := range f.Runs {
		t.Run(fmt.Sprintf("%d-%s", i, run.Method), func(t *testing.T) { checkRun(t, m, run, w) })
	}
}

func checkRun(t *testing.T, m *MDP, run referenceRun, w worst) {
	last := int(*run.Rows[len(run.Rows)-1][slices.Index(run.Columns, "k")])
	s := run.Settings
	s.K = last
	for _, row := range run.Rows {
		if i := slices.Index(run.Columns, "eta"); i >= 0 && row[i] != nil && *row[i] > DefaultCap && s.Step.Kind == "adaptive" {
			s.Step.Cap = math.MaxFloat64 // the reference knows no cap
		}
	}
	p, err := NewPath(m, s)
	if err != nil {
		t.Fatal(err)
	}
	if on := map[string]string{"gap": "gapSup"}[run.BoundOn]; run.BoundOn != "" && p.BoundOn() != run.BoundOn && p.BoundOn() != on {
		t.Errorf("the bound is on %q, want %q", p.BoundOn(), run.BoundOn)
	}
	var policy []float64
	rows := []Row{p.Row()}
	for p.K < last {
		if run.Policy != nil && run.Policy.K == p.K {
			policy = slices.Clone(p.Pi)
		}
		p.Advance()
		rows[len(rows)-1].complete(p)
		rows = append(rows, p.Row())
		if p.K <= len(run.Sampled) && p.State != run.Sampled[p.K-1] {
			t.Fatalf("state %d moves at %d, want %d", p.State, p.K-1, run.Sampled[p.K-1])
		}
	}
	for _, want := range run.Rows {
		r := rows[int(*want[slices.Index(run.Columns, "k")])]
		for i, name := range run.Columns {
			got := r.column(name)
			if want[i] == nil {
				if !math.IsNaN(got) {
					t.Errorf("k %d: %s is %g, want none", r.K, name, got)
				}
				continue
			}
			if *want[i] == 1e308 && (got == 1e308 || math.IsInf(got, 1)) {
				continue
			}
			tol := run.Tol
			if name == "eta" && s.Step.Kind == "adaptive" {
				// The reference divides D = -log(sum of the greedy probabilities), a number near 1, by c_k: its last digit,
				// 2^-52, becomes 2^-52/c_k. Computed with 50 digits, eta is this package's to 1e-14.
				tol += 0x1p-51 / AdaptiveC(m.Gamma, s.Step.C0, s.Step.Depth, r.K) / max(1, *want[i])
			}
			w.compare(t, run.Method, fmt.Sprintf("k %d %s", r.K, name), got, *want[i], tol)
		}
	}
	if run.Policy != nil {
		for s, row := range run.Policy.Pi {
			for a, v := range row {
				w.compare(t, run.Method, "policy", m.row(policy, s)[a], v, run.Tol)
			}
		}
	}
}

// checkDrift holds the expected ratio of the potential over one uniformly drawn state against reference and theorem.
func checkDrift(t *testing.T, m *MDP, tau, eta, rate float64, seed uint64, rows [][]float64, w worst) {
	s := Settings{Method: "bpmd", Tau: tau, Sampling: "uniform", Seed: seed, Step: Rule{Kind: "constant", Eta: eta}}
	p, err := NewPath(m, s)
	if err != nil {
		t.Fatal(err)
	}
	w.compare(t, "drift", "rate", BlockRate(m.Gamma, eta, tau, 1, m.States), rate, 1e-11)
	for _, want := range rows {
		for p.K < int(want[0]) {
			p.Advance()
		}
		phi := float64(p.nuRow().Potential)
		ratio := p.expectedPotential() / phi
		w.compare(t, "drift", "potential", phi, want[1], 1e-11)
		w.compare(t, "drift", "ratio", ratio, want[2], 1e-9)
		if ratio > rate {
			t.Errorf("k %d: the potential falls by %g, and %g is promised", p.K, ratio, rate)
		}
	}
}

// expectedPotential is E[Phi_(k+1) | pi_k] over the uniformly drawn state, by making every one of the steps.
func (p *Path) expectedPotential() (mean float64) {
	for s := range p.MDP.States {
		next := *p
		next.Pi, next.Y = slices.Clone(p.Pi), slices.Clone(p.Y)
		e := NewEvaluation(p.MDP, p.Settings.Tau)
		q := p.MDP.QTo(nil, p.V)
		RegularizedStep(p.MDP.row(next.Y, s), p.MDP.row(next.Pi, s), p.MDP.row(q, s), p.stepSize(), p.Settings.Tau)
		next.V = e.Of(next.Pi)
		next.K++ // the potential after the step has its eta
		mean += float64(next.nuRow().Potential) / float64(p.MDP.States)
	}
	return mean
}
