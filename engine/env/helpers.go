package env

import (
	"fmt"
	"math"
)

func clip(x, lo, hi float64) float64 {
	switch {
	case x < lo:
		return lo
	case x > hi:
		return hi
	}
	return x
}

func flag(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// finite reports the first entry of x that is not a number.
func finite(x []float64) error {
	for i, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("entry %d of the state is %g", i, v)
		}
	}
	return nil
}
