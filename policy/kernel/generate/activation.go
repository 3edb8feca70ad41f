package main

import (
	"bytes"
	"regexp"
	"strings"
)

// constants of exp.go and activation.go as vectors, in the order of their use.
var constants = []struct{ name, value string }{
	{"log2e", "math.Log2E"}, {"magic", "expMagic"}, {"ln2Hi", "expLn2Hi"}, {"ln2Lo", "expLn2Lo"},
	{"q4", "expQ4"}, {"q3", "expQ3"}, {"q2", "expQ2"}, {"q1", "expQ1"}, {"q0", "expQ0"},
	{"one", "1"}, {"two", "2"}, {"four", "4"},
}

// exponential is exp32: e = e^t for t within its bounds.
const exponential = `
	k := t.Mul(log2e).Add(magic)
	n := k.Sub(magic)
	r := t.Sub(n.Mul(ln2Hi))
	r = r.Sub(n.Mul(ln2Lo))
	q := q4.Mul(r).Add(q3)
	q = q.Mul(r).Add(q2)
	q = q.Mul(r).Add(q1)
	q = q.Mul(r).Add(q0)
	q = q.Mul(r.Mul(r)).Add(r).Add(one)
	e := q.ToBits().Add(k.ToBits().ShiftAllLeft(expBitsPos)).BitsToFloat32()
`

// clamped bounds x by integer comparisons of its bits: positive numbers are ordered like signed integers, negative
// ones backwards like unsigned ones. NaN becomes a bound and comes back where x itself is a factor.
const clamped = `
	t := x.ToBits().BitsToInt32().Min(most).ToBits().Min(least).BitsToFloat32()
`

const (
	mishValue = clamped + exponential + `
	m := e.Add(two).Mul(e)
	inv := one.Div(m.Add(two))
	g := m.Mul(inv)
`
	mishSlope = mishValue + `
	h := e.Add(one).Mul(e).Mul(inv).Mul(inv)
	d := four.Mul(x).Mul(h).Add(g)
`
	siluValue = clamped + `
	t = t.ToBits().Xor(sign).BitsToFloat32()
` + exponential + `
	s := one.Div(e.Add(one))
	y := x.Mul(s)
`
	siluSlope = siluValue + `
	d := one.Sub(s).Mul(y).Add(s)
`
)

// loop is one function over n elements of some slices, the i-th vector of which are loaded, used and stored by body.
type loop struct {
	name, comment, args, body string
	least, most               string
}

var loops = []loop{
	{"expVector", "dst = e^x", "dst, z", clamped + exponential + "e.IfElse(x.Equal(x), x).Store(floats(dst, i))", "expMin", "expMax"},
	{"mishVector", "dst = mish(z)", "dst, z", mishValue + "x.Mul(g).Store(floats(dst, i))", "expMin", "mishMax"},
	{"mishJVPVector", "dst = mish(z), dTan = mish'(z) zTan", "dst, dTan, z, zTan",
		mishSlope + "d = d.Mul(simd.LoadFloat32s(floats(zTan, i)))\nx.Mul(g).Store(floats(dst, i))\nd.Store(floats(dTan, i))", "expMin", "mishMax"},
	{"mishVJPVector", "dZ = mish'(z) dOut", "dZ, dOut, z",
		mishSlope + "d.Mul(simd.LoadFloat32s(floats(dOut, i))).Store(floats(dZ, i))", "expMin", "mishMax"},
	{"siluVector", "dst = silu(z)", "dst, z", siluValue + "y.Store(floats(dst, i))", "expMin", "-expMin"},
	{"siluJVPVector", "dst = silu(z), dTan = silu'(z) zTan", "dst, dTan, z, zTan",
		siluSlope + "d = d.Mul(simd.LoadFloat32s(floats(zTan, i)))\ny.Store(floats(dst, i))\nd.Store(floats(dTan, i))", "expMin", "-expMin"},
	{"siluVJPVector", "dZ = silu'(z) dOut", "dZ, dOut, z",
		siluSlope + "d.Mul(simd.LoadFloat32s(floats(dOut, i))).Store(floats(dZ, i))", "expMin", "-expMin"},
}

func activations(w *bytes.Buffer) {
	w.WriteString("import (\n\"math\"\n\"simd\"\n\"unsafe\"\n)\n\n")
	for _, l := range loops {
		l.write(w)
	}
}

// write writes the loop with the constants that it needs loaded before it.
func (l loop) write(w *bytes.Buffer) {
	w.WriteString(f("// %s computes %s for n elements, a multiple of the lanes.\n//\n//go:nocheckptr\n", l.name, l.comment))
	w.WriteString(f("func %s(%s unsafe.Pointer, n int) {\n", l.name, l.args))
	for _, c := range constants {
		if strings.Contains(l.body, c.name) {
			w.WriteString(f("%s := simd.BroadcastFloat32s(%s)\n", c.name, c.value))
		}
	}
	w.WriteString(f("least := simd.BroadcastUint32s(math.Float32bits(%s))\n", l.least))
	w.WriteString(f("most := simd.BroadcastInt32s(int32(math.Float32bits(%s)))\n", l.most))
	if strings.Contains(l.body, "sign") {
		w.WriteString("sign := simd.BroadcastUint32s(1 << 31)\n")
	}
	w.WriteString("v := one.Len() * floatSize\ni := 0\n")
	body := "x := *(*simd.Float32s)(address(z, i))\n" + strings.TrimSpace(l.body)
	for _, wide := range []int{abreast, 1} {
		w.WriteString(f("for ; i+%d*v <= n*floatSize; i += %d*v {\n%s}\n", wide, wide, side(body, wide)))
	}
	w.WriteString("}\n\n")
}

// abreast is how many vectors one turn of a loop computes. Each step of the exponential waits for the one before it, and a
// processor looks ahead over two or three vectors only if they come one after the other: side by side, eight take 0.65 of
// the time. The compiler orders a block by where its code stands (see simd.go), so x is read by the loop itself rather than by
// a function of package simd, or every vector would be read, and then computed, after the one before it.
const abreast = 8

// local finds the variables of a body, and the offset, which differ from vector to vector.
var local = regexp.MustCompile(`\b(x|t|k|n|r|q|e|m|inv|g|h|d|s|y|i)\b`)

// side repeats every statement of a body for so many vectors beside each other.
func side(body string, wide int) string {
	var b strings.Builder
	for _, line := range strings.Split(body, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		for c := range wide {
			b.WriteString(local.ReplaceAllStringFunc(line, func(name string) string {
				if name == "i" {
					return f("i+%d*v", c)
				}
				return f("%s%c", name, 'A'+c)
			}) + "\n")
		}
	}
	return b.String()
}
