package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"time"

	"onestep/engine/strict"
	"onestep/policy/agents"
	"onestep/policy/checkpoint"
	"onestep/policy/flow"
	"onestep/policy/train"
)

func readPolicyFile(path string) (*checkpoint.Policy, error) {
	b, err := readTensors(path)
	if err != nil {
		return nil, err
	}
	p, err := checkpoint.ReadPolicy(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

// evalResult is what eval prints with -json.
type evalResult struct {
	Task      string        `json:"task"`
	Algorithm string        `json:"algorithm"`
	Hash      string        `json:"hash"`
	K         int           `json:"k"`
	NFE       int           `json:"nfe"`              // evaluations of the policy's network per action
	BestOf    int           `json:"bestOf"`           // candidates per action; 1 is no choice
	CriticNFE int           `json:"criticNFE"`        // evaluations of critics per action
	Sampler   string        `json:"sampler,omitzero"` // of a diffusion: ddim or ancestral
	Latency   float64       `json:"latency,omitzero"` // simulated time of one evaluation of the network, s
	Returns   []float64     `json:"returns"`
	Summary   train.Returns `json:"summary"`
}

// evalCommand plays episodes.
type evalCommand struct {
	File     string        `arg:"" optional:"" name:"file" help:"Policy file or run file, or an ONNX graph (.onnx) of a plain network that another program trained, with -task or -model; in place of -policy."`
	Policy   string        `name:"policy" placeholder:"FILE" help:"The same as a flag."`
	Task     string        `name:"task" values:"@task" help:"Of an ONNX graph: the task that it acts on."`
	Model    string        `name:"model" placeholder:"FILE.xml" help:"Of an ONNX graph: MJCF file of a body of one's own, in place of -task; its reward is move."`
	Actions  string        `name:"actions" default:"auto" values:"auto,own,unit" help:"Of an ONNX graph: its actions are in the own units of the task's family (own) or in [-1, 1] (unit). auto is unit for this program's exports, own for others."`
	K        int           `name:"k" default:"1" range:"1..1000" help:"Sampler steps; 1 is one-step."`
	BestOf   int           `name:"best-of" default:"1" range:"1..1024" help:"Candidates per action, of which the file's critics choose one; 1 is one particle and no choice."`
	Episodes int           `name:"episodes" default:"20" range:"1..10000" help:"Episodes, each from its fixed seed."`
	Sampler  string        `name:"sampler" default:"ddim" values:"ddim,ancestral" help:"Of DPMD: deterministic steps (DDIM), or those with noise of the method's authors (DDPM)."`
	Latency  time.Duration `name:"latency" range:"0s..1h" help:"Simulated time that one evaluation of the policy's network takes, such as 1ms: an action arrives K times -best-of times as much late, and the body goes on with the last one. 0 is no delay."`
	Grid     bool          `name:"grid" help:"Play every K in 1,2,4,8,20 with the best of every N in 1,2,8,32, from the same starts with the same noise, in place of -k and -best-of."`
	JSON     bool          `name:"json" help:"Print JSON."`
}

// acting is one way of acting with a policy.
type acting struct {
	K, BestOf int
	Latency   float64 // s
	Ancestral bool
}

// check refuses what does not belong together.
func (q *evalCommand) check(s *session) error {
	switch {
	case q.Policy == "" && q.File == "":
		return wrongUse("-policy names the file")
	case q.Policy != "" && q.File != "":
		return wrongUse("%s and -policy are two files; name one", q.File)
	case !isONNX(cmp.Or(q.File, q.Policy)) && (s.given("task") || s.given("model") || s.given("actions")):
		return wrongUse("-task, -model and -actions are for an ONNX graph; a policy file names its task")
	case q.Grid && (s.given("k") || s.given("best-of")):
		return wrongUse("-grid plays every K and N of its own: leave out -k and -best-of")
	}
	return nil
}

// Run plays and prints.
func (q *evalCommand) Run(s *session) error {
	if err := q.check(s); err != nil {
		return err
	}
	if q.Policy = cmp.Or(q.File, q.Policy); isONNX(q.Policy) {
		return q.foreign(s)
	}
	p, err := readPolicyFile(q.Policy)
	if err != nil {
		return err
	}
	if q.Sampler == "ancestral" && !denoises(p) {
		return wrongUse("-sampler ancestral is for a diffusion; %s has none", p.Algorithm)
	}
	if q.Grid {
		return q.grid(s, p)
	}
	r := evalResult{Task: p.Task, Algorithm: string(p.Algorithm), Hash: p.Hash(), K: q.K, NFE: p.Actor.NFE(q.K) * q.BestOf, BestOf: q.BestOf}
	if denoises(p) {
		r.Sampler = q.Sampler
	}
	r.Latency = q.Latency.Seconds()
	if r.Returns, err = evaluate(s, p, acting{q.K, q.BestOf, r.Latency, q.Sampler == "ancestral"}, q.Episodes); err != nil {
		return err
	}
	if q.BestOf > 1 {
		r.CriticNFE = 2 * q.BestOf
	}
	r.Summary = train.Summarise(r.Returns)
	if q.JSON {
		return json.NewEncoder(s.stdout).Encode(r)
	}
	how := fmt.Sprintf("K = %d (NFE %d per action)", r.K, r.NFE)
	if q.BestOf > 1 {
		how = fmt.Sprintf("K = %d, best of %d (NFE %d and %d evaluations of critics per action)", r.K, r.BestOf, r.NFE, r.CriticNFE)
	}
	if r.Sampler != "" {
		how += ", " + r.Sampler + " steps"
	}
	if q.Latency > 0 {
		how += fmt.Sprintf(", %v late", time.Duration(r.NFE)*q.Latency)
	}
	_, err = fmt.Fprintf(s.stdout, "%s on %s, %s: mean %.2f, std %.2f, min %.2f, max %.2f over %d episodes\n",
		r.Algorithm, r.Task, how, r.Summary.Mean, r.Summary.Std, r.Summary.Min, r.Summary.Max, r.Summary.Episodes)
	if err == nil && denoises(p) && q.K == 1 {
		_, err = fmt.Fprintln(s.stdout, oneDenoisingStep)
	}
	return err
}

// oneDenoisingStep stands beside every number of a diffusion with one step.
const oneDenoisingStep = "a single DDIM step multiplies the noise network's error about 400-fold: it illustrates, and is no competitor"

// denoises tells whether the policy's agent is made for several steps.
func denoises(p *checkpoint.Policy) bool {
	a, err := agents.Find(p.Algorithm)
	return err == nil && a.Steps > 1
}

// evaluate plays episodes; with ancestral steps all of them in one batch, since they draw from one stream.
func evaluate(s *session, p *checkpoint.Policy, w acting, episodes int) ([]float64, error) {
	parts := runtime.NumCPU()
	if w.Ancestral {
		parts = 1
	}
	e, err := train.NewEvaluators(episodes, parts, func(episodes int) (*train.Evaluator, error) {
		if w.BestOf == 1 {
			return train.NewEvaluator(p.Task, p.Model, episodes, &p.Actor)
		}
		return train.NewBestOfEvaluator(p.Task, p.Model, episodes, &p.Actor, w.BestOf, p.CriticNet, &p.Critics)
	})
	if err != nil {
		return nil, err
	}
	e.ChargeUnclipped(p.Config.Shared().UnclippedCost)
	e.Late(w.Latency)
	e.Ancestral(w.Ancestral)
	returns := e.Evaluate(&p.Actor, w.K, func() bool { return s.Err() == nil })
	if returns == nil {
		return nil, fmt.Errorf("the evaluation was interrupted: %w", context.Cause(s))
	}
	if d := e.Diverged(); d != nil {
		return nil, fmt.Errorf("with K = %d, %w; the policy's weights are finite and too large to act", w.K, d)
	}
	if b := e.Burst(); b != nil {
		fmt.Fprintf(s.stderr, "note: with K = %d, %v; it ended there\n", w.K, b)
	}
	return returns, nil
}

// actCommand acts once.
type actCommand struct {
	Policy string `name:"policy" placeholder:"FILE" help:"Policy file or run file (required)."`
	Obs    string `name:"obs" placeholder:"[...]" help:"Observation, a JSON array."`
	X0     string `name:"x0" placeholder:"[...]" help:"Noise that the sample starts from, a JSON array (already scaled by the source's std; zeros give SAC's deterministic action)."`
	K      int    `name:"k" default:"1" range:"1..1000" help:"Sampler steps; 1 is one-step."`
}

// Run prints the action.
func (q *actCommand) Run(s *session) error {
	if q.Policy == "" {
		return wrongUse("-policy names the file")
	}
	p, err := readPolicyFile(q.Policy)
	if err != nil {
		return err
	}
	obs, err := vector("-obs", q.Obs, p.Actor.ObsDim())
	if err != nil {
		return err
	}
	x0, err := vector("-x0", q.X0, p.Actor.ActDim())
	if err != nil {
		return err
	}
	flow.NewSampler(&p.Actor, 1).Sample(x0, &p.Actor, obs, 1, x0, q.K)
	for i, v := range x0 {
		if v != v {
			return fmt.Errorf("component %d of the action is NaN; the policy's weights are finite and too large to act", i)
		}
		x0[i] = min(max(v, -1), 1)
	}
	return json.NewEncoder(s.stdout).Encode(x0)
}

func vector(name, text string, want int) ([]float32, error) {
	var x []float32
	if err := strict.Unmarshal([]byte(text), &x); err != nil {
		return nil, fmt.Errorf("%s %q is not a JSON array of numbers: %w", name, text, err)
	}
	if len(x) != want {
		return nil, fmt.Errorf("%s has %d numbers where the policy takes %d", name, len(x), want)
	}
	return x, nil
}

// hashCommand names weights.
type hashCommand struct {
	File string `arg:"" name:"file" help:"Policy file or run file."`
}

// Run prints the hash.
func (q *hashCommand) Run(s *session) error {
	p, err := readPolicyFile(q.File)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.stdout, p.Hash())
	return err
}
