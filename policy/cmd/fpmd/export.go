package main

import (
	"fmt"

	"onestep/policy/actor"
	"onestep/policy/checkpoint"
)

// exportCommand writes a policy for other programs.
type exportCommand struct {
	Policy string `name:"policy" placeholder:"FILE" help:"Policy file or run file (required)."`
	Format string `name:"format" default:"onnx" values:"@format" help:"What to write."`
	K      int    `name:"k" default:"1" range:"1..64" help:"Sampler steps of an ONNX graph, and of a Python program unless it is told otherwise."`
	Out    string `name:"out" default:"-" placeholder:"FILE" help:"File to write; - is standard output."`
}

// Run writes the file.
func (q *exportCommand) Run(s *session) error {
	if q.Policy == "" {
		return wrongUse("-policy names the file")
	}
	p, err := readPolicyFile(q.Policy)
	if err != nil {
		return err
	}
	b, err := p.Export(q.Format, q.K)
	if err != nil {
		return err
	}
	if err := acts(p); err != nil {
		fmt.Fprintf(s.stderr, "note: %v\n", err)
	}
	if q.Out == "-" {
		_, err = s.stdout.Write(b)
		return err
	}
	if err := output(q.Out, b, q.Policy); err != nil {
		return err
	}
	fmt.Fprintf(s.stderr, "%s: %d bytes\n", q.Out, len(b))
	return nil
}

// acts tries the policy in the first state of the first episode.
func acts(p *checkpoint.Policy) error {
	e, err := p.Env()
	if err != nil {
		return err
	}
	e.Reset(1)
	obs := make([]float32, p.Actor.ObsDim())
	observe(e, obs)
	a := actor.New(&p.Actor, nil, 1)
	a.Act(&p.Actor, nil, obs, 1, 1)
	for i, v := range a.Action(0) {
		if v-v != 0 {
			return fmt.Errorf("episode 1 diverges at step 1: action %d is %v; the policy's weights are finite and too large to act", i, v)
		}
	}
	return nil
}
