package checkpoint

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"onestep/engine/env"
	"onestep/engine/quote"
	"onestep/engine/strict"
	"onestep/policy/agents"
	"onestep/policy/critic"
	"onestep/policy/flow"
	"onestep/policy/learner"
	"onestep/policy/nn"
	"onestep/policy/tensorio"
	"onestep/policy/train"
)

// Record tells how the weights in a file came about.
type Record struct {
	Program    string             `json:"program"` // version of this program
	Go         string             `json:"go"`      // toolchain
	Platform   string             `json:"platform"`
	Lanes      int                `json:"lanes"` // float32 lanes of the kernels
	EnvSteps   int                `json:"envSteps"`
	TotalSteps int                `json:"totalSteps"`
	Updates    int                `json:"updates"`
	Seconds    float64            `json:"seconds"` // wall time of training
	Curve      []train.Evaluation `json:"curve"`
}

// Policy is the contents of a policy file.
type Policy struct {
	Task      string
	Model     *env.Model // of a custom task, or with another reward or end than the task's; otherwise nil
	Algorithm string     // name of the agent
	Seed      uint64
	Config    learner.Config
	Record    Record
	Actor     flow.Policy[float32]
	CriticNet *nn.Net[float32] // [s, a] -> 1
	Critics   [2][]float32     // parameters of the twin critics
}

// PolicyOf views the weights of a run as a policy file's contents; nothing is copied.
func PolicyOf(r *train.Run, record Record) *Policy {
	record.EnvSteps, record.TotalSteps, record.Updates, record.Curve = r.EnvSteps, r.Options.Steps, r.Agent.Updates, r.Curve
	return &Policy{
		Task: r.Options.Task, Model: r.Options.Model, Algorithm: r.Options.Algorithm, Seed: r.Options.Seed, Config: r.Options.Config, Record: record,
		Actor: r.Agent.EMA, CriticNet: r.Agent.Critics.Net, Critics: r.Agent.Critics.Online,
	}
}

// tensors lists the networks in the file's order.
func (p *Policy) tensors() []tensorio.Tensor {
	list := netTensors(nil, netPolicy, p.Actor.Net, p.Actor.Params)
	for i, name := range critic.Names {
		list = netTensors(list, name, p.CriticNet, p.Critics[i])
	}
	return list
}

// metadata tells the policy's story: all of it, as an export has it.
func (p *Policy) metadata(kind string) (map[string]string, error) {
	config, err := json.Marshal(p.Config)
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	record, err := json.Marshal(p.Record)
	if err != nil {
		return nil, fmt.Errorf("training record: %w", err)
	}
	m := map[string]string{
		"onestep.format": Format, "onestep.kind": kind, "onestep.task": p.Task, "onestep.algorithm": p.Algorithm,
		"onestep.seed": strconv.FormatUint(p.Seed, 10), "onestep.config": string(config), "onestep.record": string(record),
	}
	if p.Model == nil {
		return m, nil
	}
	if len(p.Model.Files) > 0 {
		if m["onestep.model"], err = modelJSON(p.Model); err != nil {
			return nil, fmt.Errorf("model: %w", err)
		}
	}
	for name, text := range map[string]string{"onestep.reward": p.Model.Reward, "onestep.done": p.Model.Done} {
		if text != "" {
			m[name] = text
		}
	}
	return m, nil
}

// Env builds the policy's task.
func (p *Policy) Env() (env.Env, error) {
	e, err := env.Make(p.Task, p.Model)
	if err == nil {
		env.ChargeUnclipped(e, p.Config.Shared().UnclippedCost)
	}
	return e, err
}

// WritePolicy writes a policy file.
func WritePolicy(w io.Writer, p *Policy) error {
	metadata, story, err := p.story(kindPolicy)
	if err != nil {
		return fmt.Errorf("policy file: %w", err)
	}
	return write(w, append(p.tensors(), story...), metadata)
}

// write writes a file that can be read again: numbers that are not finite are refused, so that they never take the place
// of a good file.
func write(w io.Writer, tensors []tensorio.Tensor, metadata map[string]string) error {
	for _, t := range tensors {
		for i, v := range t.Float32() {
			if v-v != 0 {
				return fmt.Errorf("tensor %q has the value %v at index %d", t.Name, v, i)
			}
		}
	}
	return tensorio.WriteSafetensors(w, tensors, metadata)
}

// PolicyBytes is WritePolicy into memory.
func PolicyBytes(p *Policy) ([]byte, error) {
	var b bytes.Buffer
	if err := WritePolicy(&b, p); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// MomentBytes is the policy file of a run as it stands, without its evaluations, which the run's record has.
func MomentBytes(r *train.Run, record Record) ([]byte, error) {
	p := PolicyOf(r, record)
	p.Record.Curve = nil
	return PolicyBytes(p)
}

// ReadPolicy reads a policy file, or the policy in a run file. It refuses, with the cause: what is not
// safetensors or was cut short, what this program did not write, another format version, an unknown task or
// algorithm, a configuration out of range, tensors that are missing, superfluous or of another shape, and
// numbers that are not finite.
func ReadPolicy(b []byte) (*Policy, error) {
	f, err := tensorio.ReadSafetensors(b)
	if err != nil {
		return nil, err
	}
	p, err := readPolicy(f)
	if err != nil {
		return nil, err
	}
	if f.Metadata["onestep.kind"] == kindPolicy {
		if have, want := withoutStory(f), len(p.tensors()); have != want {
			return nil, fmt.Errorf("the policy file has %d tensors where its networks have %d", have, want)
		}
	}
	return p, nil
}

func readPolicy(f *tensorio.File) (*Policy, error) {
	p, err := readMetadata(f)
	if err != nil {
		return nil, err
	}
	if err := p.readStory(f); err != nil {
		return nil, err
	}
	agent, err := agents.Find(p.Algorithm)
	if err != nil {
		return nil, err
	}
	e, err := p.Env()
	if err != nil {
		return nil, err
	}
	spec := e.Spec()
	cfg := p.Config.Shared()
	net := agent.Family.Net(spec.ObsDim, spec.ActDim, cfg.Hidden, nn.Mish)
	p.Actor = flow.Policy[float32]{Family: agent.Family, Net: net, SourceStd: float32(cfg.SourceStd)}
	if p.Actor.Params, err = readNet(f, netPolicy, net); err != nil {
		return nil, err
	}
	p.CriticNet = critic.NewNet(cfg.Hidden, spec.ObsDim, spec.ActDim)
	for i, name := range critic.Names {
		if p.Critics[i], err = readNet(f, name, p.CriticNet); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func readMetadata(f *tensorio.File) (*Policy, error) {
	m := f.Metadata
	switch m["onestep.format"] {
	case "":
		return nil, errors.New("this is a safetensors file, but not one of Onestep's: its metadata have no onestep.format")
	case Format:
		if !f.Whole {
			return nil, fmt.Errorf("the file is damaged: it has no %s, which every file of format version %s has", tensorio.FileChecksumKey, Format)
		}
	case formatBefore:
	default:
		return nil, fmt.Errorf("the file has format version %s; this program reads versions %s and %s", quote.Text(m["onestep.format"]), formatBefore, Format)
	}
	if k := m["onestep.kind"]; k != kindPolicy && k != kindRun && k != kindState {
		return nil, fmt.Errorf("the file is of an unknown kind %s", quote.Text(k))
	}
	p := &Policy{Task: m["onestep.task"], Algorithm: m["onestep.algorithm"]}
	var err error
	if p.Seed, err = strconv.ParseUint(m["onestep.seed"], 10, 64); err != nil {
		return nil, fmt.Errorf("the file's seed %s is not a whole number", quote.Text(m["onestep.seed"]))
	}
	if p.Config, err = agents.Read(p.Algorithm, []byte(m["onestep.config"])); err != nil {
		return nil, fmt.Errorf("the file's configuration cannot be read: %w", err)
	}
	if err = p.Config.Validate(); err != nil {
		return nil, fmt.Errorf("the file's configuration is out of range: %w", err)
	}
	if err = strict.Known([]byte(m["onestep.record"]), &p.Record); err != nil {
		return nil, fmt.Errorf("the file's training record cannot be read: %w", err)
	}
	return p, nil
}

// netTensors appends the tensors of a network, as views of its parameter vector.
func netTensors(list []tensorio.Tensor, prefix string, net *nn.Net[float32], params []float32) []tensorio.Tensor {
	for _, t := range net.Tensors() {
		list = append(list, tensorio.Float32s(prefix+"."+t.Name, t.Shape, params[t.Offset:t.Offset+t.Size()]))
	}
	return list
}

// readNet reads a network's parameter vector and refuses numbers that are not finite.
func readNet(f *tensorio.File, prefix string, net *nn.Net[float32]) ([]float32, error) {
	for _, t := range net.Tensors() { // before any memory is taken for a network that the file only claims to hold
		info, ok := f.Lookup(prefix + "." + t.Name)
		if !ok {
			return nil, fmt.Errorf("tensor %q is missing", prefix+"."+t.Name)
		}
		if !slices.Equal(info.Shape, t.Shape) {
			return nil, fmt.Errorf("tensor %q has shape %v where the configuration asks for %v", prefix+"."+t.Name, info.Shape, t.Shape)
		}
	}
	params := make([]float32, net.NumParams())
	for _, t := range net.Tensors() {
		if err := f.Float32Into(params[t.Offset:t.Offset+t.Size()], prefix+"."+t.Name, t.Shape...); err != nil {
			return nil, err
		}
	}
	return params, nil
}

// Hash is the SHA-256, in hex, of what AppendHashed appends. A run file has the hash of its policy file.
func (p *Policy) Hash() string {
	sum := sha256.Sum256(p.AppendHashed(nil))
	return hex.EncodeToString(sum[:])
}

// AppendHashed appends all weights of a policy file to b: for each tensor in the file's order its name, a zero byte and
// its float32 values in little-endian order.
func (p *Policy) AppendHashed(b []byte) []byte {
	b = slices.Grow(b, 4*(p.Actor.Net.NumParams()+2*p.CriticNet.NumParams())+4096) // and the names
	b = appendNet(b, netPolicy, p.Actor.Net, p.Actor.Params)
	for i, name := range critic.Names {
		b = appendNet(b, name, p.CriticNet, p.Critics[i])
	}
	return b
}

func appendNet(b []byte, prefix string, net *nn.Net[float32], params []float32) []byte {
	for _, t := range net.Tensors() {
		b = append(b, prefix+"."+t.Name+"\x00"...)
		for _, v := range params[t.Offset : t.Offset+t.Size()] {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	return b
}

// NumParams is the number of weights that act.
func (p *Policy) NumParams() int { return p.Actor.Net.NumParams() }
