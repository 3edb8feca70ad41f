package show

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"math"

	"onestep/engine/rng"
	"onestep/engine/strict"
	"onestep/policy/analysis"
	"onestep/policy/checkpoint"
	"onestep/wasm/app/change"
	"onestep/wasm/app/sim"
	"onestep/wasm/app/weights"
	"onestep/wasm/protocol"
)

// configure takes the page's looks.
func (s *Session) configure(a protocol.Appearance) error {
	if a.Dark != s.appearance.Dark {
		s.changed |= change.Theme
	}
	s.appearance, s.stage.Dark = a, a.Dark
	return nil
}

// Dark tells which theme is shown.
func (s *Session) Dark() bool { return s.appearance.Dark }

// Thrifty implements view.Stage.
func (s *Session) Thrifty() bool { return s.appearance.Thrifty }

// setTask changes the body and starts its first episode; what belongs to the old one is forgotten.
func (s *Session) setTask(m protocol.Message, v protocol.TaskSeed) error {
	if err := s.world.SetTask(v); err != nil {
		return err
	}
	s.probe.Init(s.world.Spec.ActDim, rng.New(v.Seed).Split(streamParticles))
	s.probing = probing{}
	s.out.Post(protocol.New(protocol.BodyShown, m.ID, s.world.Body()))
	return nil
}

// loadPolicy replaces the policy, or leaves it as it was and says why.
func (s *Session) loadPolicy(m protocol.Message, from protocol.PolicySource) error {
	if len(m.Data) != 1 {
		return protocol.Refuse("protocol", "a policy comes as one array of bytes, not %d", len(m.Data))
	}
	name := from.Name
	if name == "" {
		name = "the policy file"
	}
	p, err := s.readPolicy(m.Data[0], from.Format, name)
	if err != nil {
		return err
	}
	if len(from.Curve) > 0 && !p.Foreign() {
		p.File.Record.Curve = nil // that of the file is not written over: the same file may be read again
		if err := strict.Unmarshal(from.Curve, &p.File.Record.Curve); err != nil {
			return protocol.Refuse("protocol", "the evaluations of the training behind %s cannot be read: %w", name, err)
		}
		p.Moment = true
	}
	if err := s.world.SetPolicy(p, from, name); err != nil {
		return err
	}
	info := s.world.Info
	loaded := func(hash string) {
		info.Hash = hash
		s.out.Post(protocol.New(protocol.PolicyLoaded, m.ID, info))
	}
	if s.out.Digest == nil {
		hash := sha256.Sum256(p.AppendHashed(nil))
		loaded(hex.EncodeToString(hash[:]))
		return nil
	}
	s.hashed = p.AppendHashed(s.hashed[:0]) // a browser's own SHA-256 takes a tenth of the time
	s.out.Digest(s.hashed, loaded)
	return nil
}

// readPolicy reads a policy of this program or, where the format says so, another program's.
func (s *Session) readPolicy(b []byte, format, name string) (p *weights.Policy, err error) {
	switch format {
	case "":
		if p, err = s.policies.Read(b); err != nil {
			return nil, protocol.Refuse("bad-file", "%s cannot be used: %w", name, err)
		}
		return p, nil
	case protocol.FormatONNX:
		if p, err = s.world.ReadGraph(b); err != nil {
			return nil, protocol.Refuse("bad-file", "%s cannot be used: %w", name, err)
		}
		return p, nil
	}
	return nil, protocol.Refuse("protocol", "the stage reads no policies of the format %q", format)
}

// setLane gives the ghost a lane of its own, with the policy of the message where it holds one.
func (s *Session) setLane(m protocol.Message, v protocol.Lane) error {
	if len(m.Data) > 1 {
		return protocol.Refuse("protocol", "a lane has at most one policy, not %d", len(m.Data))
	}
	if len(m.Data) == 0 || !v.On {
		return s.world.SetLane(v, nil, "")
	}
	name := cmp.Or(v.Name, "the policy file")
	p, err := s.readPolicy(m.Data[0], "", name)
	if err != nil {
		return err
	}
	return s.world.SetLane(v, p, name)
}

// setView changes what is drawn beside the body, and axes and particles of the flow.
func (s *Session) setView(v protocol.View) error {
	for _, axis := range [2]int{v.AxisX, v.AxisY} {
		if axis < -1 || axis >= 4096 {
			return protocol.Refuse("bad-config", "the flow panel has no axis %d", axis)
		}
	}
	if v.Particles != 0 && (v.Particles < protocol.FewestParticles || v.Particles > protocol.MostParticles) {
		return protocol.Refuse("bad-config", "particles is %d, not in %d..%d", v.Particles, protocol.FewestParticles, protocol.MostParticles)
	}
	s.changed |= change.Layers
	if v.Particles != s.stage.View.Particles {
		s.changed |= change.Cloud
	}
	if v.Acting != s.stage.View.Acting {
		s.changed |= change.Measure
		s.world.Release()
	}
	s.stage.View = v
	s.probe.Axes.Choose(s.probe.Shown(), v.AxisX, v.AxisY, s.world.Spec.ActDim)
	s.world.SetGhosts(v.Ghost)
	return nil
}

// addDots takes states that the worker probed.
func (s *Session) addDots(m protocol.Message, d protocol.DotsInfo) error {
	if d.ObsDim != s.world.Spec.ObsDim {
		return protocol.Refuse("protocol", "dots with %d observations; %s has %d", d.ObsDim, s.world.Spec.Title, s.world.Spec.ObsDim)
	}
	row := d.ObsDim + protocol.NumDot
	if len(m.Data) < 1 || d.Count < 0 || len(m.Data[0]) != 4*row*d.Count {
		return protocol.Refuse("protocol", "%d dots come as one array of %d numbers each", d.Count, row)
	}
	if known := d.StateDim > 0; d.StateDim < 0 || known != (len(m.Data) == 2) || known && len(m.Data[1]) != 8*d.StateDim*d.Count {
		return protocol.Refuse("protocol", "the states of %d dots come as one array of %d numbers each", d.Count, d.StateDim)
	}
	if s.stage.View.Acting && d.SourceStd != s.world.Info.SourceStd { // measured from other noise than is shown
		return nil
	}
	numbers := protocol.Float32s(m.Data[0])
	var states []float64
	if d.StateDim > 0 {
		states = protocol.Float64s(m.Data[1])
	}
	for i := range d.Count {
		r := numbers[i*row : (i+1)*row]
		dot := r[d.ObsDim:]
		s.addDot(r[:d.ObsDim], states[i*d.StateDim:(i+1)*d.StateDim], 0, analysis.Point{
			Variance: float64(dot[protocol.DotVariance]), Lower: float64(dot[protocol.DotLower]),
			Upper: float64(dot[protocol.DotUpper]), Shift: float64(dot[protocol.DotShift]),
		})
	}
	s.probing.quiet = workerQuiet
	return nil
}

// export writes a policy file in another format. What is shown is not touched.
func (s *Session) export(m protocol.Message, q protocol.ExportRequest) error {
	if len(m.Data) != 1 {
		return protocol.Refuse("protocol", "a policy comes as one array of bytes, not %d", len(m.Data))
	}
	p, err := checkpoint.ReadPolicy(m.Data[0])
	if err != nil {
		return protocol.Refuse("bad-file", "the policy cannot be exported: %w", err)
	}
	b, err := p.Export(q.Format, q.Steps)
	if err != nil {
		return protocol.Refuse("bad-config", "%w", err)
	}
	s.out.Post(protocol.New(protocol.Exported, m.ID, nil, b))
	return nil
}

// exportPanel answers with a panel as a picture, or with the numbers behind it.
func (s *Session) exportPanel(m protocol.Message, q protocol.PanelRequest) error {
	b, info, err := s.Save(q)
	if err != nil {
		return err
	}
	s.out.Post(protocol.New(protocol.PanelExported, m.ID, info, b))
	return nil
}

// heard reads the body of a message for use, which takes the message too.
func heard[T any](use func(*Session, protocol.Message, T) error) func(*Session, protocol.Message) error {
	return func(s *Session, m protocol.Message) error {
		var body T
		if err := m.Decode(&body); err != nil {
			return err
		}
		return use(s, m, body)
	}
}

// with is heard where the body says all.
func with[T any](use func(*Session, T) error) func(*Session, protocol.Message) error {
	return heard(func(s *Session, _ protocol.Message, body T) error { return use(s, body) })
}

// moved is with where the body that acts is meant.
func moved[T any](use func(*sim.World, T) error) func(*Session, protocol.Message) error {
	return with(func(s *Session, body T) error { return use(s.world, body) })
}

// describePause is the least time between two descriptions, s.
const describePause = 2

// speech is what the page was told in words.
type speech struct {
	silent float64 // s since then
	text   string
}

// describe tells the page in words what is seen, where that has changed.
func (s *Session) describe(dt float64) {
	s.said.silent += dt
	if s.said.silent < describePause || s.appearance.Resting {
		return
	}
	s.said.silent = 0
	if text := s.Describe(); text != s.said.text {
		s.said.text = text
		s.out.Post(protocol.New(protocol.Described, 0, protocol.Description{Text: text}))
	}
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
