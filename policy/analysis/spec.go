package analysis

import (
	"fmt"
	"math"
)

// Spec says which target is meant, in plain numbers that come from outside: a command line or a message.
type Spec struct {
	Target string // one of TargetNames

	Mean, Std float64   // gaussian; of the shapes Std is the thickness
	Modes     []Mode    // mixture
	Points    []float64 // drawn, [n*2]

	Lambda     float64 // mirror: the temperature
	Step       int     // mirror: k
	Wells      float64 // mirror: the wells stand at +-Wells
	Difference float64 // mirror: by how much their values differ
}

// Mode is a component of a mixture on the line.
type Mode struct{ Weight, Mean, Std float64 }

// TargetNames are the targets that Spec.Make knows.
var TargetNames = []string{"gaussian", "mixture", "mirror", "ring", "moons", "eight", "drawn"}

// Ranges of the numbers of a Spec, and of a source's standard deviation.
const (
	MinStd, MaxStd       = 0.01, 10
	MaxMean              = 10
	MaxModes             = 16
	MaxPoints            = 96
	MinLambda, MaxLambda = 0.05, 100
	MaxMirrorStep        = 200
	MinWells, MaxWells   = 0.5, 3
	MaxDifference        = 1
	minWidth             = 0.005 // of a well, which bounds the nodes of its quadrature
)

// Make builds the target, or says which number lies outside which range.
func (s Spec) Make() (Target, error) {
	switch s.Target {
	case "gaussian":
		if err := firstError(within("mean", s.Mean, -MaxMean, MaxMean), within("s", s.Std, MinStd, MaxStd)); err != nil {
			return nil, err
		}
		return Gaussian(s.Mean, s.Std), nil
	case "mixture":
		return s.mixture()
	case "mirror":
		return s.mirror()
	case "ring", "moons", "eight", "drawn":
		return s.shape()
	}
	return nil, fmt.Errorf("no target is named %q; there are %v", s.Target, TargetNames)
}

func (s Spec) mixture() (Target, error) {
	if len(s.Modes) < 1 || len(s.Modes) > MaxModes {
		return nil, fmt.Errorf("a mixture has 1 to %d modes, not %d", MaxModes, len(s.Modes))
	}
	var weight, mean, std []float64
	for i, m := range s.Modes {
		err := firstError(
			within(fmt.Sprintf("weight of mode %d", i+1), m.Weight, 1e-6, 1e6),
			within(fmt.Sprintf("mean of mode %d", i+1), m.Mean, -MaxMean, MaxMean),
			within(fmt.Sprintf("std of mode %d", i+1), m.Std, MinStd, MaxStd))
		if err != nil {
			return nil, err
		}
		weight, mean, std = append(weight, m.Weight), append(mean, m.Mean), append(std, m.Std)
	}
	return NewMixture(1, weight, mean, std), nil
}

func (s Spec) mirror() (Target, error) {
	err := firstError(
		within("lambda", s.Lambda, MinLambda, MaxLambda), within("steps", float64(s.Step), 0, MaxMirrorStep),
		within("wells", s.Wells, MinWells, MaxWells), within("difference of the wells", s.Difference, -MaxDifference, MaxDifference))
	if err != nil {
		return nil, err
	}
	if width := 1 / math.Sqrt(1+8*float64(s.Step)/(s.Lambda*s.Wells*s.Wells)); width < minWidth {
		return nil, fmt.Errorf("steps/lambda makes wells of width %.2g; they are followed down to %g", width, minWidth)
	}
	return NewMirror(s.Wells, s.Difference, s.Lambda, s.Step), nil
}

func (s Spec) shape() (Target, error) {
	if err := within("s", s.Std, MinStd, MaxStd); err != nil {
		return nil, err
	}
	switch s.Target {
	case "ring":
		return Ring(s.Std), nil
	case "moons":
		return Moons(s.Std), nil
	case "eight":
		return EightGaussians(s.Std), nil
	}
	if n := len(s.Points); n < 2 || n%2 != 0 || n > 2*MaxPoints {
		return nil, fmt.Errorf("a drawing has 1 to %d points of two numbers each, not %d numbers", MaxPoints, n)
	}
	for _, x := range s.Points {
		if err := within("a drawn coordinate", x, -MaxMean, MaxMean); err != nil {
			return nil, err
		}
	}
	return Drawn(s.Points, s.Std), nil
}

func within(name string, x, low, high float64) error {
	if x >= low && x <= high {
		return nil
	}
	return fmt.Errorf("%s must lie in %g..%g, not %g", name, low, high, x)
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
