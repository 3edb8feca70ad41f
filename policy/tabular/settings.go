package tabular

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"onestep/engine/quote"
)

// Settings say how a path goes. The JSON names are those of the reference data, where a run is described so.
type Settings struct {
	Method string `json:"method"` // one of MethodNames
	Map    Map    `json:"map"`
	// EqualFirstStep multiplies eta by inv'(1/A)/A, so that all maps begin as entropy does.
	EqualFirstStep bool  `json:"equalFirstStep,omitempty"`
	H              int   `json:"h,omitempty"` // lookahead of h-pmd and h-pi
	Step           Rule  `json:"step"`
	Noise          Noise `json:"noise,omitzero"`

	Tau      float64 `json:"tau,omitempty"`      // reg-pmd, bpmd: weight of the entropy
	Sampling string  `json:"sampling,omitempty"` // bpmd: one of SamplingNames
	Seed     uint64  `json:"seed,omitempty"`     // bpmd: of the sampled states
	Visits   int     `json:"H,omitempty"`        // bpmd: iterations of the hybrid that sample visited states

	LR     float64 `json:"lr,omitempty"`     // softmax-pg, mdpo-on
	M      int     `json:"m,omitempty"`      // mdpo-on: gradient steps an iteration
	Anneal *bool   `json:"anneal,omitempty"` // mdpo-on: t_k = 1 - k/K, otherwise 1
	K      int     `json:"iterations,omitempty"`

	Start Start `json:"start,omitzero"`
}

// Rule is the rule of the step eta_k.
type Rule struct {
	Kind   string  `json:"kind"`             // one of RuleNames
	Eta    float64 `json:"eta,omitempty"`    // constant
	Eta0   float64 `json:"eta0,omitempty"`   // geometric: eta_k = eta0 factor^k
	Factor float64 `json:"factor,omitempty"` // geometric; 0 stands for 1/gamma
	C0     float64 `json:"c0,omitempty"`     // adaptive: c_k = c0 gamma^(2 depth (k+1))
	Depth  int     `json:"depth,omitempty"`  // adaptive; 0 stands for h
	Cap    float64 `json:"cap,omitempty"`    // adaptive: the largest step; 0 stands for DefaultCap
}

// Noise is b (2 u - 1), added to Q_h in every state and action at every iteration.
type Noise struct {
	B    float64 `json:"b"`
	Seed uint64  `json:"seed"`
}

// Start is pi_0: nil for the uniform policy, "uniform" in JSON.
type Start [][]float64

// UnmarshalJSON reads "uniform" or [S][A] probabilities.
func (s *Start) UnmarshalJSON(b []byte) error {
	var word string
	if json.Unmarshal(b, &word) == nil {
		if word != "uniform" {
			return fmt.Errorf("start must be \"uniform\" or a policy, not %s", quote.Text(word))
		}
		*s = nil
		return nil
	}
	var rows [][]*float64
	if err := json.Unmarshal(b, &rows); err != nil {
		return readError(err)
	}
	*s = make(Start, len(rows))
	for i, row := range rows {
		p, err := numbers(row)
		if err != nil {
			return fmt.Errorf("start of state %d: %w", i, err)
		}
		(*s)[i] = p
	}
	return nil
}

// The names of what can be chosen.
var (
	MethodNames   = []string{"pmd", "h-pmd", "h-pi", "dual-averaging", "softmax-pg", "mdpo-on", "reg-pmd", "bpmd"}
	RuleNames     = []string{"constant", "geometric", "adaptive"}
	SamplingNames = []string{"uniform", "cyclic", "visit", "hybrid"}
)

// methodAliases are other spellings that papers have.
var methodAliases = map[string]string{"hpmd": "h-pmd", "hpi": "h-pi", "npg": "pmd", "mdpo": "pmd"}

// DefaultCap is the largest adaptive step: under noise the greedy action changes, the distance to it is the log-odds
// that earlier steps made, and the step explodes.
const DefaultCap = 1e9

// Soft reports whether the method has the entropy in its value.
func (s Settings) Soft() bool { return s.Method == "reg-pmd" || s.Method == "bpmd" }

// descends reports whether the method makes mirror steps whose size the rule says.
func (s Settings) descends() bool {
	return slices.Contains([]string{"pmd", "h-pmd", "dual-averaging", "reg-pmd", "bpmd"}, s.Method)
}

// Complete fills in defaults for a problem and refuses what does not go together, with the reason.
func (s Settings) Complete(m *MDP) (Settings, error) {
	if name, ok := methodAliases[s.Method]; ok {
		if name == "pmd" && s.Map.Kind != "" && s.Map.Kind != "entropy" {
			return s, fmt.Errorf("%s is pmd with the entropy map, not with %s", s.Method, s.Map.Kind)
		}
		s.Method = name
	}
	if !slices.Contains(MethodNames, s.Method) {
		return s, fmt.Errorf("the method must be one of %s, not %s", strings.Join(MethodNames, ", "), quote.Text(s.Method))
	}
	if s.Map.Kind == "" {
		s.Map.Kind = "entropy"
	}
	if s.H == 0 {
		s.H = 1
	}
	if s.H < 1 || s.H > 1000 {
		return s, fmt.Errorf("h must lie in 1..1000, not %d", s.H)
	}
	if s.K < 0 || s.K > 1_000_000 {
		return s, fmt.Errorf("the iterations must lie in 0..1000000, not %d", s.K)
	}
	if s.H > 1 && s.Method != "h-pmd" && s.Method != "h-pi" {
		return s, fmt.Errorf("%s has no lookahead: h = %d belongs to h-pmd and h-pi", s.Method, s.H)
	}
	for _, complete := range []func(*MDP) error{s.completeMap, s.completeStep, s.completeNoise, s.completeSoft, s.completeGradient, s.checkStart} {
		if err := complete(m); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s *Settings) completeMap(*MDP) error {
	if _, err := s.Map.Potential(); err != nil {
		return err
	}
	for _, of := range []struct {
		name, kind string
		given      bool
	}{{"q", "tsallis", s.Map.Q != 0}, {"b", "hyperbolic", s.Map.B != 0}, {"w", "mixed", s.Map.W != nil}} {
		if of.given && of.kind != s.Map.Kind {
			return fmt.Errorf("%s belongs to the map %s, not to %s", of.name, of.kind, s.Map.Kind)
		}
	}
	if s.EqualFirstStep && s.Method != "pmd" && s.Method != "h-pmd" && s.Method != "dual-averaging" {
		return fmt.Errorf("%s has no choice of a mirror map, whose first step could be made equal to entropy's", s.Method)
	}
	if s.Map.Kind == "entropy" {
		return nil
	}
	switch s.Method {
	case "softmax-pg", "mdpo-on", "h-pi":
		return fmt.Errorf("%s has no mirror map: leave out %s", s.Method, s.Map.Kind)
	case "reg-pmd", "bpmd":
		return fmt.Errorf("%s regularises by the entropy, whose step is closed for the entropy map only, not for %s", s.Method, s.Map.Kind)
	}
	return nil
}

func (s *Settings) completeStep(m *MDP) error {
	if !s.descends() {
		if s.Step != (Rule{}) {
			return fmt.Errorf("%s has no step rule: it has %s", s.Method, map[string]string{"h-pi": "no step", "softmax-pg": "lr", "mdpo-on": "lr"}[s.Method])
		}
		return nil
	}
	r := &s.Step
	if r.Kind == "" {
		r.Kind = "constant"
	}
	for _, of := range []struct {
		name, kind string
		given      bool
	}{
		{"eta", "constant", r.Eta != 0}, {"eta0", "geometric", r.Eta0 != 0}, {"factor", "geometric", r.Factor != 0},
		{"c0", "adaptive", r.C0 != 0}, {"depth", "adaptive", r.Depth != 0}, {"cap", "adaptive", r.Cap != 0},
	} {
		if of.given && of.kind != r.Kind && slices.Contains(RuleNames, r.Kind) {
			return fmt.Errorf("%s belongs to the %s step, not to the %s one", of.name, of.kind, r.Kind)
		}
	}
	switch r.Kind {
	case "constant":
		if r.Eta == 0 {
			r.Eta = 1
		}
		if !(r.Eta > 0) {
			return fmt.Errorf("eta must be positive, not %g", r.Eta)
		}
	case "geometric":
		if r.Eta0 == 0 {
			r.Eta0 = 1
		}
		if r.Factor == 0 {
			if m.Gamma == 0 {
				return errors.New("the geometric step's factor is 1/gamma, and gamma is 0 here: give a factor")
			}
			r.Factor = 1 / m.Gamma
		}
		if !(r.Eta0 > 0) || !(r.Factor > 0) || math.IsInf(r.Eta0+r.Factor, 0) {
			return fmt.Errorf("eta0 and factor must be positive, not %g and %g", r.Eta0, r.Factor)
		}
	case "adaptive":
		return s.completeAdaptive(m)
	default:
		return fmt.Errorf("the step must be one of %s, not %s", strings.Join(RuleNames, ", "), quote.Text(r.Kind))
	}
	return nil
}

func (s *Settings) completeAdaptive(m *MDP) error {
	r := &s.Step
	switch {
	case s.Method != "pmd" && s.Method != "h-pmd":
		return fmt.Errorf("the adaptive step belongs to pmd and h-pmd, not to %s", s.Method)
	case s.Map.Kind == "barrier":
		return errors.New("the log barrier has no adaptive step: its distance from any policy to a greedy one is infinite")
	case s.EqualFirstStep:
		return errors.New("the adaptive step needs no equal first step: the distance that it divides scales with the map")
	case m.Gamma == 0:
		return errors.New("the adaptive step divides by c_k = c0 gamma^(2 depth (k+1)), and gamma is 0 here")
	}
	if r.C0 == 0 {
		r.C0 = 1
	}
	if r.Depth == 0 {
		r.Depth = s.H
	}
	if r.Cap == 0 {
		r.Cap = DefaultCap
	}
	if !(r.C0 > 0) || r.Depth < 1 || !(r.Cap > 0) || math.IsInf(r.C0+r.Cap, 0) {
		return fmt.Errorf("c0, depth and cap must be positive, not %g, %d and %g", r.C0, r.Depth, r.Cap)
	}
	return nil
}

func (s *Settings) completeNoise(*MDP) error {
	if !(s.Noise.B >= 0) || math.IsInf(s.Noise.B, 0) {
		return fmt.Errorf("the noise b must be at least 0, not %g", s.Noise.B)
	}
	if s.Noise.B > 0 && s.Method != "pmd" && s.Method != "h-pmd" {
		return fmt.Errorf("noise belongs to pmd and h-pmd, not to %s", s.Method)
	}
	return nil
}

func (s *Settings) completeSoft(*MDP) error {
	if !(s.Tau >= 0) || math.IsInf(s.Tau, 0) {
		return fmt.Errorf("tau must be at least 0, not %g", s.Tau)
	}
	if s.Tau > 0 && !s.Soft() {
		return fmt.Errorf("%s is not regularised: tau belongs to reg-pmd and bpmd", s.Method)
	}
	if s.Method != "bpmd" {
		if s.Sampling != "" || s.Visits != 0 {
			return fmt.Errorf("%s moves all states at once: sampling and H belong to bpmd", s.Method)
		}
		return nil
	}
	if s.Sampling == "" {
		s.Sampling = "uniform"
	}
	switch {
	case !slices.Contains(SamplingNames, s.Sampling):
		return fmt.Errorf("the sampling must be one of %s, not %s", strings.Join(SamplingNames, ", "), quote.Text(s.Sampling))
	case s.Sampling == "hybrid" && s.Visits < 1:
		return errors.New("hybrid sampling wants H, the iterations that sample visited states, at least 1")
	case s.Sampling != "hybrid" && s.Visits != 0:
		return fmt.Errorf("the iterations that sample visited states, H, belong to hybrid sampling, not to %s", s.Sampling)
	}
	return nil
}

func (s *Settings) completeGradient(*MDP) error {
	if s.Method != "softmax-pg" && s.Method != "mdpo-on" {
		if s.LR != 0 || s.M != 0 || s.Anneal != nil {
			return fmt.Errorf("%s takes no gradient steps: lr, m and anneal belong to softmax-pg and mdpo-on", s.Method)
		}
		return nil
	}
	if s.LR == 0 {
		s.LR = 1
	}
	if !(s.LR > 0) || math.IsInf(s.LR, 0) {
		return fmt.Errorf("lr must be positive, not %g", s.LR)
	}
	if s.Method == "softmax-pg" {
		if s.M != 0 || s.Anneal != nil {
			return errors.New("softmax-pg takes one gradient step an iteration: m and anneal belong to mdpo-on")
		}
		return nil
	}
	if s.M == 0 {
		s.M = 10
	}
	if s.M < 1 || s.M > 100_000 {
		return fmt.Errorf("m must lie in 1..100000, not %d", s.M)
	}
	if s.Anneal == nil {
		anneal := true
		s.Anneal = &anneal
	}
	return nil
}

func (s *Settings) checkStart(m *MDP) error {
	if s.Start == nil {
		return nil
	}
	if len(s.Start) != m.States {
		return fmt.Errorf("start has %d rows for %d states", len(s.Start), m.States)
	}
	h, err := s.Map.Potential()
	if err != nil {
		return err
	}
	for i, p := range s.Start {
		if len(p) != m.Actions {
			return fmt.Errorf("start of state %d has %d probabilities for %d actions", i, len(p), m.Actions)
		}
		if err := law(p); err != nil {
			return fmt.Errorf("start of state %d: %w", i, err)
		}
		if slices.Min(p) == 0 && math.IsInf(h.Zero(), -1) && s.Method != "h-pi" {
			return fmt.Errorf("start of state %d has a probability of 0, which %s can never raise", i, s.Map.Kind)
		}
	}
	return nil
}
