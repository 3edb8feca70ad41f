package modelfile

import (
	"math"
	"strings"

	"onestep/engine/num"
)

type vec3 [3]float64

func (a vec3) add(b vec3) vec3      { return vec3{a[0] + b[0], a[1] + b[1], a[2] + b[2]} }
func (a vec3) sub(b vec3) vec3      { return vec3{a[0] - b[0], a[1] - b[1], a[2] - b[2]} }
func (a vec3) scale(s float64) vec3 { return vec3{s * a[0], s * a[1], s * a[2]} }
func (a vec3) dot(b vec3) float64 {
	return float64(a[0]*b[0]) + float64(a[1]*b[1]) + float64(a[2]*b[2])
}
func (a vec3) norm() float64 { return math.Sqrt(a.dot(a)) }
func (a vec3) cross(b vec3) vec3 {
	return vec3{float64(a[1]*b[2]) - float64(a[2]*b[1]), float64(a[2]*b[0]) - float64(a[0]*b[2]), float64(a[0]*b[1]) - float64(a[1]*b[0])}
}

// mat3 is a 3x3 matrix, row-major.
type mat3 [3][3]float64

var identity = mat3{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}

func (m mat3) apply(v vec3) vec3 {
	return vec3{vec3(m[0]).dot(v), vec3(m[1]).dot(v), vec3(m[2]).dot(v)}
}

func (m mat3) column(j int) vec3 { return vec3{m[0][j], m[1][j], m[2][j]} }

func (m mat3) mul(b mat3) mat3 {
	var out mat3
	for j := range 3 {
		c := m.apply(b.column(j))
		out[0][j], out[1][j], out[2][j] = c[0], c[1], c[2]
	}
	return out
}

func (m mat3) transpose() mat3 {
	return mat3{m.column(0), m.column(1), m.column(2)}
}

// place is a frame: x -> pos + rot x.
type place struct {
	pos vec3
	rot mat3
}

func (p place) mul(q place) place {
	return place{p.pos.add(p.rot.apply(q.pos)), p.rot.mul(q.rot)}
}

// aboutAxis turns by angle about a unit vector (Rodrigues).
func aboutAxis(a vec3, angle float64) mat3 {
	if angle == 0 {
		return identity
	}
	s, c := num.Sincos(angle)
	var m mat3
	for i := range 3 {
		for j := range 3 {
			m[i][j] = (1 - c) * a[i] * a[j]
		}
		m[i][i] += c
	}
	m[0][1] -= float64(s * a[2])
	m[1][0] += float64(s * a[2])
	m[0][2] += float64(s * a[1])
	m[2][0] -= float64(s * a[1])
	m[1][2] -= float64(s * a[0])
	m[2][1] += float64(s * a[0])
	return m
}

// zTo is the least rotation that takes the axis z to the unit vector a; half a turn about x where a = -z.
func zTo(a vec3) mat3 {
	axis := vec3{0, 0, 1}.cross(a)
	s := axis.norm()
	if s < 1e-10 {
		if a[2] > 0 {
			return identity
		}
		return mat3{{1, 0, 0}, {0, -1, 0}, {0, 0, -1}}
	}
	return aboutAxis(axis.scale(1/s), num.Atan2(s, a[2]))
}

func fromQuat(q [4]float64) mat3 {
	w, x, y, z := q[0], q[1], q[2], q[3]
	return mat3{
		{float64(w*w) + float64(x*x) - float64(y*y) - float64(z*z), 2 * (float64(x*y) - float64(w*z)), 2 * (float64(x*z) + float64(w*y))},
		{2 * (float64(x*y) + float64(w*z)), float64(w*w) - float64(x*x) + float64(y*y) - float64(z*z), 2 * (float64(y*z) - float64(w*x))},
		{2 * (float64(x*z) - float64(w*y)), 2 * (float64(y*z) + float64(w*x)), float64(w*w) - float64(x*x) - float64(y*y) + float64(z*z)},
	}
}

var orientations = []string{"quat", "axisangle", "euler", "xyaxes", "zaxis"}

// orientation reads whichever of the five ways to give one is there; at most one in the last layer that has any.
func (c *compiler) orientation(e element) (mat3, error) {
	for i := len(e.layers) - 1; i >= 0; i-- {
		l := plain(e.layers[i])
		var given []string
		for _, o := range orientations {
			if l.has(o) {
				given = append(given, o)
			}
		}
		if len(given) > 1 {
			return identity, e.errorf("more than one orientation: %s", strings.Join(given, ", "))
		}
		if len(given) == 1 {
			return c.rotation(l, given[0])
		}
	}
	return identity, nil
}

func (c *compiler) rotation(e element, kind string) (mat3, error) {
	var v [6]float64
	n := map[string]int{"quat": 4, "axisangle": 4, "euler": 3, "xyaxes": 6, "zaxis": 3}[kind]
	if err := e.vector(kind, v[:n], n); err != nil {
		return identity, err
	}
	unit := func(a vec3) (vec3, error) {
		if s := a.norm(); s > 1e-10 {
			return a.scale(1 / s), nil
		}
		return a, e.errorf("attribute %s: a vector without direction", kind)
	}
	switch kind {
	case "quat":
		s := math.Sqrt(float64(v[0]*v[0]) + float64(v[1]*v[1]) + float64(v[2]*v[2]) + float64(v[3]*v[3]))
		if s < 1e-10 {
			return identity, e.errorf("attribute quat: zero")
		}
		return fromQuat([4]float64{v[0] / s, v[1] / s, v[2] / s, v[3] / s}), nil
	case "axisangle":
		a, err := unit(vec3{v[0], v[1], v[2]})
		return aboutAxis(a, v[3]*c.angleUnit), err
	case "euler":
		return c.euler(vec3{v[0], v[1], v[2]}), nil
	case "zaxis":
		a, err := unit(vec3{v[0], v[1], v[2]})
		if err != nil {
			return identity, err
		}
		return zTo(a), nil
	}
	x, err := unit(vec3{v[0], v[1], v[2]})
	if err != nil {
		return identity, err
	}
	y := vec3{v[3], v[4], v[5]}
	if y, err = unit(y.sub(x.scale(x.dot(y)))); err != nil {
		return identity, err
	}
	return mat3{x, y, x.cross(y)}.transpose(), nil
}

// euler turns about the axes of eulerseq in turn: those of the turned frame for lower case, of the parent for upper.
func (c *compiler) euler(angles vec3) mat3 {
	m := identity
	for i, r := range c.eulerSeq {
		var a vec3
		a[strings.IndexRune("xyz", r|0x20)] = 1
		t := aboutAxis(a, angles[i]*c.angleUnit)
		if r >= 'a' {
			m = m.mul(t)
		} else {
			m = t.mul(m)
		}
	}
	return m
}

// eigenTolerance ends the search for principal axes, as in MuJoCo: off-diagonal moments, kg m^2, and the cosine's
// distance from 1 of a rotation.
const eigenTolerance = 1e-12

// eigen returns the eigenvalues and, as columns, the eigenvectors of a symmetric matrix, by Jacobi's rotations of the
// largest off-diagonal entry; a matrix without them keeps the axes of space. They are sorted, the largest first, by quarter
// turns, as MuJoCo has them.
func eigen(a mat3) (values vec3, vectors mat3) {
	vectors = identity
	for range 60 {
		i, j := 0, 1
		if math.Abs(a[0][2]) >= math.Abs(a[i][j]) {
			i, j = 0, 2
		}
		if math.Abs(a[1][2]) >= math.Abs(a[i][j]) {
			i, j = 1, 2
		}
		if math.Abs(a[i][j]) < eigenTolerance {
			break
		}
		theta := (a[j][j] - a[i][i]) / (2 * a[i][j])
		t := math.Copysign(1, theta) / (math.Abs(theta) + math.Sqrt(float64(theta*theta)+1))
		c := 1 / math.Sqrt(float64(t*t)+1)
		if c > 1-eigenTolerance {
			break
		}
		r := identity
		r[i][i], r[j][j], r[i][j], r[j][i] = c, c, t*c, -t*c
		a = r.transpose().mul(a).mul(r)
		vectors = vectors.mul(r)
	}
	values = vec3{a[0][0], a[1][1], a[2][2]}
	for _, i := range [3]int{0, 1, 0} {
		if values[i]+1e-12 < values[i+1] {
			values[i], values[i+1] = values[i+1], values[i]
			for k := range vectors {
				vectors[k][i], vectors[k][i+1] = vectors[k][i+1], -vectors[k][i]
			}
		}
	}
	return values, vectors
}
