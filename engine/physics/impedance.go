package physics

import (
	"math"

	"onestep/engine/num"
)

// minVal is the smallest divisor and regularisation that MuJoCo allows.
const minVal = 1e-15

// solConst is a soft constraint made ready: aref = -b (J v) - k d r with the impedance d(r).
//
//	x = |r|/width;  x >= 1: d = dw;  x <= mid: y = x^p/mid^(p-1);  else y = 1 - (1-x)^p/(1-mid)^(p-1)
//	d = d0 + y (dw - d0);  k = 1/(dw^2 t^2 z^2);  b = 2/(dw t)
//
// for solref (t, z) and solimp (d0, dw, width, mid, p). MuJoCo documentation, Modeling, solver parameters.
type solConst struct {
	k, b         float64
	d0, dw       float64
	width        float64
	mid, power   float64
	lower, upper float64 // 1/mid^(p-1), 1/(1-mid)^(p-1)
}

func newSol(solref [2]float64, solimp [5]float64, timestep float64) solConst {
	clamp := func(x float64) float64 { return math.Min(math.Max(x, 1e-4), 0.9999) }
	s := solConst{
		d0: clamp(solimp[0]), dw: clamp(solimp[1]), width: math.Max(0, solimp[2]),
		mid: clamp(solimp[3]), power: math.Max(1, solimp[4]),
	}
	if s.d0 == s.dw || s.width <= minVal {
		s.d0, s.width = 0.5*(s.d0+s.dw), 0
		// MuJoCo keeps dw in K and B and uses the mean as the impedance.
	}
	s.lower = 1 / power(s.mid, s.power-1)
	s.upper = 1 / power(1-s.mid, s.power-1)
	if solref[0] > 0 {
		t := math.Max(solref[0], 2*timestep)
		s.k = 1 / math.Max(minVal, s.dw*s.dw*t*t*solref[1]*solref[1])
		s.b = 2 / math.Max(minVal, s.dw*t)
	} else { // direct: -stiffness, -damping
		s.k = -solref[0] / math.Max(minVal, s.dw*s.dw)
		s.b = -solref[1] / math.Max(minVal, s.dw)
	}
	return s
}

// impedance returns d(r).
func (s *solConst) impedance(r float64) float64 {
	if s.width == 0 {
		return s.d0
	}
	x := math.Abs(r) / s.width
	if x >= 1 {
		return s.dw
	}
	y := x
	switch {
	case s.power == 1:
	case s.power == 2 && x <= s.mid:
		y = s.lower * x * x
	case s.power == 2:
		y = 1 - float64(s.upper*(1-x)*(1-x))
	case x <= s.mid:
		y = s.lower * power(x, s.power)
	default:
		y = 1 - float64(s.upper*power(1-x, s.power))
	}
	return s.d0 + float64(y*(s.dw-s.d0))
}

// power is x^p for x >= 0.
func power(x, p float64) float64 {
	switch p {
	case 0:
		return 1
	case 1:
		return x
	case 2:
		return x * x
	}
	return num.Pow(x, p)
}
