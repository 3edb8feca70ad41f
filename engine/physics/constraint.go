package physics

import "math"

// rows holds the constraint rows of one evaluation in the form that the solver wants.
type rows struct {
	limits []limitRow // in order of the joints, lower side first
	units  []unit     // in order of the contacts
	jac    []float64  // a unit's normal row, then its tangent row times mu, packed on its chain
	count  int        // rows as MuJoCo counts them
	x, p   []float64  // [NV] the solver's candidate and direction
	mp, ma []float64  // [NV] M p and M a
}

// limitRow is J = sign e_dof.
type limitRow struct {
	limit int // index into Model.limits
	dof   int
	sign  float64 // +1 at the lower end, -1 at the upper
	pos   float64 // distance to the end
	vel   float64 // J v
	imp   float64
	ref   float64 // reference acceleration
	d     float64 // 1/R
	force float64
	on    bool
}

// unit is a contact's rows: of a pyramid in the plane, Jn + mu Jt and Jn - mu Jt, and Jn twice for the tangent that
// leaves the plane; of a frictionless contact Jn once. Where the normal leaves the plane (the geoms are offset across
// it, or their segments cross), a pyramid makes two units, one for each tangent.
type unit struct {
	contact          int
	pair             int
	n                int // entries of a row
	chain            int // offset of their dofs in Model.chain
	jac              int // offset of the normal row in rows.jac; the tangent row follows
	leaf             int
	imp              float64
	d                float64 // 1/R of every row
	pairs            float64 // 1: the rows Jn +- mu Jt exist
	flats            float64 // how often Jn is a row
	velN, velT       float64 // Jn v, mu Jt v
	refP, refM, refN float64 // reference accelerations of +, -, Jn
	onP, onM, onN    bool
	resP, resM, resN float64 // J a - aref at the solution
}

func newRows(m *Model) rows {
	longest := 0
	for k := range m.dofs {
		longest = max(longest, m.dofs[k].depth+1)
	}
	return rows{
		limits: make([]limitRow, 0, 2*len(m.limits)),
		units:  make([]unit, 0, 4*len(m.contacts)),
		jac:    make([]float64, 8*len(m.contacts)*longest),
		x:      make([]float64, m.NV), p: make([]float64, m.NV), mp: make([]float64, m.NV), ma: make([]float64, m.NV),
	}
}

// makeRows fills the rows: Jacobian, aref = -B (J v) - K d r and R = max(1e-15, (1-d)/d Ahat).
func (d *Data) makeRows() {
	r := &d.rows
	r.limits, r.units, r.count = r.limits[:0], r.units[:0], 0
	d.limitRows()
	d.contactRows()
}

func (d *Data) limitRows() {
	m, r := d.Model, &d.rows
	for i := range m.limits {
		l := &m.limits[i]
		q := d.QPos[l.dof]
		if q-l.lo < l.margin {
			d.limitRow(i, l, 1, q-l.lo)
		}
		if l.hi-q < l.margin {
			d.limitRow(i, l, -1, l.hi-q)
		}
	}
	r.count = len(r.limits)
}

func (d *Data) limitRow(i int, l *limitConst, sign, pos float64) {
	imp := l.sol.impedance(pos - l.margin)
	vel := sign * d.QVel[l.dof]
	d.rows.limits = append(d.rows.limits, limitRow{
		limit: i, dof: l.dof, sign: sign, pos: pos, vel: vel, imp: imp,
		ref: -l.sol.b*vel - l.sol.k*imp*(pos-l.margin),
		d:   1 / max(minVal, (1-imp)/imp*l.weight),
	})
}

func (d *Data) contactRows() {
	m, r := d.Model, &d.rows
	next := 0
	for i := range d.Contacts {
		c := &d.Contacts[i]
		p := &m.contacts[c.Pair]
		if c.Dist >= p.include {
			continue
		}
		leaf := &m.dofs[p.leaf]
		u := unit{contact: i, pair: c.Pair, n: leaf.depth + 1, chain: leaf.chain, jac: next, leaf: p.leaf, flats: 1}
		u.imp = p.sol.impedance(c.Dist - p.include)
		regular := max(minVal, (1-u.imp)/u.imp*p.regular)
		r.count++
		if p.condim == 3 {
			regular *= 2 * p.mu * p.mu / m.Option.ImpRatio
			u.pairs, u.flats = 1, 2
			r.count += 3
		}
		u.d = 1 / regular
		if c.Out != 0 && p.condim == 3 {
			t1, t2 := tangents(m.Plane, c)
			u.flats = 0
			next += d.unit(u, c, p, t1[0], t1[1])
			u.jac = next
			next += d.unit(u, c, p, t2[0], t2[1])
			continue
		}
		next += d.unit(u, c, p, c.Tangent[0], c.Tangent[1])
	}
}

// unit appends u with its Jacobian at the contact's point along the normal and the tangent (tx, ty), and returns
// how many numbers it took.
func (d *Data) unit(u unit, c *Contact, p *pairConst, tx, ty float64) int {
	m, r := d.Model, &d.rows
	jn, jt := r.jac[u.jac:u.jac+u.n], r.jac[u.jac+u.n:u.jac+2*u.n]
	nx, ny := c.Normal[0], c.Normal[1]
	tx, ty = p.mu*tx, p.mu*ty
	// n . (v + w perp(r)) = n . v + w (n x'), x' = n_v r_u - n_u r_v
	rx, ry := c.Pos[0]-d.ox, c.Pos[1]-d.oy
	nw, tw := ny*rx-nx*ry, ty*rx-tx*ry
	chain := m.chain[u.chain : u.chain+u.n]
	velN, velT := 0.0, 0.0
	signs := m.signs[p.signs : p.signs+u.n]
	for e, k := range chain {
		mo := &d.dofs[k]
		n := signs[e] * (mo.vx*nx + mo.vy*ny + mo.w*nw)
		t := signs[e] * (mo.vx*tx + mo.vy*ty + mo.w*tw)
		jn[e], jt[e] = n, t
		v := d.QVel[k]
		velN += n * v
		velT += t * v
	}
	u.velN, u.velT = velN, velT
	at := -p.sol.k * u.imp * (c.Dist - p.include)
	u.refN = at - p.sol.b*velN
	u.refP = at - p.sol.b*(velN+velT)
	u.refM = at - p.sol.b*(velN-velT)
	r.units = append(r.units, u)
	return 2 * u.n
}

// tangents returns the parts within the plane of the two friction directions of a contact whose normal leaves the plane:
// the axis y of space, or z where the normal is within 60 degrees of y, made orthogonal to the normal, and the
// vector across both.
func tangents(plane PlaneAxes, c *Contact) (t1, t2 [2]float64) {
	n := [3]float64{c.Normal[0], c.Normal[1], c.Out}
	y, z := 2, 1 // XZ: y is across the plane
	switch plane {
	case XY:
		y, z = 1, 2
	case YZ:
		y, z = 0, 1
	}
	axis := y
	if math.Abs(n[y]) >= 0.5 {
		axis = z
	}
	var t [3]float64
	t[axis] = 1
	for i := range t {
		t[i] -= n[axis] * n[i]
	}
	size := math.Sqrt(t[0]*t[0] + t[1]*t[1] + t[2]*t[2])
	for i := range t {
		t[i] /= size
	}
	return [2]float64{t[0], t[1]}, [2]float64{n[1]*t[2] - n[2]*t[1], n[2]*t[0] - n[0]*t[2]}
}
