package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"onestep/policy/tabular"
)

// mirrorFlags describe one path of mirror descent on a finite problem. Their names are those of a run in the reference
// data; what does not go together is refused by tabular.NewPath.
type mirrorFlags struct {
	problem  string
	run      int    // index of a run that the problem's file describes, or -1
	settings string // JSON in place of the single flags
	weights  string
	start    string
	anneal   bool
	law      string
	asJSON   bool
	s        tabular.Settings
	flagged  *flag.FlagSet
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

func runMirror(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	q := newMirrorFlags("mirror")
	q.flagged.BoolVar(&q.asJSON, "json", false, "print JSON")
	if err := parse(q.flagged, args, 0, stderr); err != nil {
		return err
	}
	result, err := q.follow(ctx)
	if err != nil {
		return err
	}
	if q.asJSON {
		return json.NewEncoder(stdout).Encode(result)
	}
	return writeMirror(stdout, result)
}

func newMirrorFlags(name string) *mirrorFlags {
	q := &mirrorFlags{}
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	q.flagged = f
	s := &q.s
	f.StringVar(&q.problem, "problem", "cliff", "problem: "+strings.Join(tabular.ProblemNames(), ", ")+
		"; garnet:S,A,b,gamma,seed, chain:N,gamma,small, deepsea:N,gamma, detour:N,side,gamma,seed; or a JSON file")
	f.IntVar(&q.run, "run", -1, "which run of the problem's file to repeat, from 0, in place of the other flags")
	f.StringVar(&q.settings, "settings", "", "a run's settings as JSON, such as '{\"method\":\"pmd\",\"step\":{\"kind\":\"constant\",\"eta\":2}}', in place of the other flags")
	f.StringVar(&s.Method, "method", "pmd", "method: "+strings.Join(tabular.MethodNames, ", ")+"; hpmd, hpi, npg and mdpo are other names")
	f.IntVar(&s.K, "k", 60, "iterations")
	f.StringVar(&s.Map.Kind, "map", "", "mirror map: "+strings.Join(tabular.MapNames, ", ")+" (entropy)")
	f.Float64Var(&s.Map.Q, "q", 0, "tsallis: the order q, such as 0.5")
	f.Float64Var(&s.Map.B, "b", 0, "hyperbolic: b, such as 0.1")
	f.StringVar(&q.weights, "w", "", "mixed: five weights with commas between")
	f.BoolVar(&s.EqualFirstStep, "equal", false, "scale the step so that every map begins as entropy does")
	f.IntVar(&s.H, "h", 0, "h-pmd, h-pi: lookahead (1)")
	f.StringVar(&s.Step.Kind, "step", "", "step rule: "+strings.Join(tabular.RuleNames, ", ")+" (constant)")
	f.Float64Var(&s.Step.Eta, "eta", 0, "constant: the step, 1/lambda (1)")
	f.Float64Var(&s.Step.Eta0, "eta0", 0, "geometric: the first step (1)")
	f.Float64Var(&s.Step.Factor, "factor", 0, "geometric: growth an iteration (1/gamma)")
	f.Float64Var(&s.Step.C0, "c0", 0, "adaptive: c_k = c0 gamma^(2 depth (k+1)) (1)")
	f.IntVar(&s.Step.Depth, "depth", 0, "adaptive: depth of c_k (h)")
	f.Float64Var(&s.Step.Cap, "cap", 0, "adaptive: the largest step (1e9)")
	f.Float64Var(&s.Noise.B, "noise", 0, "pmd, h-pmd: b of the noise b (2u - 1) in Q_h")
	f.Uint64Var(&s.Seed, "seed", 1, "seed of the noise and of bpmd's states")
	f.Float64Var(&s.Tau, "tau", 0, "reg-pmd, bpmd: weight of the entropy")
	f.StringVar(&s.Sampling, "sampling", "", "bpmd: "+strings.Join(tabular.SamplingNames, ", ")+" (uniform)")
	f.IntVar(&s.Visits, "H", 0, "bpmd, hybrid: iterations that sample visited states")
	f.StringVar(&q.law, "law", "nu", "reg-pmd, bpmd: nu measures in the stationary law of the optimal policy, which needs an ergodic problem; rho does without")
	f.Float64Var(&s.LR, "lr", 0, "softmax-pg, mdpo-on: step of the gradient (1)")
	f.IntVar(&s.M, "m", 0, "mdpo-on: gradient steps an iteration (10)")
	f.BoolVar(&q.anneal, "anneal", true, "mdpo-on: t_k = 1 - k/K; otherwise 1")
	f.StringVar(&q.start, "start", "uniform", "pi_0: uniform, or JSON [[...], ...] with a row a state")
	return q
}

// follow makes the path and runs it.
func (q *mirrorFlags) follow(ctx context.Context) (*mirrorResult, error) {
	m, file, err := readProblem(q.problem)
	if err != nil {
		return nil, err
	}
	s, err := q.complete(file)
	if err != nil {
		return nil, err
	}
	p, err := tabular.NewPath(m, s)
	if err != nil {
		return nil, err
	}
	if q.law == "nu" && p.Settings.Soft() {
		if _, err := p.Optimum.Stationary(m); err != nil {
			return nil, fmt.Errorf("%s measures in %w (or choose -law rho, which leaves those measures out)", p.Settings.Method, err)
		}
	}
	result := &mirrorResult{
		Problem: m.Name, States: m.States, Actions: m.Actions, Gamma: m.Gamma, Settings: p.Settings,
		Optimum: tabular.Number(p.Optimum.Value), BoundOn: p.BoundOn(), Note: mirrorNote(p),
	}
	result.Rows, err = p.Run(ctx, s.K)
	if err != nil {
		return nil, fmt.Errorf("the path was interrupted: %w", err)
	}
	return result, nil
}

// readProblem makes a named problem, or reads a file and returns its bytes too.
func readProblem(name string) (*tabular.MDP, []byte, error) {
	b, err := os.ReadFile(name)
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
func (q *mirrorFlags) complete(file []byte) (tabular.Settings, error) {
	s := q.s
	given := map[string]bool{}
	q.flagged.Visit(func(f *flag.Flag) { given[f.Name] = true })
	if q.law != "nu" && q.law != "rho" {
		return s, fmt.Errorf("-law must be nu or rho, not %q", q.law)
	}
	if q.run >= 0 || q.settings != "" {
		for name := range given {
			switch name {
			case "problem", "run", "settings", "k", "law", "json", "out", "theme", "x", "title":
			default:
				return s, fmt.Errorf("-run and -settings describe the whole run: leave out -%s", name)
			}
		}
		return q.described(file, given["k"])
	}
	if q.weights != "" {
		for _, text := range strings.Split(q.weights, ",") {
			w, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
			if err != nil {
				return s, fmt.Errorf("-w is a list of numbers with commas between, not %q", q.weights)
			}
			s.Map.W = append(s.Map.W, w)
		}
	}
	if given["anneal"] {
		s.Anneal = &q.anneal
	}
	if s.Noise.B != 0 {
		s.Noise.Seed = s.Seed
	}
	if q.start != "uniform" {
		if err := json.Unmarshal([]byte(q.start), &s.Start); err != nil {
			return s, fmt.Errorf("-start is uniform or [[...], ...] with a row a state: %w", err)
		}
	}
	return s, nil
}

// described reads the settings of -run or -settings; -k where it is given, or the last k of the run's rows.
func (q *mirrorFlags) described(file []byte, kGiven bool) (tabular.Settings, error) {
	text := []byte(q.settings)
	if q.run >= 0 {
		if file == nil {
			return q.s, fmt.Errorf("-run is about the runs of a file, and %q is no file", q.problem)
		}
		var f struct {
			Runs []json.RawMessage `json:"runs"`
		}
		if err := json.Unmarshal(file, &f); err != nil {
			return q.s, fmt.Errorf("%s: %w", q.problem, err)
		}
		if q.run >= len(f.Runs) {
			return q.s, fmt.Errorf("%s describes %d runs; there is no run %d", q.problem, len(f.Runs), q.run)
		}
		text = f.Runs[q.run]
	}
	var s struct {
		tabular.Settings
		Rows [][]*float64 `json:"rows"`
	}
	s.K = q.s.K
	if err := json.Unmarshal(text, &s); err != nil {
		return q.s, fmt.Errorf("the settings cannot be read: %w", err)
	}
	if n := len(s.Rows); n > 0 && len(s.Rows[n-1]) > 0 && s.Rows[n-1][0] != nil {
		s.K = int(*s.Rows[n-1][0])
	}
	if kGiven {
		s.K = q.s.K
	}
	return s.Settings, nil
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
