package export

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed policy.py
var pythonProgram string

// The lines of policy.py that Python replaces.
const (
	pythonConstants = "#CONSTANTS\n"
	pythonSampler   = "#SAMPLER\n" // act(obs, x0) of the family
)

// Python returns a Python program that loads a policy's ONNX or safetensors export and runs it in Gymnasium.
// steps is its default for the sampling steps of a safetensors file. A policy whose task Gymnasium does not
// have is an error.
func Python(p *Policy, steps int) ([]byte, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	if err := (Sampler{Steps: steps}).check(p.Actor.Family); err != nil {
		return nil, err
	}
	id := p.Spec.GymnasiumID()
	if id == "" {
		return nil, fmt.Errorf("export: Gymnasium has no task like %s", p.Spec.Title)
	}
	c := p.Actor.Net.Config()
	var b strings.Builder // JSON's texts and numbers are Python's
	fmt.Fprintf(&b, "TASK = %s\n", text(p.Spec.Name))
	fmt.Fprintf(&b, "GYMNASIUM = %s  # observations as this environment gives them\n", text(id))
	fmt.Fprintf(&b, "ACTION_SCALE = %s  # the environment's action = scale * action in [-1, 1]: %s\n", text(p.Spec.ActionScale), strings.Join(p.Spec.ActNames(), ", "))
	fmt.Fprintf(&b, "SOURCE_STD = %s  # x0 is drawn from N(0, SOURCE_STD^2)%s\n", number(p.Actor.SingleStd()), p.Actor.Family.Texts().Noise)
	fmt.Fprintf(&b, "NUM_TIMES = %d  # a %s network\n", c.NumTimes, p.Actor.Family)
	fmt.Fprintf(&b, "ACTIVATION = %s\n", text(c.Activation.String()))
	fmt.Fprintf(&b, "STEPS = %d\n", steps)
	return []byte(strings.NewReplacer(pythonConstants, b.String(), pythonSampler, p.Actor.Family.Texts().Python).Replace(pythonProgram)), nil
}
