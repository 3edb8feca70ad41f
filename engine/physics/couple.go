package physics

import (
	"math"
	"slices"

	"onestep/engine/num"
)

// Coef is a joint's part in a fixed tendon's length.
type Coef struct {
	Joint int
	Coef  float64 // m per m or rad
}

// Tendon has limits, springs and friction as a joint has. A fixed one is a weighted sum of joint positions, a spatial one a
// string through sites.
type Tendon struct {
	Name         string
	Wraps        []Coef // of a fixed one
	Sites        []int  // of a spatial one, at least two
	Limited      bool
	Range        [2]float64 // m
	Margin       float64
	SolRef       [2]float64 // of the limit
	SolImp       [5]float64
	FrictionLoss float64 // N
	SolRefFric   [2]float64
	SolImpFric   [5]float64
	Stiffness    float64    // N/m
	SpringRange  [2]float64 // lengths between which the spring is slack, m; both -1: the length where all joints' springs are
	Damping      float64    // N s/m

	ForceLimited bool       // its actuators' forces together stay in ForceRange: beyond, each gives its share
	ForceRange   [2]float64 // N, without their gears
}

// EqualityKind is what an equality ties together.
type EqualityKind int

// The equalities.
const (
	EqualityJoint EqualityKind = iota
	EqualityTendon
	EqualityConnect
	EqualityWeld
)

// Equality holds, softly, x1 - x1(qpos0) = sum_i Poly[i] (x2 - x2(qpos0))^i for the positions of two joints or the lengths of
// two tendons; without a second one, x1 - x1(qpos0) = Poly[0]. EqualityConnect holds a point of body A on one of body B;
// EqualityWeld holds their turns too.
type Equality struct {
	Name   string
	Kind   EqualityKind
	A, B   int           // indices of the joints, tendons or bodies; B is -1 where there is none
	Points [2][2]float64 // EqualityConnect, EqualityWeld: in the two bodies, m
	Gap    float64       // the same: their distance across the plane, m
	Turn   float64       // EqualityWeld: Turn + the angle of A - that of B is to be 0, rad
	Torque float64       // EqualityWeld: what a rad counts for, m
	Poly   [5]float64
	SolRef [2]float64
	SolImp [5]float64
}

// coupleConst makes a row over several dofs: of an equality, of dry friction or of a tendon's limit.
type coupleConst struct {
	kind     RowKind
	a, b     []Coef    // the row's quantities x1 and x2
	a0, b0   float64   // their values at the reference configuration
	poly     []float64 // equality
	lo, hi   float64   // limit
	margin   float64
	loss     float64 // friction
	weight   float64
	solution solConst

	connect *connectConst // an equality of two points
	path    int           // 1 + the number of the spatial tendon; a stands in pathState
	ties    bool          // it ties branches of the tree
}

// connectConst is where two bodies are joined: their numbers, and a point in each; of a weld, the turn of one against the other.
type connectConst struct {
	bodies [2]int
	points [2][2]float64
	gap    float64

	weld                     bool
	turn, torque, turnWeight float64
}

// tendonConst is a tendon's passive part.
type tendonConst struct {
	wraps              []Coef
	stiffness, damping float64
	lo, hi             float64
	path               int // as that of coupleConst
}

// coupleRow is one row of an evaluation.
type coupleRow struct {
	c     *coupleConst
	jac   []float64 // [NV]
	pos   float64
	vel   float64 // J v
	imp   float64
	ref   float64 // reference acceleration
	d     float64 // 1/R
	force float64
	on    bool // it is on its quadratic piece
	drag  int  // friction beyond it: the sign of its constant force
}

func (d *Data) length(wraps []Coef) float64 {
	sum := 0.0
	for _, w := range wraps {
		sum += float64(w.Coef * d.QPos[w.Joint])
	}
	return sum
}

// coupleRows appends the rows over several dofs: equalities, friction, limits of tendons.
func (d *Data) coupleRows() {
	m, r := d.Model, &d.rows
	r.couples = r.couples[:0]
	for i := range m.couples {
		c := &m.couples[i]
		if c.connect != nil {
			d.connectRows(c)
			continue
		}
		switch c.kind {
		case RowEquality:
			pos := d.length(c.a) - c.a0
			slope := 0.0
			x, power := d.length(c.b)-c.b0, 1.0
			for k, p := range c.poly {
				pos -= float64(p * power)
				if k+1 < len(c.poly) {
					slope += float64(float64(k+1) * c.poly[k+1] * power)
				}
				power *= x
			}
			row := d.coupleRow(c, pos, 1)
			for _, w := range c.b {
				row.jac[w.Joint] -= float64(slope * w.Coef)
			}
			d.finish(row, pos)
		case RowFrictionDof, RowFrictionTendon:
			d.finish(d.coupleRow(c, 0, 1), 0)
		default:
			x := 0.0
			if c.path > 0 {
				x = d.paths[c.path-1].length
			} else {
				x = d.length(c.a)
			}
			if x-c.lo < c.margin {
				d.finish(d.coupleRow(c, x-c.lo, 1), x-c.lo)
			}
			if c.hi-x < c.margin {
				d.finish(d.coupleRow(c, c.hi-x, -1), c.hi-x)
			}
		}
	}
	r.count += len(r.couples)
}

func (d *Data) coupleRow(c *coupleConst, pos, sign float64) *coupleRow {
	r, n := &d.rows, d.Model.NV
	i := len(r.couples)
	r.couples = r.couples[:i+1]
	row := &r.couples[i]
	d.wide = d.wide || c.ties
	*row = coupleRow{c: c, jac: r.coupled[i*n : (i+1)*n], pos: pos}
	clear(row.jac)
	wraps := c.a
	if c.path > 0 {
		wraps = d.paths[c.path-1].coefs
	}
	for _, w := range wraps {
		row.jac[w.Joint] += float64(sign * w.Coef)
	}
	return row
}

// connectRows are the two rows, along u and v, of a point of one body on a point of another. Their impedance is that of the
// distance in space; the third row of MuJoCo's, across the plane, has no Jacobian.
func (d *Data) connectRows(c *coupleConst) {
	m, j := d.Model, c.connect
	var at [2][2]float64
	for side, b := range j.bodies {
		at[side][0], at[side][1] = d.bodyPoint(b, j.points[side][0], j.points[side][1])
	}
	apart := [2]float64{at[0][0] - at[1][0], at[0][1] - at[1][1]}
	size := math.Sqrt(float64(apart[0]*apart[0]) + float64(apart[1]*apart[1]) + float64(j.gap*j.gap))
	var turned, slope float64
	if j.weld {
		sin, cos := num.Sincos((j.turn + d.bodies[j.bodies[0]].angle - d.bodies[j.bodies[1]].angle) / 2)
		turned, slope = float64(j.torque*sin), float64(j.torque*cos)/2
		size = num.Hypot(size, turned)
	}
	for axis, pos := range apart {
		row := d.coupleRow(c, pos, 1)
		for side, b := range j.bodies {
			for k := m.bodies[b].lastDof; k >= 0; k = m.dofs[k].before {
				vx, vy := d.dofVelocity(k, at[side][0], at[side][1])
				row.jac[k] += float64(float64(1-2*side) * [2]float64{vx, vy}[axis])
			}
		}
		d.finish(row, size)
	}
	d.rows.count++
	if j.weld {
		d.turnRow(c, turned, slope, size)
	}
}

// turnRow is the row of a weld's turn: the one component that is not 0 of the quaternion's imaginary part, torque sin(turn/2).
// MuJoCo has three.
func (d *Data) turnRow(c *coupleConst, pos, slope, size float64) {
	row := d.coupleRow(c, pos, 1)
	for side, b := range c.connect.bodies {
		for k := d.Model.bodies[b].lastDof; k >= 0; k = d.Model.dofs[k].before {
			row.jac[k] += float64(float64(1-2*side) * slope * d.dofs[k].w)
		}
	}
	d.finish(row, size)
	row.d = 1 / max(minVal, (1-row.imp)/row.imp*c.connect.turnWeight)
	d.rows.count += 2
}

// finish completes a row whose Jacobian stands, with the impedance of the given position. Friction has none, and no K.
func (d *Data) finish(row *coupleRow, size float64) {
	c := row.c
	for k, j := range row.jac {
		row.vel += float64(j * d.QVel[k])
	}
	row.imp = c.solution.impedance(size - c.margin)
	row.ref = float64(-c.solution.b*row.vel) - float64(c.solution.k*row.imp*(row.pos-c.margin))
	row.d = 1 / max(minVal, (1-row.imp)/row.imp*c.weight)
	row.on = c.kind == RowEquality
}

// place puts the row on the piece of the acceleration a and reports whether it was on another one. On an edge, to rounding,
// it stays.
func (row *coupleRow) place(a []float64) bool {
	if row.c.kind == RowEquality {
		return false
	}
	sum := 0.0
	for k, j := range row.jac {
		sum += float64(j * a[k])
	}
	if row.c.loss == 0 {
		if crosses(sum, row.ref, row.on) {
			row.on = !row.on
			return true
		}
		return false
	}
	x, edge := sum-row.ref, row.c.loss/row.d
	on, drag := true, 0
	switch {
	case x <= -edge:
		on, drag = false, 1
	case x >= edge:
		on, drag = false, -1
	}
	if on == row.on && drag == row.drag || math.Abs(math.Abs(x)-edge) <= tieTolerance*(edge+math.Abs(row.ref)) && (row.on || row.drag != 0) {
		return false
	}
	row.on, row.drag = on, drag
	return true
}

// addCouple adds a row's piece to the system of the solve.
func (d *Data) addCouple(row *coupleRow, h, x []float64) {
	m := d.Model
	pull := float64(row.drag) * row.c.loss
	if row.on {
		pull = row.d * row.ref
	}
	for k, j := range row.jac {
		if j == 0 {
			continue
		}
		x[k] += float64(j * pull)
		if !row.on {
			continue
		}
		c := &m.dofs[k]
		if d.wide {
			for i, other := range row.jac[:k+1] {
				h[triangle(k)+i] += float64(float64(row.d*j) * other)
			}
			continue
		}
		for e, i := range m.chain[c.chain : c.chain+c.depth+1] {
			h[c.row+e] += float64(float64(row.d*j) * row.jac[i])
		}
	}
}

// slopes returns the row's part of the cost's first and second derivative at value + t step.
func (row *coupleRow) slopes(value, step, t float64) (g, h float64) {
	v := value + float64(t*step)
	switch loss := row.c.loss; {
	case loss != 0 && float64(v*row.d) > loss:
		return loss * step, 0
	case loss != 0 && float64(v*row.d) < -loss:
		return -loss * step, 0
	case row.c.kind != RowEquality && loss == 0 && v >= 0:
		return 0, 0
	}
	return row.d * v * step, row.d * step * step
}

// pull computes the row's force at QAcc and adds J'f to QFrcConstraint.
func (d *Data) pull(row *coupleRow) {
	row.force = float64(row.drag) * row.c.loss
	if row.on {
		sum := 0.0
		for k, j := range row.jac {
			sum += float64(j * d.QAcc[k])
		}
		row.force = row.d * (row.ref - sum)
	}
	for k, j := range row.jac {
		d.QFrcConstraint[k] += float64(j * row.force)
	}
}

// tendonForces adds the tendons' springs and dampers to QFrcPassive and QFrcSmooth.
func (d *Data) tendonForces() {
	for i := range d.Model.tendons {
		t := &d.Model.tendons[i]
		length, rate, wraps := 0.0, 0.0, t.wraps
		if t.path > 0 {
			length, wraps = d.paths[t.path-1].length, d.paths[t.path-1].coefs
			for _, w := range wraps {
				rate += float64(w.Coef * d.QVel[w.Joint])
			}
		}
		for _, w := range t.wraps {
			length += float64(w.Coef * d.QPos[w.Joint])
			rate += float64(w.Coef * d.QVel[w.Joint])
		}
		f := float64(-t.damping * rate)
		if length > t.hi {
			f += float64(t.stiffness * (t.hi - length))
		} else if length < t.lo {
			f += float64(t.stiffness * (t.lo - length))
		}
		for _, w := range wraps {
			d.QFrcPassive[w.Joint] += float64(w.Coef * f)
			d.QFrcSmooth[w.Joint] += float64(w.Coef * f)
		}
	}
}

// tiesBranches reports whether a row moves dofs that do not carry each other.
func (m *Model) tiesBranches(c *coupleConst) bool {
	var dofs []int
	for _, w := range append(slices.Clone(c.a), c.b...) {
		dofs = append(dofs, w.Joint)
	}
	if c.path > 0 {
		dofs = append(dofs, m.paths[c.path-1].joints...)
	}
	if c.connect != nil {
		for _, b := range c.connect.bodies {
			if k := m.bodies[b].lastDof; k >= 0 {
				dofs = append(dofs, k)
			}
		}
	}
	for i, a := range dofs {
		for _, b := range dofs[:i] {
			if !m.isAncestor(min(a, b), max(a, b)) {
				return true
			}
		}
	}
	return false
}

// turnWeight is a body's inverse weight against turning, the mean over three axes of which one is across the plane.
func (m *Model) turnWeight(weigh func([]Coef) float64, b int) float64 {
	var turns []Coef
	for k := m.bodies[b].lastDof; k >= 0; k = m.dofBefore(k) {
		if j := &m.Joints[k]; j.Type == Hinge {
			turns = append(turns, Coef{k, j.Sign})
		}
	}
	return weigh(turns) / 3
}

// tied are the joints, with their parts, of an equality's two quantities.
func (m *Model) tied(e *Equality) (a, b []Coef) {
	one := func(i int) []Coef {
		switch {
		case i < 0:
			return nil
		case e.Kind == EqualityTendon:
			return m.Tendons[i].Wraps
		}
		return []Coef{{i, 1}}
	}
	return one(e.A), one(e.B)
}

// buildCouples makes the rows over several dofs ready. length evaluates a tendon's inverse weight J M^-1 J'.
func (m *Model) buildCouples(d *Data, weigh func([]Coef) float64) {
	o := &m.Option
	path := make([]int, len(m.Tendons)) // as that of coupleConst
	n := 0
	for i := range m.Tendons {
		if len(m.Tendons[i].Sites) > 0 {
			n++
			path[i] = n
		}
	}
	// tendonWeight and slack are a tendon's inverse weight at the reference configuration, and its length where all joints'
	// springs are.
	d.stretch()
	tendonWeight := func(i int) float64 {
		if p := path[i]; p > 0 {
			return weigh(d.paths[p-1].coefs)
		}
		return weigh(m.Tendons[i].Wraps)
	}
	at0 := make([]float64, len(m.Tendons))
	if n > 0 {
		weights := make([]float64, len(m.Tendons))
		for i := range weights {
			weights[i] = tendonWeight(i)
		}
		tendonWeight = func(i int) float64 { return weights[i] }
		for k := range m.Joints {
			d.QPos[k] = m.Joints[k].SpringRef
		}
		d.kinematics()
		d.stretch()
		for i, p := range path {
			if p > 0 {
				at0[i] = d.paths[p-1].length
			}
		}
	}
	at := func(wraps []Coef) float64 {
		sum := 0.0
		for _, w := range wraps {
			sum += float64(w.Coef * m.QPos0[w.Joint])
		}
		return sum
	}
	weight := func(wraps []Coef) float64 {
		if len(wraps) == 1 && wraps[0].Coef == 1 {
			return m.DofInvWeight[wraps[0].Joint]
		}
		return weigh(wraps)
	}
	add := func(c coupleConst, ref [2]float64, imp [5]float64) {
		c.solution = newSol(ref, imp, o.Timestep)
		if c.loss != 0 {
			c.solution.k = 0
		}
		c.ties = m.tiesBranches(&c)
		m.couples = append(m.couples, c)
	}
	for i := range m.Tendons {
		t := &m.Tendons[i]
		if t.Stiffness != 0 || t.Damping != 0 {
			c := tendonConst{t.Wraps, t.Stiffness, t.Damping, t.SpringRange[0], t.SpringRange[1], path[i]}
			if t.SpringRange == [2]float64{-1, -1} {
				c.lo = at0[i]
				for _, w := range t.Wraps {
					c.lo += float64(w.Coef * m.Joints[w.Joint].SpringRef)
				}
				c.hi = c.lo
			}
			m.tendons = append(m.tendons, c)
		}
	}
	if o.DisableConstraint {
		return
	}
	for i := range m.Equalities {
		e := &m.Equalities[i]
		if o.DisableEquality {
			break
		}
		if e.Kind >= EqualityConnect {
			add(coupleConst{kind: RowEquality, weight: m.BodyInvWeight[e.A] + m.BodyInvWeight[e.B],
				connect: &connectConst{[2]int{e.A, e.B}, e.Points, e.Gap, e.Kind == EqualityWeld, e.Turn, e.Torque, m.turnWeight(weigh, e.A) + m.turnWeight(weigh, e.B)}},
				e.SolRef, e.SolImp)
			continue
		}
		a, b := m.tied(e)
		c := coupleConst{kind: RowEquality, a: a, b: b, a0: at(a), b0: at(b), poly: e.Poly[:1], weight: weight(a)}
		if e.B >= 0 {
			c.poly, c.weight = e.Poly[:], c.weight+weight(b)
		}
		add(c, e.SolRef, e.SolImp)
	}
	for k := range m.Joints {
		if j := &m.Joints[k]; j.FrictionLoss > 0 && !o.DisableFrictionLoss {
			add(coupleConst{kind: RowFrictionDof, a: []Coef{{k, 1}}, loss: j.FrictionLoss, weight: m.DofInvWeight[k]}, j.SolRefFric, j.SolImpFric)
		}
	}
	for i := range m.Tendons {
		if t := &m.Tendons[i]; t.FrictionLoss > 0 && !o.DisableFrictionLoss {
			add(coupleConst{kind: RowFrictionTendon, a: t.Wraps, path: path[i], loss: t.FrictionLoss, weight: tendonWeight(i)}, t.SolRefFric, t.SolImpFric)
		}
	}
	for i := range m.Tendons {
		if t := &m.Tendons[i]; t.Limited && !o.DisableLimit {
			add(coupleConst{kind: RowLimitTendon, a: t.Wraps, path: path[i], lo: t.Range[0], hi: t.Range[1], margin: t.Margin, weight: tendonWeight(i)}, t.SolRef, t.SolImp)
		}
	}
}
