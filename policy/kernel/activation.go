package kernel

// Activation names a hidden layer's function.
type Activation int

// The functions, with n = e^x (e^x + 2) and s = 1/(1 + e^-x):
//
//	Mish  x tanh(log(1 + e^x)) = x n/(n+2)    (D. Misra, BMVC 2020)
//	SiLU  x s                                 (S. Elfwing et al., Neural Networks 107, 2018)
const (
	Mish Activation = iota
	SiLU
)

// String returns the name that files carry.
func (a Activation) String() string {
	switch a {
	case Mish:
		return "mish"
	case SiLU:
		return "silu"
	}
	return "unknown activation"
}

// mishMax is where n/(n+2) has long been 1 in float64; e^(2 mishMax) is finite in float32.
const mishMax = 20

// mish returns the value.
func mish[T Float](x T) T {
	e := exp(clamp(x, expMin, mishMax))
	n := T(e * (e + 2))
	inv := 1 / (n + 2)
	return x * T(n*inv)
}

// mishD returns the value and the derivative
//
//	n/(n+2) + 4 x e (1+e)/(n+2)^2,  e = e^x.
func mishD[T Float](x T) (y, d T) {
	e := exp(clamp(x, expMin, mishMax))
	n := T(e * (e + 2))
	inv := 1 / (n + 2)
	g := T(n * inv)
	h := T(T(e*(e+1))*inv) * inv
	return x * g, T(T(4*x)*h) + g
}

// silu returns the value.
func silu[T Float](x T) T {
	s := 1 / (exp(clamp(-x, expMin, -expMin)) + 1)
	return x * s
}

// siluD returns the value and the derivative s + x s (1 - s).
func siluD[T Float](x T) (y, d T) {
	s := 1 / (exp(clamp(-x, expMin, -expMin)) + 1)
	y = x * s
	return y, T(y*(1-s)) + s
}

// Activate writes dst = f(z). dst may be z.
func Activate[T Float](f Activation, dst, z []T) {
	mustMatch(len(dst), len(z))
	done := activateWhole(f, dst, z)
	dst, z = dst[done:], z[done:]
	switch f {
	case Mish:
		for i, x := range z {
			dst[i] = mish(x)
		}
	case SiLU:
		for i, x := range z {
			dst[i] = silu(x)
		}
	default:
		panic("kernel: " + f.String())
	}
}

// ActivateJVP writes dst = f(z) and dTan = f'(z) zTan. dst may be z, dTan may be zTan.
func ActivateJVP[T Float](f Activation, dst, dTan, z, zTan []T) {
	mustMatch(len(dst), len(z))
	mustMatch(len(dTan), len(z))
	mustMatch(len(zTan), len(z))
	done := activateJVPWhole(f, dst, dTan, z, zTan)
	dst, dTan, z, zTan = dst[done:], dTan[done:], z[done:], zTan[done:]
	switch f {
	case Mish:
		for i, x := range z {
			y, d := mishD(x)
			dst[i], dTan[i] = y, d*zTan[i]
		}
	case SiLU:
		for i, x := range z {
			y, d := siluD(x)
			dst[i], dTan[i] = y, d*zTan[i]
		}
	default:
		panic("kernel: " + f.String())
	}
}

// ActivateVJP writes dZ = f'(z) dOut. dZ may be dOut.
func ActivateVJP[T Float](f Activation, dZ, dOut, z []T) {
	mustMatch(len(dZ), len(z))
	mustMatch(len(dOut), len(z))
	done := activateVJPWhole(f, dZ, dOut, z)
	dZ, dOut, z = dZ[done:], dOut[done:], z[done:]
	switch f {
	case Mish:
		for i, x := range z {
			_, d := mishD(x)
			dZ[i] = d * dOut[i]
		}
	case SiLU:
		for i, x := range z {
			_, d := siluD(x)
			dZ[i] = d * dOut[i]
		}
	default:
		panic("kernel: " + f.String())
	}
}
