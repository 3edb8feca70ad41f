package foreign

import (
	"errors"
	"fmt"
	"math"

	"onestep/engine/num"
)

// unary are the operators of one number.
var unary = map[string]func(x float64) float64{
	"Relu":     func(x float64) float64 { return max(x, 0) },
	"Tanh":     num.Tanh,
	"Sigmoid":  func(x float64) float64 { return 1 / (1 + num.Exp(-x)) },
	"Softplus": func(x float64) float64 { return max(x, 0) + num.Log1p(num.Exp(-math.Abs(x))) },
	"Softsign": func(x float64) float64 { return x / (1 + math.Abs(x)) },
	"Exp":      num.Exp,
	"Sqrt":     math.Sqrt,
	"Neg":      func(x float64) float64 { return -x },
	"Abs":      math.Abs,
	"Mish":     func(x float64) float64 { return x * num.Tanh(max(x, 0)+num.Log1p(num.Exp(-math.Abs(x)))) },
}

// pairwise are the operators of two numbers.
var pairwise = map[string]func(a, b float32) float32{
	"Add": func(a, b float32) float32 { return a + b },
	"Sub": func(a, b float32) float32 { return a - b },
	"Mul": func(a, b float32) float32 { return float32(a * b) },
	"Div": func(a, b float32) float32 { return a / b },
	"Min": func(a, b float32) float32 { return min(a, b) },
	"Max": func(a, b float32) float32 { return max(a, b) },
}

// operator appends a node's step and returns its value. A value of constants is computed once, now.
func (c *compiler) operator(n *node, args []*row) (*row, error) {
	if f, ok := unary[n.op]; ok {
		return c.each(n, args, f)
	}
	if f, ok := pairwise[n.op]; ok {
		return c.broadcast(args, f)
	}
	switch n.op {
	case "Gemm":
		return c.gemm(n, args)
	case "MatMul":
		if err := given(args, 2, 2); err != nil {
			return nil, err
		}
		return c.product(args[0], args[1], nil, false, 1, 1)
	case "Elu", "LeakyRelu", "Selu", "HardSigmoid":
		return c.each(n, args, scaled(n))
	case "Clip":
		return c.clip(n, args)
	case "Concat":
		return c.concat(n, args)
	case "Constant":
		if n.tensor == nil {
			return nil, errors.New("it has no value of a kind that is read")
		}
		return n.tensor.row(), nil
	case "Transpose":
		return transpose(n, args)
	case "Identity", "Cast", "Dropout", "Flatten", "Reshape", "Squeeze", "Unsqueeze":
		return same(n, args)
	case "LSTM", "GRU", "RNN":
		return nil, errors.New("recurrent policies carry a state from step to step, which is not carried here")
	case "ArgMax", "Softmax", "LogSoftmax":
		return nil, errors.New("it chooses among discrete actions, and the tasks here act by numbers")
	}
	return nil, errors.New("the operator is not one of a plain network")
}

// given refuses other than low to high arguments that are there.
func given(args []*row, low, high int) error {
	if len(args) < low || len(args) > high {
		return fmt.Errorf("%d inputs", len(args))
	}
	for _, a := range args[:low] {
		if a == nil || len(a.x) == 0 {
			return errors.New("an input is missing or no numbers")
		}
	}
	return nil
}

// result is room for a node's value, and step its computation.
func (c *compiler) result(width int, fixed bool, step func(dst []float32)) *row {
	v := &row{x: make([]float32, width), fixed: fixed, rows: 1}
	if fixed {
		step(v.x)
	} else {
		c.steps = append(c.steps, func() { step(v.x) })
	}
	return v
}

func (c *compiler) each(n *node, args []*row, f func(float64) float64) (*row, error) {
	if err := given(args, 1, 1); err != nil {
		return nil, err
	}
	a := args[0]
	c.work += len(a.x)
	v := c.result(len(a.x), a.fixed, func(dst []float32) {
		for i, x := range a.x {
			dst[i] = float32(f(float64(x)))
		}
	})
	v.rows = a.rows
	return v, nil
}

// scaled are the activations with numbers of their own.
func scaled(n *node) func(float64) float64 {
	number := func(name string, standard float32) float64 {
		if x, ok := n.floats[name]; ok {
			return float64(x)
		}
		return float64(standard)
	}
	switch n.op {
	case "Elu":
		alpha := number("alpha", 1)
		return func(x float64) float64 {
			if x >= 0 {
				return x
			}
			return alpha * num.Expm1(x)
		}
	case "LeakyRelu":
		alpha := number("alpha", 0.01)
		return func(x float64) float64 {
			if x >= 0 {
				return x
			}
			return alpha * x
		}
	case "Selu":
		alpha, gamma := number("alpha", 1.6732632), number("gamma", 1.0507010)
		return func(x float64) float64 {
			if x > 0 {
				return gamma * x
			}
			return gamma * alpha * num.Expm1(x)
		}
	}
	alpha, beta := number("alpha", 0.2), number("beta", 0.5)
	return func(x float64) float64 { return max(0, min(1, float64(alpha*x)+beta)) }
}

// broadcast applies f to two rows of one width, of which either may be a single number.
func (c *compiler) broadcast(args []*row, f func(a, b float32) float32) (*row, error) {
	if err := given(args, 2, 2); err != nil {
		return nil, err
	}
	a, b := args[0], args[1]
	width := max(len(a.x), len(b.x))
	if a.rows != 1 || b.rows != 1 || len(a.x) != width && len(a.x) != 1 || len(b.x) != width && len(b.x) != 1 {
		return nil, fmt.Errorf("rows of %d and %d numbers", len(a.x), len(b.x))
	}
	c.work += width
	da, db := 1, 1
	if len(a.x) == 1 {
		da = 0
	}
	if len(b.x) == 1 {
		db = 0
	}
	return c.result(width, a.fixed && b.fixed, func(dst []float32) {
		for i := range dst {
			dst[i] = f(a.x[i*da], b.x[i*db])
		}
	}), nil
}

// gemm is alpha x W + beta b, with W [in, out], or [out, in] with transB.
func (c *compiler) gemm(n *node, args []*row) (*row, error) {
	if err := given(args, 2, 3); err != nil {
		return nil, err
	}
	if t := n.ints["transA"]; len(t) > 0 && t[0] != 0 {
		return nil, errors.New("transA: its first factor is turned")
	}
	alpha, beta := float32(1), float32(1)
	if x, ok := n.floats["alpha"]; ok {
		alpha = x
	}
	if x, ok := n.floats["beta"]; ok {
		beta = x
	}
	var bias *row
	if len(args) == 3 {
		bias = args[2]
	}
	t := n.ints["transB"]
	return c.product(args[0], args[1], bias, len(t) > 0 && t[0] != 0, alpha, beta)
}

// product is alpha x W + beta bias of a row x and a constant matrix.
func (c *compiler) product(x, w, bias *row, turned bool, alpha, beta float32) (*row, error) {
	in, out := w.rows, len(w.x)/max(w.rows, 1)
	if turned {
		in, out = out, in
	}
	switch {
	case !w.fixed:
		return nil, errors.New("its second factor is no constant")
	case x.rows != 1 || len(x.x) != in:
		return nil, fmt.Errorf("a row of %d numbers against %d rows of weights", len(x.x), in)
	case bias != nil && len(bias.x) != out && len(bias.x) != 1:
		return nil, fmt.Errorf("a bias of %d numbers for %d", len(bias.x), out)
	case out > MaxWidth:
		return nil, fmt.Errorf("%d numbers, more than %d", out, MaxWidth)
	}
	c.work += in * out
	rowStep, colStep := out, 1
	if turned {
		rowStep, colStep = 1, in
	}
	return c.result(out, x.fixed && (bias == nil || bias.fixed), func(dst []float32) {
		for j := range dst {
			var sum float32
			at := j * colStep
			for _, v := range x.x {
				sum += float32(v * w.x[at])
				at += rowStep
			}
			sum = float32(alpha * sum)
			if bias != nil {
				sum += float32(beta * bias.x[j%len(bias.x)])
			}
			dst[j] = sum
		}
	}), nil
}

// clip takes its bounds from inputs, or before operator set 11 from attributes.
func (c *compiler) clip(n *node, args []*row) (*row, error) {
	if err := given(args, 1, 3); err != nil {
		return nil, err
	}
	low, high := float32(-math.MaxFloat32), float32(math.MaxFloat32)
	if x, ok := n.floats["min"]; ok {
		low = x
	}
	if x, ok := n.floats["max"]; ok {
		high = x
	}
	for i, bound := range []*float32{&low, &high} {
		if len(args) <= i+1 || args[i+1] == nil {
			continue
		}
		if a := args[i+1]; !a.fixed || len(a.x) != 1 {
			return nil, errors.New("its bounds are not single constants")
		}
		*bound = args[i+1].x[0]
	}
	a := args[0]
	c.work += len(a.x)
	return c.result(len(a.x), a.fixed, func(dst []float32) {
		for i, x := range a.x {
			dst[i] = min(max(x, low), high)
		}
	}), nil
}

// concat joins rows along their numbers.
func (c *compiler) concat(n *node, args []*row) (*row, error) {
	width, fixed := 0, true
	for _, a := range args {
		if a == nil || a.rows != 1 {
			return nil, errors.New("an input is missing or no row")
		}
		width += len(a.x)
		fixed = fixed && a.fixed
	}
	if axis := n.ints["axis"]; len(axis) == 0 || axis[0] == 0 {
		return nil, errors.New("it joins along the batch (axis 0)")
	}
	if width == 0 || width > MaxWidth {
		return nil, fmt.Errorf("%d numbers", width)
	}
	c.work += width
	return c.result(width, fixed, func(dst []float32) {
		for _, a := range args {
			dst = dst[copy(dst, a.x):]
		}
	}), nil
}

// transpose turns a constant matrix.
func transpose(n *node, args []*row) (*row, error) {
	if err := given(args, 1, 1); err != nil {
		return nil, err
	}
	a := args[0]
	if p, ok := n.ints["perm"]; !a.fixed || ok && (len(p) != 2 || p[0] != 1 || p[1] != 0) {
		return nil, errors.New("it turns what is no constant matrix")
	}
	cols := len(a.x) / a.rows
	v := &row{x: make([]float32, len(a.x)), fixed: true, rows: cols}
	for i := range a.rows {
		for j := range cols {
			v.x[j*a.rows+i] = a.x[i*cols+j]
		}
	}
	return v, nil
}

// same are operators that leave a row's numbers and their order as they are.
func same(n *node, args []*row) (*row, error) {
	if len(args) == 0 || args[0] == nil {
		return nil, errors.New("an input is missing")
	}
	a := args[0]
	if n.op == "Cast" {
		if to := n.ints["to"]; len(to) == 0 || to[0] != kindFloat && to[0] != kindDouble || len(a.x) == 0 {
			return nil, errors.New("it makes other numbers than float32 of its input")
		}
	}
	if n.op == "Reshape" {
		if len(args) < 2 || args[1] == nil || len(args[1].ints) == 0 {
			return nil, errors.New("its shape is no constant")
		}
		s := args[1].ints
		if last := s[len(s)-1]; last != -1 && last != int64(len(a.x)) && !(last == 0 && len(s) > 1) {
			return nil, fmt.Errorf("it makes rows of %d of a row of %d numbers", last, len(a.x))
		}
	}
	return a, nil
}
