package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"onestep/engine/strict"
	"onestep/policy/tabular"
)

// mirrorFlags describe one path of mirror descent on a finite problem. Their names are those of a run in the reference
// data; what does not go together is refused by tabular.NewPath.
type mirrorFlags struct {
	Problem  string  `name:"problem" default:"cliff" help:"Problem: ${problems}; garnet:S,A,b,gamma,seed, chain:N,gamma,small, deepsea:N,gamma, detour:N,side,gamma,seed; or a JSON file of gamma, states, actions, rho, terminal, transitions (of each state and action a list of [next, probability], or one probability a state) and rewards, or of a grid (layout, slip, step, goal, wind, gamma, ring)."`
	RunIndex int     `name:"run" default:"-1" range:"-1..1000000" help:"Which run of the problem's file to repeat, from 0, in place of the other flags."`
	Settings string  `name:"settings" placeholder:"JSON" help:"A run's settings as JSON, such as {\"method\":\"pmd\",\"step\":{\"kind\":\"constant\",\"eta\":2}}, in place of the other flags."`
	Method   string  `name:"method" default:"pmd" help:"Method: ${methods}; hpmd, hpi, npg and mdpo are other names; learn learns a mixed map by evolution strategies, and compares it with maps whose step is tuned and not."`
	K        int     `name:"k" default:"60" range:"0..1000000" help:"Iterations; of learn generations (36)."`
	Map      string  `name:"map" help:"Mirror map: ${maps} (entropy)."`
	Q        float64 `name:"q" range:"0..10" help:"Tsallis: the order q, such as 0.5."`
	B        float64 `name:"b" range:"0..1e12" help:"Hyperbolic: b, such as 0.1."`
	W        string  `name:"w" placeholder:"W,..." help:"Mixed: five weights with commas between."`
	Equal    bool    `name:"equal" help:"Scale the step so that every map begins as entropy does."`
	H        int     `name:"h" range:"0..1000" help:"h-pmd, h-pi: lookahead (1)."`
	Step     string  `name:"step" help:"Step rule: ${rules} (constant)."`
	Eta      float64 `name:"eta" range:"0..1e12" help:"Constant: the step, 1/lambda (1)."`
	Eta0     float64 `name:"eta0" range:"0..1e12" help:"Geometric: the first step (1)."`
	Factor   float64 `name:"factor" range:"0..1e12" help:"Geometric: growth an iteration (1/gamma)."`
	C0       float64 `name:"c0" range:"0..1e12" help:"Adaptive: c_k = c0 gamma^(2 depth (k+1)) (1)."`
	Depth    int     `name:"depth" range:"0..1000" help:"Adaptive: depth of c_k (h)."`
	Cap      float64 `name:"cap" range:"0..1e12" help:"Adaptive: the largest step (1e9)."`
	Noise    float64 `name:"noise" range:"0..1e12" help:"pmd, h-pmd: b of the noise b (2u - 1) in Q_h."`
	Seed     uint64  `name:"seed" default:"1" help:"Seed of the noise, of bpmd's states, and of what learn draws."`
	Tau      float64 `name:"tau" range:"0..1e12" help:"reg-pmd, bpmd: weight of the entropy."`
	Sampling string  `name:"sampling" help:"bpmd: ${samplings} (uniform)."`
	Visits   int     `name:"H" range:"0..1000000" help:"bpmd, hybrid: iterations that sample visited states."`
	Law      string  `name:"law" default:"nu" values:"nu,rho" help:"reg-pmd, bpmd: nu measures in the stationary law of the optimal policy, which needs an ergodic problem; rho does without."`
	LR       float64 `name:"lr" range:"0..1e12" help:"softmax-pg, mdpo-on: step of the gradient (1)."`
	M        int     `name:"m" range:"0..100000" help:"mdpo-on: gradient steps an iteration (10)."`
	Anneal   bool    `name:"anneal" default:"true" help:"mdpo-on: t_k = 1 - k/K; otherwise 1."`
	Start    string  `name:"start" default:"uniform" help:"pi_0: uniform, or JSON [[...], ...] with a row a state."`
}

// mirrorNames are the lists in the helps of mirrorFlags.
var mirrorNames = map[string]string{
	"problems": strings.Join(tabular.ProblemNames(), ", "), "methods": strings.Join(tabular.MethodNames, ", "), "maps": strings.Join(tabular.MapNames, ", "),
	"rules": strings.Join(tabular.RuleNames, ", "), "samplings": strings.Join(tabular.SamplingNames, ", "),
}

// mirrorCommand follows a path.
type mirrorCommand struct {
	mirrorFlags
	JSON bool `name:"json" help:"Print JSON, a row for each pi_k: gapRho is rho (V* - V), gapSup the largest V* - V of all states, bound the theorem's on what boundOn names; entropy and variance (1 - sum pi^2) are means over states; move (max D_h) and eta belong to the step from k; backups, evaluations and updates are what reaching pi_k has cost."`
}

// mirrorResult is what -json prints.
type mirrorResult struct {
	Problem  string           `json:"problem"`
	States   int              `json:"states"`
	Actions  int              `json:"actions"`
	Gamma    float64          `json:"gamma"`
	Settings tabular.Settings `json:"settings"` // with every default filled in
	Optimum  tabular.Number   `json:"optimum"`  // rho V*, regularised where the method is
	BoundOn  string           `json:"boundOn"`  // what bound holds above: gapRho, gapSup or potential
	Note     string           `json:"note,omitempty"`
	Rows     []tabular.Row    `json:"rows"`
}

// Run follows and prints it.
func (q *mirrorCommand) Run(s *session) error {
	if q.Method == learnMethod {
		return q.printLearned(s)
	}
	result, err := q.follow(s)
	if err != nil {
		return err
	}
	if q.JSON {
		return json.NewEncoder(s.stdout).Encode(result)
	}
	return writeMirror(s.stdout, result)
}

// flags are the settings that the single flags describe.
func (q *mirrorFlags) flags() tabular.Settings {
	return tabular.Settings{
		Method: q.Method, K: q.K, Map: tabular.Map{Kind: q.Map, Q: q.Q, B: q.B}, EqualFirstStep: q.Equal, H: q.H,
		Step:  tabular.Rule{Kind: q.Step, Eta: q.Eta, Eta0: q.Eta0, Factor: q.Factor, C0: q.C0, Depth: q.Depth, Cap: q.Cap},
		Noise: tabular.Noise{B: q.Noise}, Seed: q.Seed, Tau: q.Tau, Sampling: q.Sampling, Visits: q.Visits, LR: q.LR, M: q.M,
	}
}

// follow makes the path and runs it.
func (q *mirrorFlags) follow(ss *session) (*mirrorResult, error) {
	m, file, err := readProblem(q.Problem)
	if err != nil {
		return nil, err
	}
	s, err := q.complete(ss, file)
	if err != nil {
		return nil, err
	}
	p, err := tabular.NewPath(m, s)
	if err != nil {
		return nil, err
	}
	if ss.given("law") && !p.Settings.Soft() {
		return nil, fmt.Errorf("-law chooses what reg-pmd and bpmd measure in; %s has no such measure", p.Settings.Method)
	}
	if q.Law == "nu" && p.Settings.Soft() {
		if _, err := p.Optimum.Stationary(m); err != nil {
			return nil, fmt.Errorf("%s measures in %w (or choose -law rho, which leaves those measures out)", p.Settings.Method, err)
		}
	}
	result := &mirrorResult{
		Problem: m.Name, States: m.States, Actions: m.Actions, Gamma: m.Gamma, Settings: p.Settings,
		Optimum: tabular.Number(p.Optimum.Value), BoundOn: p.BoundOn(), Note: mirrorNote(p),
	}
	result.Rows, err = p.Run(ss, s.K)
	if err != nil {
		return nil, fmt.Errorf("the path was interrupted: %w", err)
	}
	return result, nil
}

// readProblem makes a named problem, or reads a file and returns its bytes too.
func readProblem(name string) (*tabular.MDP, []byte, error) {
	b, err := readText(name)
	if errors.Is(err, os.ErrNotExist) && !strings.HasSuffix(name, ".json") {
		m, err := tabular.Problem(name)
		return m, nil, err
	}
	if err != nil {
		return nil, nil, err
	}
	m, err := tabular.Parse(b)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	return m, b, nil
}

// complete gathers the settings from the flags, from -settings, or from a run of the file.
func (q *mirrorFlags) complete(ss *session, file []byte) (tabular.Settings, error) {
	s := q.flags()
	if q.RunIndex >= 0 || q.Settings != "" {
		for _, f := range typed(ss.parsed) {
			switch f.Name {
			case "problem", "run", "settings", "k", "law", "json", "out", "csv", "theme", "x":
			default:
				return s, fmt.Errorf("-run and -settings describe the whole run: leave out -%s", f.Name)
			}
		}
		return q.described(file, ss.given("k"))
	}
	for name, zero := range map[string]bool{
		"q": q.Q == 0, "b": q.B == 0, "h": q.H == 0, "eta": q.Eta == 0, "eta0": q.Eta0 == 0, "factor": q.Factor == 0, "c0": q.C0 == 0, "depth": q.Depth == 0,
		"cap": q.Cap == 0, "H": q.Visits == 0, "lr": q.LR == 0, "m": q.M == 0,
	} {
		if zero && ss.given(name) {
			return s, fmt.Errorf("-%s must be positive, not 0", name)
		}
	}
	if q.W != "" {
		for _, text := range strings.Split(q.W, ",") {
			w, err := strict.Float(strings.TrimSpace(text))
			if err != nil {
				return s, fmt.Errorf("-w is a list of numbers with commas between, not %q", q.W)
			}
			s.Map.W = append(s.Map.W, w)
		}
	}
	if ss.given("anneal") {
		s.Anneal = &q.Anneal
	}
	if s.Noise.B != 0 {
		s.Noise.Seed = s.Seed
	}
	if q.Start != "uniform" {
		if err := json.Unmarshal([]byte(q.Start), &s.Start); err != nil {
			return s, fmt.Errorf("-start is uniform or [[...], ...] with a row a state: %w", err)
		}
	}
	return s, nil
}

// described reads the settings of -run or -settings; -k where it is given, or the last k of the run's rows.
func (q *mirrorFlags) described(file []byte, kGiven bool) (tabular.Settings, error) {
	text := []byte(q.Settings)
	if q.RunIndex >= 0 {
		if file == nil {
			return tabular.Settings{}, fmt.Errorf("-run is about the runs of a file, and %q is no file", q.Problem)
		}
		var f struct {
			Runs []json.RawMessage `json:"runs"`
		}
		if err := strict.Unmarshal(file, &f); err != nil {
			return tabular.Settings{}, fmt.Errorf("%s: %w", q.Problem, err)
		}
		if q.RunIndex >= len(f.Runs) {
			return tabular.Settings{}, fmt.Errorf("%s describes %d runs; there is no run %d", q.Problem, len(f.Runs), q.RunIndex)
		}
		text = f.Runs[q.RunIndex]
	}
	s := tabular.Settings{K: q.K}
	var run struct {
		Rows [][]*float64 `json:"rows"`
	}
	if err := tabular.ParseSettings(text, &s); err != nil {
		return s, err
	}
	if err := strict.Unmarshal(text, &run); err != nil {
		return s, fmt.Errorf("the rows of the run cannot be read: %w", err)
	}
	if n := len(run.Rows); n > 0 && len(run.Rows[n-1]) > 0 && run.Rows[n-1][0] != nil {
		s.K = int(*run.Rows[n-1][0])
	}
	if kGiven {
		s.K = q.K
	}
	return s, nil
}

// mirrorNote says what the rows themselves do not: the cap of the step, and why there is no bound.
func mirrorNote(p *tabular.Path) string {
	var notes []string
	if p.Settings.Step.Kind == "adaptive" {
		notes = append(notes, fmt.Sprintf("the adaptive step is capped at %g", p.Settings.Step.Cap))
	}
	if err := p.BoundReason(); err != nil {
		notes = append(notes, "no bound: "+err.Error())
	}
	return strings.Join(notes, "; ")
}

func writeMirror(w io.Writer, r *mirrorResult) error {
	about := fmt.Sprintf("%s: %d states, %d actions, gamma %g; %s; optimum %.9g", r.Problem, r.States, r.Actions, r.Gamma, r.Settings.Method, float64(r.Optimum))
	if r.BoundOn != "" {
		about += "; the bound is on " + r.BoundOn
	}
	if r.Note != "" {
		about += "; " + r.Note
	}
	_, err := fmt.Fprintf(w, "%s\n%5s %12s %12s %12s %9s %9s %11s %11s %9s %7s %7s\n", about,
		"k", "gapRho", "gapSup", "bound", "entropy", "variance", "move", "eta", "backups", "evals", "updates")
	for _, row := range r.Rows {
		if err == nil {
			_, err = fmt.Fprintf(w, "%5d %12s %12s %12s %9.5f %9.5f %11s %11s %9d %7d %7d\n", row.K, short(row.GapRho), short(row.GapSup), short(row.Bound),
				float64(row.Entropy), float64(row.Variance), short(row.Move), short(row.Eta), row.Backups, row.Evaluations, row.Updates)
		}
	}
	return err
}

// short is a number of a table, a dash where there is none.
func short(n tabular.Number) string {
	if math.IsNaN(float64(n)) {
		return "-"
	}
	return strconv.FormatFloat(float64(n), 'g', 6, 64)
}
