package physics

import "math"

// rows holds the constraint rows of one evaluation in the form that the solver wants.
type rows struct {
	limits  []limitRow  // in order of the joints, lower side first
	couples []coupleRow // in order of Model.couples
	coupled []float64   // their Jacobians
	units   []unit      // in order of the contacts
	jac     []float64   // a unit's normal row, then its tangent row times mu, packed on its chain
	used    int         // of jac
	count   int         // rows as MuJoCo counts them
	slip    slip
	x, p    []float64 // [NV] the solver's candidate and direction
	mp, ma  []float64 // [NV] M p and M a
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
	p                *pairConst
	jac              []float64 // of rows.jac: the normal row, then mu times the tangent row
	imp              float64
	d                float64 // 1/R of every row
	pairs            float64 // 1: the rows Jn +- mu Jt exist
	flats            float64 // how often Jn is a row
	velN, velT       float64 // Jn v, mu Jt v
	refP, refM, refN float64 // reference accelerations of +, -, Jn
	onP, onM, onN    bool
	resP, resM, resN float64 // J a - aref at the solution

	cone       bool // an elliptic one: see cone
	zone       zone
	mu         float64 // of the regularised cone
	dm, dt     float64 // weights on the cone, and of the tangent row times mu
	refT, resT float64 // of the tangent row times mu
	near       float64 // a residual so small is on an edge
	across     *unit   // where the normal leaves the plane: the next unit, whose tangent is across this one's; it has no normal row
	isAcross   bool    // it is such a next unit,
	k          float64 // with this weight at present
}

func newRows(m *Model) rows {
	units := 2 * m.mostContacts()
	var s slip
	if m.Option.NoslipIterations > 0 {
		s = newSlip(units, 3*len(m.couples), m.NV)
	}
	return rows{
		slip:    s,
		couples: make([]coupleRow, 0, 3*len(m.couples)),
		coupled: make([]float64, 3*len(m.couples)*m.NV),
		limits:  make([]limitRow, 0, 2*len(m.limits)),
		units:   make([]unit, 0, units),
		jac:     make([]float64, m.contactEntries()),
		x:       make([]float64, m.NV), p: make([]float64, m.NV), mp: make([]float64, m.NV), ma: make([]float64, m.NV),
	}
}

// makeRows fills the rows: Jacobian, aref = -B (J v) - K d r and R = max(1e-15, (1-d)/d Ahat).
func (d *Data) makeRows() {
	r := &d.rows
	r.limits, r.units, r.count = r.limits[:0], r.units[:0], 0
	d.wide = false
	d.limitRows()
	if len(d.Model.couples) > 0 {
		d.coupleRows()
	}
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
	r := &d.rows
	r.limits = r.limits[:len(r.limits)+1]
	row := &r.limits[len(r.limits)-1]
	row.limit, row.dof, row.sign, row.pos, row.vel, row.imp, row.on = i, l.dof, sign, pos, vel, imp, false
	row.ref = float64(-l.sol.b*vel) - float64(l.sol.k*imp*(pos-l.margin))
	row.d = 1 / max(minVal, (1-imp)/imp*l.weight)
}

func (d *Data) contactRows() {
	m, r := d.Model, &d.rows
	r.used = 0
	for i := range d.Contacts {
		c := &d.Contacts[i]
		p := &m.contacts[c.Pair]
		if c.Dist >= p.include {
			continue
		}
		imp := p.sol.impedance(c.Dist - p.include)
		regular := max(minVal, (1-imp)/imp*p.regular)
		r.count++
		if p.condim == 3 && m.Option.Elliptic {
			r.count += 2
			d.cone(i, imp, 1/regular)
			continue
		}
		if p.condim == 3 {
			regular *= 2 * p.mu * p.mu / m.Option.ImpRatio
			r.count += 3
		}
		if c.Out != 0 && p.condim == 3 {
			t1, t2 := d.tangents(c)
			d.unit(i, imp, 1/regular, 0, t1[0], t1[1])
			d.unit(i, imp, 1/regular, 0, t2[0], t2[1])
			continue
		}
		flats := 1.0
		if p.condim == 3 {
			flats = 2
		}
		d.unit(i, imp, 1/regular, flats, c.Tangent[0], c.Tangent[1])
	}
}

// unit appends a unit of contact i with its Jacobian at the contact's point along the normal and the tangent (tx, ty).
func (d *Data) unit(i int, imp, weight, flats, tx, ty float64) {
	m, r, c := d.Model, &d.rows, &d.Contacts[i]
	p := &m.contacts[c.Pair]
	r.units = r.units[:len(r.units)+1]
	u := &r.units[len(r.units)-1]
	u.contact, u.p, u.imp, u.d, u.flats, u.pairs = i, p, imp, weight, flats, 0
	if p.condim == 3 {
		u.pairs = 1
	}
	u.onP, u.onM, u.onN, u.cone, u.across, u.isAcross = false, false, false, false, nil, false
	u.jac = r.jac[r.used : r.used+2*p.entries]
	r.used += 2 * p.entries
	d.wide = d.wide || p.ties
	nx, ny := c.Normal[0], c.Normal[1]
	tx, ty = p.mu*tx, p.mu*ty
	// n . (v + w perp(r)) = n . v + w (n x'), x' = n_v r_u - n_u r_v
	rx, ry := c.Pos[0]-d.ox, c.Pos[1]-d.oy
	d.cut.nx, d.cut.ny, d.cut.nw = nx, ny, float64(ny*rx)-float64(nx*ry)
	d.cut.tx, d.cut.ty, d.cut.tw = tx, ty, float64(ty*rx)-float64(tx*ry)
	var velN, velT float64
	if p.plain && p.loops.jacobian != nil {
		velN, velT = p.loops.jacobian(u.jac, d.QVel, d.dofs, &d.cut)
	} else {
		velN, velT = d.jacobian(u)
	}
	u.velN, u.velT = velN, velT
	at := float64(-p.sol.k * imp * (c.Dist - p.include))
	u.refN = at - float64(p.sol.b*velN)
	u.refP = at - float64(p.sol.b*(velN+velT))
	u.refM = at - float64(p.sol.b*(velN-velT))
}

// jacobian is leaf.jacobian for any contact.
func (d *Data) jacobian(u *unit) (velN, velT float64) {
	m, p, c := d.Model, u.p, &d.cut
	n := p.entries
	jn, jt, signs := u.jac[:n], u.jac[n:], m.signs[p.signs:p.signs+n]
	for e, k := range m.chain[p.chain : p.chain+n] {
		mo := &d.dofs[k]
		n := signs[e] * (float64(mo.vx*c.nx) + float64(mo.vy*c.ny) + float64(mo.w*c.nw))
		t := signs[e] * (float64(mo.vx*c.tx) + float64(mo.vy*c.ty) + float64(mo.w*c.tw))
		jn[e], jt[e] = n, t
		v := d.QVel[k]
		velN += float64(n * v)
		velT += float64(t * v)
	}
	return velN, velT
}

// tangents returns the parts within the plane of the friction directions of a contact whose normal leaves the plane.
func (d *Data) tangents(c *Contact) (t1, t2 [2]float64) {
	if d.Model.contacts[c.Pair].kind == wall {
		return c.Tangent, [2]float64{-c.Tangent[1], c.Tangent[0]}
	}
	return tangents(d.Model.Plane, c)
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
		t[i] -= float64(n[axis] * n[i])
	}
	size := math.Sqrt(float64(t[0]*t[0]) + float64(t[1]*t[1]) + float64(t[2]*t[2]))
	for i := range t {
		t[i] /= size
	}
	return [2]float64{t[0], t[1]}, [2]float64{float64(n[1]*t[2]) - float64(n[2]*t[1]), float64(n[2]*t[0]) - float64(n[0]*t[2])}
}
