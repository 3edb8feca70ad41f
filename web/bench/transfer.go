//go:build !js

package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat/distuv"

	"onestep/engine/env"
	"onestep/engine/rng"
	"onestep/policy/checkpoint"
	"onestep/policy/flow"
)

// TransferResult compares the returns of one policy here and in MuJoCo, from the same starts with the same noise.
type TransferResult struct {
	Task      string    `json:"task"`
	Algorithm string    `json:"algorithm"`
	Policy    string    `json:"policy"` // its hash
	Steps     int       `json:"steps"`  // of the sampler
	Seed      uint64    `json:"seed"`   // of starts and noise
	Ours      []float64 `json:"ours"`   // return of each episode in this program: its own sampler and engine
	MuJoCo    []float64 `json:"mujoco"` // the same in MuJoCo, by the exported ONNX graph
	Lengths   [2][]int  `json:"lengths"`
}

// transferable are the tasks whose Gymnasium v4 observations the page knows.
var transferable = []string{"half_cheetah", "hopper", "walker2d"}

func (s *session) transfer() error {
	b, err := os.ReadFile(s.policy)
	if err != nil {
		return err
	}
	p, err := checkpoint.ReadPolicy(b)
	if err != nil {
		return fmt.Errorf("%s: %w", s.policy, err)
	}
	if !slices.Contains(transferable, p.Task) {
		return fmt.Errorf("%s is a policy for %s; this compares %s", s.policy, p.Task, strings.Join(transferable, ", "))
	}
	e, err := env.New(p.Task)
	if err != nil {
		return err
	}
	body := e.(*env.Articulated)
	noise := s.noise(p, body.Spec())
	if err := s.openTransfer(p, body, noise); err != nil {
		return err
	}
	r := &TransferResult{Task: p.Task, Algorithm: string(p.Algorithm), Policy: p.Hash(), Steps: s.steps, Seed: s.seed}
	for i := range s.episodes {
		body.Reset(s.episodeSeed(i))
		d := body.Physics()
		there, err := call[[2]float64](s.browser, "transfer", "episode", i, d.QPos, d.QVel)
		if err != nil {
			return err
		}
		total, length := s.play(p, body, noise[i*body.Spec().MaxSteps*body.Spec().ActDim:])
		r.Ours, r.Lengths[0] = append(r.Ours, total), append(r.Lengths[0], length)
		r.MuJoCo, r.Lengths[1] = append(r.MuJoCo, there[0]), append(r.Lengths[1], int(there[1]))
		fmt.Fprintf(s.log, "  episode %d: %.1f here, %.1f in MuJoCo\n", i+1, total, there[0])
	}
	s.record.Transfer = r
	return nil
}

// episodeSeed gives episode i its start, by the task's own reset.
func (s *session) episodeSeed(i int) uint64 { return rng.New(s.seed).Split(uint64(i)).Uint64() }

// noise draws x0 for every step of every episode, [episodes*MaxSteps*ActDim].
func (s *session) noise(p *checkpoint.Policy, spec *env.Task) []float32 {
	x := make([]float32, s.episodes*spec.MaxSteps*spec.ActDim)
	rng.New(s.seed).Split(1 << 32).FillNormal(x)
	for i := range x {
		x[i] *= p.Actor.SingleStd()
	}
	return x
}

// openTransfer exports the policy, puts it and the noise where the page finds them, and loads the page's part.
func (s *session) openTransfer(p *checkpoint.Policy, body *env.Articulated, noise []float32) error {
	onnx, err := p.Export("onnx", s.steps)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := binary.Write(&text, binary.LittleEndian, noise); err != nil {
		return err
	}
	for name, b := range map[string][]byte{"policy.onnx": onnx, "noise.f32": text.Bytes()} {
		if err := os.WriteFile(filepath.Join(s.browser.folder, name), b, 0o644); err != nil {
			return err
		}
	}
	files, err := modelFiles()
	if err != nil {
		return err
	}
	_, err = s.inPage("transfer", map[string]any{
		"task": p.Task, "model": p.Task + ".xml", "files": files, "frameSkip": body.FrameSkip(),
		"maxSteps": body.Spec().MaxSteps, "scale": body.Spec().ActionScale,
	})
	return err
}

// play runs the episode that body stands at the start of, by the policy with noise [steps*ActDim].
func (s *session) play(p *checkpoint.Policy, body *env.Articulated, noise []float32) (total float64, length int) {
	spec := body.Spec()
	sampler := flow.NewSampler(&p.Actor, 1)
	obs, narrow := make([]float64, spec.ObsDim), make([]float32, spec.ObsDim)
	x, action := make([]float32, spec.ActDim), make([]float64, spec.ActDim)
	for {
		body.Observe(obs)
		for i, v := range obs {
			narrow[i] = float32(v)
		}
		sampler.Sample(x, &p.Actor, narrow, 1, noise[length*spec.ActDim:][:spec.ActDim], s.steps)
		for i, v := range x {
			action[i] = float64(min(max(v, -1), 1))
		}
		result := body.Step(action)
		total += result.Reward
		length++
		if result.Terminated || result.Truncated {
			return total, length
		}
	}
}

// interval is a mean with the half width of its 95 % confidence interval, by Student's t.
func interval(x []float64) (mean, half float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	square := 0.0
	for _, v := range x {
		square += (v - mean) * (v - mean)
	}
	n := float64(len(x))
	t := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(0.975)
	return mean, t * math.Sqrt(square/(n-1)/n)
}

func (t *TransferResult) table(w *strings.Builder) {
	differences := make([]float64, len(t.Ours))
	for i := range differences {
		differences[i] = t.MuJoCo[i] - t.Ours[i]
	}
	fmt.Fprintf(w, "\n## Transfer: %s on %s, %d step(s), in MuJoCo\n\n", t.Algorithm, t.Task, t.Steps)
	fmt.Fprintf(w, "Policy %s, %d pairs of episodes with the same starts and noise (seed %d), Gymnasium's v4 observations and rewards. "+
		"Intervals are 95 %%.\n\n", t.Policy, len(t.Ours), t.Seed)
	fmt.Fprintf(w, "| | mean return | mean length |\n|---|---|---|\n")
	for i, row := range []struct {
		name    string
		returns []float64
	}{{"this program", t.Ours}, {"MuJoCo, by the ONNX graph", t.MuJoCo}} {
		mean, half := interval(row.returns)
		length := 0.0
		for _, n := range t.Lengths[i] {
			length += float64(n) / float64(len(t.Ours))
		}
		fmt.Fprintf(w, "| %s | %.2f ± %.2f | %.0f |\n", row.name, mean, half, length)
	}
	mean, half := interval(differences)
	fmt.Fprintf(w, "| MuJoCo less this program, paired | %.2f ± %.2f | |\n", mean, half)
}
