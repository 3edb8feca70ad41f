package nn

import (
	"fmt"
	"slices"

	"onestep/policy/kernel"
)

// Float is the element type: float32 to train and act, float64 to check derivatives.
type Float = kernel.Float

// Activation is the hidden layers' function; the time embeddings always use Mish.
type Activation = kernel.Activation

// The activations, see package kernel.
const (
	Mish = kernel.Mish
	SiLU = kernel.SiLU
)

const (
	timeFrequencies = 8
	timeFeatures    = 2 * timeFrequencies
	timeHidden      = 32
	timeEmbedding   = 16
)

// Config is what never changes about a network.
type Config struct {
	CondDim    int   // of the conditioning c, the state
	XDim       int   // of x, the noise or the action
	NumTimes   int   // how many times t_i the network takes, each with its own embedding
	OutDim     int   // of the output y
	Hidden     []int // widths of the hidden layers
	Activation Activation
}

// Validate returns what is wrong with a configuration that came from outside the program.
func (c Config) Validate() error {
	const limit = 1 << 12
	switch {
	case c.CondDim < 0 || c.XDim < 0 || c.CondDim+c.XDim < 1 || c.CondDim > limit || c.XDim > limit:
		return fmt.Errorf("nn: input dimensions %d and %d", c.CondDim, c.XDim)
	case c.NumTimes < 0 || c.NumTimes > 8:
		return fmt.Errorf("nn: %d times", c.NumTimes)
	case c.OutDim < 1 || c.OutDim > limit:
		return fmt.Errorf("nn: output dimension %d", c.OutDim)
	case len(c.Hidden) < 1 || len(c.Hidden) > 16:
		return fmt.Errorf("nn: %d hidden layers", len(c.Hidden))
	case c.Activation != Mish && c.Activation != SiLU:
		return fmt.Errorf("nn: activation %d", int(c.Activation))
	}
	for _, width := range c.Hidden {
		if width < 1 || width > limit {
			return fmt.Errorf("nn: a hidden layer of width %d", width)
		}
	}
	return nil
}

// Tensor names a part of the flat parameter vector: Size() elements from Offset, row-major.
type Tensor struct {
	Name   string
	Shape  []int
	Offset int
}

// Size returns the number of elements.
func (t Tensor) Size() int {
	n := 1
	for _, d := range t.Shape {
		n *= d
	}
	return n
}

// Net is a network's configuration and layout; it holds no parameters and may be shared.
type Net[T Float] struct {
	config  Config
	tensors []Tensor
	size    int
	times   []linear // two for each time: in, out
	layers  []linear // the hidden layers and the output

	frequency [timeFeatures]T // rounded to T
}

// linear is where a layer y = x W + b lies in the parameter vector: W [in, out] at weight, b [out] at bias.
type linear struct{ in, out, weight, bias int }

// New lays a network out. It panics where Config.Validate finds a fault.
func New[T Float](config Config) *Net[T] {
	if err := config.Validate(); err != nil {
		panic(err.Error())
	}
	config.Hidden = slices.Clone(config.Hidden)
	n := &Net[T]{config: config}
	for j, f := range frequency {
		n.frequency[j] = T(f)
	}
	for i := range config.NumTimes {
		n.times = append(n.times,
			n.addLinear(fmt.Sprintf("time%d.in", i), timeFeatures, timeHidden),
			n.addLinear(fmt.Sprintf("time%d.out", i), timeHidden, timeEmbedding))
	}
	in := config.CondDim + config.XDim + config.NumTimes*timeEmbedding
	for i, width := range append(slices.Clone(config.Hidden), config.OutDim) {
		n.layers = append(n.layers, n.addLinear(fmt.Sprintf("layer%d", i), in, width))
		in = width
	}
	return n
}

func (n *Net[T]) addLinear(name string, in, out int) linear {
	l := linear{in: in, out: out, weight: n.size, bias: n.size + in*out}
	n.tensors = append(n.tensors,
		Tensor{Name: name + ".weight", Shape: []int{in, out}, Offset: l.weight},
		Tensor{Name: name + ".bias", Shape: []int{out}, Offset: l.bias})
	n.size += in*out + out
	return l
}

// Config returns the configuration; the caller does not change its slices.
func (n *Net[T]) Config() Config { return n.config }

// NumParams returns the length of the parameter vector.
func (n *Net[T]) NumParams() int { return n.size }

// Tensors returns the named parts of the parameter vector in order, "layer0.weight" [fan_in, fan_out] and so on.
// Rows of layer0.weight: c, x, e_1, ..., e_n. The caller does not change them.
func (n *Net[T]) Tensors() []Tensor { return n.tensors }

// weights returns a layer's W [in, out] within params, or dL/dW within a gradient.
func weights[T Float](l linear, params []T) kernel.Mat[T] {
	return kernel.Matrix(params[l.weight:], l.in, l.out)
}

// bias returns a layer's b [1, out] within params, or dL/db within a gradient.
func bias[T Float](l linear, params []T) kernel.Mat[T] {
	return kernel.Matrix(params[l.bias:], 1, l.out)
}

// inputBlocks returns the rows of the first layer's weights, or of their gradient, that belong to c and x.
func (n *Net[T]) inputBlocks(params []T) (wc, wx kernel.Mat[T]) {
	w := weights(n.layers[0], params)
	c, x := n.config.CondDim, n.config.XDim
	return w.SubRows(0, c), w.SubRows(c, c+x)
}

// timeBlock returns the rows of the first layer's weights, or of their gradient, that belong to time i.
func (n *Net[T]) timeBlock(params []T, i int) kernel.Mat[T] {
	from := n.config.CondDim + n.config.XDim + i*timeEmbedding
	return weights(n.layers[0], params).SubRows(from, from+timeEmbedding)
}
