package checkpoint

import (
	"fmt"
	"strings"

	"onestep/engine/env"
	"onestep/policy/export"
	"onestep/policy/flow"
)

// ExportFormats lists what Export writes.
var ExportFormats = []string{"onnx", "json", "python", "safetensors"}

// Export returns the bytes of a policy for other programs: an ONNX graph of its sampler with the given steps,
// a JSON text, a Python program that takes so many steps, or the policy file itself. Of those only onnx and
// python depend on steps.
func (p *Policy) Export(format string, steps int) ([]byte, error) {
	if format == "safetensors" {
		return PolicyBytes(p)
	}
	metadata, err := p.metadata(kindPolicy)
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	e, err := p.Env()
	if err != nil {
		return nil, err
	}
	out := &export.Policy{Actor: p.Actor, Spec: e.Spec(), Drives: env.Drives(e), Metadata: metadata}
	switch format {
	case "onnx":
		return export.ONNX(out, export.Sampler{Method: flow.Euler, Steps: steps})
	case "json":
		return export.JSON(out)
	case "python":
		return export.Python(out, steps)
	}
	return nil, fmt.Errorf("no format is named %q; there are %s", format, strings.Join(ExportFormats, ", "))
}
