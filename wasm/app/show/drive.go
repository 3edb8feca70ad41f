package show

import (
	"math"

	"onestep/wasm/protocol"
)

// Who moves the joints, protocol.Drive.Mode.
const (
	drivePolicy = "policy"
	driveZero   = "zero"
	driveNoise  = "noise"
	driveHand   = "hand"
)

// policyActs tells whether the policy's actions move the body.
func (s *Session) policyActs() bool { return s.policy != nil && s.drive.Mode == drivePolicy }

// setDrive changes who moves the joints, from this very state on.
func (s *Session) setDrive(v protocol.Drive) error {
	switch v.Mode {
	case drivePolicy, driveZero, driveNoise, driveHand:
	default:
		return refuse("bad-config", "the drive is %q, not policy, zero, noise or hand", v.Mode)
	}
	if len(v.Values) > s.spec.ActDim {
		return refuse("bad-config", "%d values for the %d actions of %s", len(v.Values), s.spec.ActDim, s.spec.Title)
	}
	for i, x := range v.Values {
		if !(math.Abs(x) <= 1) {
			return refuse("bad-config", "value %d is %v, not in -1..1", i, x)
		}
	}
	changed := v.Mode != s.drive.Mode
	s.drive = v
	if v.Mode != drivePolicy {
		s.episode.broken = true
	}
	s.decide(changed)
	if changed {
		s.trouble = 0
		s.startGhost()
		s.relabel()
	}
	return nil
}

// override replaces the policy's action where somebody else drives.
func (s *Session) override(fresh bool) {
	a := s.decision.action
	switch s.drive.Mode {
	case driveZero:
		clear(a)
	case driveNoise:
		if fresh {
			for i := range a {
				a[i] = 2*s.random.Float64() - 1
			}
		} else if s.policy != nil {
			copy(a, s.decision.random)
		}
		copy(s.decision.random, a)
	case driveHand:
		clear(a)
		copy(a, s.drive.Values)
	}
	if s.drive.Mode != drivePolicy {
		s.episode.broken = s.episode.broken || s.policy != nil
	}
}

// driverName says who moves the joints, in words, for the body's panel.
func (s *Session) driverName() string {
	name := map[string]string{driveZero: "zero torque", driveNoise: "uniform noise", driveHand: "by hand"}[s.drive.Mode]
	if s.policy == nil && s.drive.Mode != driveHand {
		return "untrained: " + name
	}
	return name
}
