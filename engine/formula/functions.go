package formula

import (
	"maps"
	"math"
	"slices"

	"onestep/engine/num"
)

// function is one of the functions, of numbers or of one list.
type function struct {
	least, most int
	takes       string
	of          func(args []func() float64) func() float64
	list        func(func() []float64) func() float64
}

func one(f func(x float64) float64) function {
	return function{1, 1, "a number", func(args []func() float64) func() float64 {
		x := args[0]
		return func() float64 { return f(x()) }
	}, nil}
}

func two(f func(x, y float64) float64) function {
	return function{2, 2, "two numbers", func(args []func() float64) func() float64 {
		x, y := args[0], args[1]
		return func() float64 { return f(x(), y()) }
	}, nil}
}

// several folds at least two numbers.
func several(f func(x, y float64) float64) function {
	return function{2, 16, "2 to 16 numbers", func(args []func() float64) func() float64 {
		all := args[0]
		for _, y := range args[1:] {
			x := all
			all = func() float64 { return f(x(), y()) }
		}
		return all
	}, nil}
}

var functions = map[string]function{
	"abs": one(math.Abs), "sqrt": one(math.Sqrt), "exp": one(num.Exp), "log": one(num.Log), "sin": one(num.Sin), "cos": one(num.Cos), "tanh": one(num.Tanh),
	"pow": two(num.Pow), "atan2": two(num.Atan2), "hypot": two(num.Hypot), "min": several(math.Min), "max": several(math.Max),
	"clip": {3, 3, "a number, the least and the largest", func(args []func() float64) func() float64 {
		x, lo, hi := args[0], args[1], args[2]
		return func() float64 { return math.Max(lo(), math.Min(hi(), x())) }
	}, nil},
	"tolerance": {4, 4, "a number, the least and the largest that count 1, and the distance from them at which a tenth is left", tolerance, nil},
	"norm":      {1, 1, "a list", nil, norm},
	"sum":       {1, 1, "a list", nil, sum},
	"mean": {1, 1, "a list", nil, func(list func() []float64) func() float64 {
		all := sum(list)
		return func() float64 { return all() / float64(len(list())) }
	}},
}

var functionNames = slices.Sorted(maps.Keys(functions))

// Functions lists the functions with what they take.
func Functions() [][2]string {
	var list [][2]string
	for _, name := range functionNames {
		list = append(list, [2]string{name, functions[name].takes})
	}
	return list
}

func norm(list func() []float64) func() float64 {
	return func() float64 {
		s := 0.0
		for _, x := range list() {
			s += float64(x * x)
		}
		return math.Sqrt(s)
	}
}

func sum(list func() []float64) func() float64 {
	return func() float64 {
		s := 0.0
		for _, x := range list() {
			s += x
		}
		return s
	}
}

// tolerance is 1 between lo and hi and falls as a Gaussian, to 0.1 at the margin: that of the DeepMind Control suite.
func tolerance(args []func() float64) func() float64 {
	x, lo, hi, margin := args[0], args[1], args[2], args[3]
	return func() float64 {
		d := math.Max(lo()-x(), x()-hi())
		if d <= 0 {
			return 1
		}
		d /= margin()
		return num.Exp(-math.Ln10 * float64(d*d))
	}
}
