package tabular

import (
	"encoding/json"
	"testing"
)

type referenceSteps struct {
	Steps []struct {
		Map       Map
		P, Inv, H []float64
		Cases     []struct {
			Pi, Q, New []float64
			Eta        float64
			Lambda     float64
			D, Dgreedy float64
		}
	}
}

// TestReferenceSteps holds maps, single steps and divergences against the folder's steps.
func TestReferenceSteps(t *testing.T) {
	for name, b := range documents(t, "steps") {
		t.Run(name, func(t *testing.T) { checkSteps(t, b) })
	}
}

func checkSteps(t *testing.T, b []byte) {
	var f referenceSteps
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	w, tol := worst{}, 1e-12
	for _, s := range f.Steps {
		h, err := s.Map.Potential()
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range s.P {
			w.compare(t, s.Map.Kind, "inv", h.Inv(p), s.Inv[i], tol)
		}
		for i, p := range append([]float64{0}, s.P...) {
			constant := h.Primitive(1) // H(1) = 0 there
			w.compare(t, s.Map.Kind, "H", h.Primitive(p)-constant, s.H[i], tol)
		}
		for _, c := range s.Cases {
			checkStep(t, h, s.Map.Kind, c.Pi, c.Q, c.Eta, c.New, [3]float64{c.Lambda, c.D, c.Dgreedy}, w)
		}
	}
	t.Log(w)
}

// checkStep compares one step; numbers are lambda, D(new, pi) and D(e_argmax Q, pi).
func checkStep(t *testing.T, h Potential, kind string, pi, q []float64, eta float64, want []float64, numbers [3]float64, w worst) {
	const tol = 1e-12
	y, p := make([]float64, len(pi)), append([]float64(nil), pi...)
	for a, v := range pi {
		if y[a] = h.Zero(); v > 0 {
			y[a] = h.Inv(v)
		}
	}
	old := append([]float64(nil), y...)
	greedy := GreedyDivergence(h, y, p, q)
	move := Step(h, y, p, q, eta)
	for a, v := range want {
		w.compare(t, kind, "new", p[a], v, tol)
		if p[a] > 0 {
			w.compare(t, kind, "lambda", y[a]-old[a]-eta*q[a], numbers[0], 10*tol) // the difference of large numbers
		}
	}
	w.compare(t, kind, "D", move, numbers[1], tol)
	w.compare(t, kind, "D greedy", greedy, numbers[2], tol)
}
