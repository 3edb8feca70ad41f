package show

import "math"

// Look is what can be seen, in numbers, for tests of the whole page.
type Look struct {
	Dots     int
	Selected int
	T        float64
	Paths    int // particles of the flow panel
	Steps    int // of their ways
	Mean     float64
	Std      float64 // of their first action coordinate
	Action   float64 // the taken one, first coordinate
}

// Look describes what is shown.
func (s *Session) Look() Look {
	k := Look{Dots: s.visited.dots.Len(), Selected: s.selected, T: s.t, Mean: math.NaN(), Std: math.NaN(), Action: math.NaN()}
	p := s.probe.shown
	if !p.ready {
		return k
	}
	k.Paths, k.Steps, k.Action = p.paths.N, p.steps, float64(p.action[0])
	sum, sq := 0.0, 0.0
	ends := p.paths.Ends()
	for i := 0; i < len(ends); i += p.paths.Dim {
		sum += float64(ends[i])
		sq += float64(ends[i]) * float64(ends[i])
	}
	n := float64(p.paths.N)
	k.Mean = sum / n
	k.Std = math.Sqrt(math.Max(0, sq/n-k.Mean*k.Mean))
	return k
}

// Dark tells which theme is shown.
func (s *Session) Dark() bool { return s.appearance.Dark }

// Thrifty implements view.Stage.
func (s *Session) Thrifty() bool { return s.appearance.Thrifty }
