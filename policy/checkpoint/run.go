package checkpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"onestep/engine/rng"
	"onestep/engine/strict"
	"onestep/policy/critic"
	"onestep/policy/learner"
	"onestep/policy/optim"
	"onestep/policy/tensorio"
	"onestep/policy/train"
)

// formerKeys are keys of a runState that had other names before.
var formerKeys = map[string]string{
	"logAlpha": "logTemperature", "alphaM": "temperatureM", "alphaV": "temperatureV", "alphaStep": "temperatureStep",
}

// runState is the scalars of a run; JSON keeps every float64 bit for bit.
type runState struct {
	TotalSteps      int               `json:"totalSteps"`
	EnvSteps        int               `json:"envSteps"`
	Owed            float64           `json:"owed"`
	EpisodeReturn   float64           `json:"episodeReturn"`
	LastReturn      float64           `json:"lastReturn"`
	Episodes        int               `json:"episodes"`
	CriticLoss      float64           `json:"criticLoss"`
	PolicyLoss      float64           `json:"policyLoss"`
	Updates         int               `json:"updates"`
	LogTemperature  float64           `json:"logTemperature"`
	TemperatureM    float64           `json:"temperatureM"`
	TemperatureV    float64           `json:"temperatureV"`
	TemperatureStep int               `json:"temperatureStep"`
	PolicyStep      int               `json:"policyStep"`
	CriticStep      [2]int            `json:"criticStep"`
	Stats           json.RawMessage   `json:"stats"` // of the agent's rule
	Last            learner.Metrics   `json:"last"`
	ReplayNext      int               `json:"replayNext"`
	Streams         map[string][]byte `json:"streams"`
}

// streamsOf names every stream of a run.
func streamsOf(r *train.Run) map[string]*rng.Stream {
	return map[string]*rng.Stream{
		"act": r.Agent.Streams.Act, "candidate": r.Agent.Streams.Candidate, "loss": r.Agent.Streams.Loss,
		"episode": r.Streams.Episode, "warmUp": r.Streams.WarmUp, "replay": r.Streams.Replay,
	}
}

// moments names the Adam moments of a run with their lengths.
func momentTensors(r *train.Run) (list []tensorio.Tensor) {
	add := func(name string, a *optim.Adam[float32]) {
		list = append(list,
			tensorio.Float32s("adam."+name+".m", []int{len(a.M)}, a.M), tensorio.Float32s("adam."+name+".v", []int{len(a.V)}, a.V))
	}
	add(netPolicy, r.Agent.Adam)
	for i, name := range critic.Names {
		add(name, r.Agent.Critics.Adam[i])
	}
	return list
}

func runTensors(r *train.Run, policy *Policy) []tensorio.Tensor {
	b := r.Replay
	return append(stateTensors(r, policy),
		tensorio.Float32s("replay.obs", []int{b.Len, b.ObsDim}, b.Obs),
		tensorio.Float32s("replay.act", []int{b.Len, b.ActDim}, b.Act),
		tensorio.Float32s("replay.reward", []int{b.Len}, b.Reward),
		tensorio.Float32s("replay.next_obs", []int{b.Len, b.ObsDim}, b.NextObs),
		tensorio.Float32s("replay.done", []int{b.Len}, b.Done),
	)
}

// stateTensors are those of a run file but for the replay's.
func stateTensors(r *train.Run, policy *Policy) []tensorio.Tensor {
	list := policy.tensors()
	list = netTensors(list, netOnline, r.Agent.Policy.Net, r.Agent.Policy.Params)
	if r.Agent.Old != nil {
		list = netTensors(list, netOld, r.Agent.Policy.Net, r.Agent.Old)
	}
	for i, name := range netTargets {
		list = netTensors(list, name, r.Agent.Critics.Net, r.Agent.Critics.Target[i])
	}
	list = append(list, momentTensors(r)...)
	state := r.Env.State(nil)
	return append(list, tensorio.Float64s("env.state", []int{len(state)}, state))
}

// WriteRun writes a run file; the run goes on unchanged from it and from the file alike.
func WriteRun(w io.Writer, r *train.Run, record Record) error {
	policy := PolicyOf(r, record)
	metadata, story, err := runStory(r, policy, kindRun)
	if err != nil {
		return fmt.Errorf("run file: %w", err)
	}
	return write(w, append(runTensors(r, policy), story...), metadata)
}

// runStory is a policy's and the scalars of its run.
func runStory(r *train.Run, policy *Policy, kind string) (map[string]string, []tensorio.Tensor, error) {
	metadata, story, err := policy.story(kind)
	if err != nil {
		return nil, nil, err
	}
	a := r.Agent
	s := runState{
		TotalSteps: r.Options.Steps, EnvSteps: r.EnvSteps, Owed: r.Owed, EpisodeReturn: r.EpisodeReturn, LastReturn: r.LastReturn,
		Episodes: r.Episodes, CriticLoss: r.CriticLoss, PolicyLoss: r.PolicyLoss, Updates: a.Updates, LogTemperature: a.LogTemperature,
		TemperatureM: a.TemperatureAdam.M[0], TemperatureV: a.TemperatureAdam.V[0], TemperatureStep: a.TemperatureAdam.Step, PolicyStep: a.Adam.Step,
		CriticStep: [2]int{a.Critics.Adam[0].Step, a.Critics.Adam[1].Step}, Last: a.Last, ReplayNext: r.Replay.Next,
		Streams: map[string][]byte{},
	}
	if err := s.finite(); err != nil {
		return nil, nil, err
	}
	if s.Stats, err = json.Marshal(r.Learner.Statistics()); err != nil {
		return nil, nil, fmt.Errorf("running statistics: %w", err)
	}
	for name, stream := range streamsOf(r) {
		if s.Streams[name], err = stream.MarshalBinary(); err != nil {
			return nil, nil, fmt.Errorf("stream %s: %w", name, err)
		}
	}
	state, err := json.Marshal(s)
	if err != nil {
		return nil, nil, fmt.Errorf("state: %w", err)
	}
	metadata["onestep.state"] = string(state)
	return metadata, story, nil
}

// finite names the first number of the state that is not finite.
func (s *runState) finite() error {
	for _, c := range [...]struct {
		name  string
		value float64
	}{
		{"owed", s.Owed}, {"episodeReturn", s.EpisodeReturn}, {"lastReturn", s.LastReturn}, {"criticLoss", s.CriticLoss}, {"policyLoss", s.PolicyLoss},
		{"logTemperature", s.LogTemperature}, {"temperatureM", s.TemperatureM}, {"temperatureV", s.TemperatureV},
	} {
		if c.value-c.value != 0 {
			return fmt.Errorf("%s is %v", c.name, c.value)
		}
	}
	return nil
}

// RunBytes is WriteRun into memory.
func RunBytes(r *train.Run, record Record) ([]byte, error) {
	var b bytes.Buffer
	if err := WriteRun(&b, r, record); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// ReadRun reads a run file and returns the run as it stood, and its record. It refuses what ReadPolicy
// refuses, a policy file, and a state that does not fit.
func ReadRun(b []byte) (*train.Run, Record, error) {
	f, err := tensorio.ReadSafetensors(b)
	if err != nil {
		return nil, Record{}, err
	}
	if f.Metadata["onestep.kind"] == kindPolicy {
		return nil, Record{}, errors.New("this is a policy file: it can act, but a training cannot go on from it; a run file can")
	}
	r, policy, s, err := reopen(f, nil)
	if err != nil {
		return nil, Record{}, err
	}
	if err := fillReplay(r, f, s.ReplayNext); err != nil {
		return nil, Record{}, err
	}
	if have, want := withoutStory(f), len(runTensors(r, policy)); have != want {
		return nil, Record{}, fmt.Errorf("the run file has %d tensors where a run has %d", have, want)
	}
	return r, policy.Record, nil
}

// reopen builds the run of a file, all but its replay, with the settings that change alters.
func reopen(f *tensorio.File, change *Change) (*train.Run, *Policy, *runState, error) {
	policy, err := readPolicy(f)
	if err != nil {
		return nil, nil, nil, err
	}
	var s runState
	if err := strict.Known([]byte(today(f.Metadata["onestep.state"])), &s); err != nil {
		return nil, nil, nil, fmt.Errorf("the run's state cannot be read: %w", err)
	}
	if err := change.apply(policy, &s.TotalSteps); err != nil {
		return nil, nil, nil, err
	}
	if err := s.check(policy.Config.Shared()); err != nil {
		return nil, nil, nil, err
	}
	r, err := train.Reopen(train.Options{Task: policy.Task, Model: policy.Model, Algorithm: policy.Algorithm, Seed: policy.Seed, Steps: s.TotalSteps, Config: policy.Config})
	if err != nil {
		return nil, nil, nil, err
	}
	if err := fill(r, f, policy, &s); err != nil {
		return nil, nil, nil, err
	}
	r.Curve = policy.Record.Curve
	r.Observe()
	return r, policy, &s, nil
}

// today is the text of a runState with each key under its name of today. What is no object stays as it is.
func today(text string) string {
	var values map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &values) != nil {
		return text
	}
	renamed := false
	for former, name := range formerKeys {
		if value, ok := values[former]; ok && values[name] == nil {
			values[name], renamed = value, true
			delete(values, former)
		}
	}
	if !renamed {
		return text
	}
	b, err := json.Marshal(values)
	if err != nil {
		panic("checkpoint: " + err.Error()) // it was read from JSON
	}
	return string(b)
}

// check refuses counters that no run can have.
func (s *runState) check(cfg *learner.Common) error {
	counters := []struct {
		name  string
		value int
	}{
		{"environment steps", s.EnvSteps}, {"episodes", s.Episodes}, {"updates", s.Updates}, {"temperature steps", s.TemperatureStep},
		{"policy steps", s.PolicyStep}, {"critic steps", s.CriticStep[0]}, {"critic steps", s.CriticStep[1]}, {"replay position", s.ReplayNext},
	}
	for _, c := range counters {
		if c.value < 0 {
			return fmt.Errorf("the run's state has %d %s", c.value, c.name)
		}
	}
	if s.EnvSteps > s.TotalSteps {
		return fmt.Errorf("the run has taken %d of its %d steps", s.EnvSteps, s.TotalSteps)
	}
	if s.Owed < 0 || s.Owed > cfg.UpdatesPerStep+1 {
		return fmt.Errorf("the run's state owes %g updates", s.Owed)
	}
	if s.TemperatureV < 0 {
		return errors.New("the temperature's second moment is negative")
	}
	return nil
}

// fill copies the file's contents, but for the replay, into a fresh run.
func fill(r *train.Run, f *tensorio.File, policy *Policy, s *runState) (err error) {
	a := r.Agent
	copy(a.EMA.Params, policy.Actor.Params)
	if a.Policy.Params, err = readNet(f, netOnline, a.Policy.Net); err != nil {
		return err
	}
	if a.Old != nil {
		old, err := readNet(f, netOld, a.Policy.Net)
		if err != nil {
			return err
		}
		copy(a.Old, old) // the rule's loss looks at these
	}
	for i := range 2 {
		copy(a.Critics.Online[i], policy.Critics[i])
		if a.Critics.Target[i], err = readNet(f, netTargets[i], a.Critics.Net); err != nil {
			return err
		}
	}
	if err = fillMoments(r, f); err != nil {
		return err
	}
	a.Adam.Step, a.Critics.Adam[0].Step, a.Critics.Adam[1].Step = s.PolicyStep, s.CriticStep[0], s.CriticStep[1]
	a.TemperatureAdam.M[0], a.TemperatureAdam.V[0], a.TemperatureAdam.Step = s.TemperatureM, s.TemperatureV, s.TemperatureStep
	a.Updates, a.LogTemperature, a.Last = s.Updates, s.LogTemperature, s.Last
	r.EnvSteps, r.Owed, r.EpisodeReturn, r.LastReturn = s.EnvSteps, s.Owed, s.EpisodeReturn, s.LastReturn
	r.Episodes, r.CriticLoss, r.PolicyLoss = s.Episodes, s.CriticLoss, s.PolicyLoss
	if own := r.Learner.Statistics(); own != nil {
		if err := strict.Known(s.Stats, own); err != nil {
			return fmt.Errorf("the run's running statistics cannot be read: %w", err)
		}
		if err := own.Validate(); err != nil {
			return err
		}
	}
	for name, stream := range streamsOf(r) {
		if err := stream.UnmarshalBinary(s.Streams[name]); err != nil {
			return fmt.Errorf("the run's random stream %q: %w", name, err)
		}
	}
	state, err := f.Float64("env.state", tensorio.AnyDim)
	if err != nil {
		return err
	}
	if err := r.Env.Restore(state); err != nil {
		return fmt.Errorf("the environment's state: %w", err)
	}
	return nil
}

func fillMoments(r *train.Run, f *tensorio.File) error {
	adams := map[string]*optim.Adam[float32]{
		netPolicy: r.Agent.Adam, critic.Names[0]: r.Agent.Critics.Adam[0], critic.Names[1]: r.Agent.Critics.Adam[1],
	}
	for name, a := range adams {
		if err := f.Float32Into(a.M, "adam."+name+".m", len(a.M)); err != nil {
			return err
		}
		if err := f.Float32Into(a.V, "adam."+name+".v", len(a.V)); err != nil {
			return err
		}
		for i, v := range a.V {
			if v < 0 {
				return fmt.Errorf("tensor \"adam.%s.v\": entry %d is negative", name, i)
			}
		}
	}
	return nil
}

func fillReplay(r *train.Run, f *tensorio.File, next int) error {
	reward, err := f.Float32("replay.reward", tensorio.AnyDim)
	if err != nil {
		return err
	}
	n, b := len(reward), r.Replay
	if want := min(r.EnvSteps, b.Capacity); n != want {
		return fmt.Errorf("the replay holds %d transitions where a run of %d steps holds %d", n, r.EnvSteps, want)
	}
	tensors := [4][]float32{}
	for i, t := range []struct {
		name  string
		shape []int
	}{
		{"replay.obs", []int{n, b.ObsDim}}, {"replay.act", []int{n, b.ActDim}}, {"replay.next_obs", []int{n, b.ObsDim}}, {"replay.done", []int{n}},
	} {
		if tensors[i], err = f.Float32(t.name, t.shape...); err != nil {
			return err
		}
	}
	return b.Load(tensors[0], tensors[1], reward, tensors[2], tensors[3], next)
}
