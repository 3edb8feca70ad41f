package physics

// RowKind is the kind of a constraint row, with MuJoCo's numbers.
type RowKind int

// The kinds.
const (
	RowEquality       RowKind = 0
	RowFrictionDof    RowKind = 1
	RowFrictionTendon RowKind = 2
	RowLimit          RowKind = 3
	RowLimitTendon    RowKind = 4
	RowFrictionless   RowKind = 5
	RowPyramid        RowKind = 6
	RowElliptic       RowKind = 7
)

// Row is one constraint row as MuJoCo lists it, for inspection: the solver works on a compact form.
type Row struct {
	Kind   RowKind
	Pos    float64 // distance, m or rad
	Margin float64
	Vel    float64 // J v
	ARef   float64
	K, B   float64
	Imp    float64
	R      float64
	Force  float64
	J      []float64 // [NV]
}

// NEFC returns the number of constraint rows of the last evaluation.
func (d *Data) NEFC() int { return d.rows.count }

// NLimit returns the number of active joint limits of the last evaluation.
func (d *Data) NLimit() int { return len(d.rows.limits) }

// EFC lists the rows of the last evaluation: equalities, friction, limits by joint, lower first, limits of tendons, contacts; the tangents of an
// elliptic contact whose normal leaves the plane lie along and across the slip. It allocates.
func (d *Data) EFC() []Row {
	m := d.Model
	var out []Row
	couples := func(limits bool) {
		for i := range d.rows.couples {
			r := &d.rows.couples[i]
			if s := &r.c.solution; (r.c.kind == RowLimitTendon) == limits {
				out = append(out, Row{Kind: r.c.kind, Pos: r.pos, Margin: r.c.margin, Vel: r.vel, ARef: r.ref, K: s.k, B: s.b, Imp: r.imp,
					R: 1 / r.d, Force: r.force, J: append([]float64(nil), r.jac...)})
			}
		}
	}
	couples(false)
	for i := range d.rows.limits {
		l := &d.rows.limits[i]
		c := &m.limits[l.limit]
		j := make([]float64, m.NV)
		j[l.dof] = l.sign
		out = append(out, Row{Kind: RowLimit, Pos: l.pos, Margin: c.margin, Vel: l.vel, ARef: l.ref, K: c.sol.k, B: c.sol.b,
			Imp: l.imp, R: 1 / l.d, Force: l.force, J: j})
	}
	couples(true)
	for i := range d.rows.units {
		out = d.unitRows(out, &d.rows.units[i])
	}
	return out
}

func (d *Data) unitRows(out []Row, u *unit) []Row {
	m := d.Model
	p, c := u.p, &d.Contacts[u.contact]
	row := func(sign, vel, ref, force float64) Row {
		j := make([]float64, m.NV)
		for e, k := range m.chain[p.chain : p.chain+p.entries] {
			j[k] = u.jac[e] + float64(sign*u.jac[p.entries+e])
		}
		return Row{Kind: RowPyramid, Pos: c.Dist, Margin: p.include, Vel: vel, ARef: ref, K: p.sol.k, B: p.sol.b, Imp: u.imp,
			R: 1 / u.d, Force: force, J: j}
	}
	if u.isAcross {
		return out // with the one before
	}
	if u.cone {
		normal, tangent := u.coneForces(u.resN, u.resT)
		n := row(0, u.velN, u.refN, normal)
		n.Kind = RowElliptic
		along := func(u *unit, tangent float64) Row {
			t := Row{Kind: RowElliptic, Vel: u.velT / p.mu, ARef: u.refT / p.mu, B: p.sol.b, Imp: u.imp, R: 1 / (u.dt * p.mu * p.mu), Force: tangent * p.mu,
				J: make([]float64, m.NV)}
			for e, k := range m.chain[p.chain : p.chain+p.entries] {
				t.J[k] = u.jac[p.entries+e] / p.mu
			}
			return t
		}
		t := along(u, tangent)
		if u.across != nil {
			_, force := u.across.coneForces(0, u.across.resT)
			return append(out, n, t, along(u.across, force))
		}
		flat := t
		flat.Vel, flat.ARef, flat.Force, flat.J = 0, 0, 0, make([]float64, m.NV)
		return append(out, n, t, flat)
	}
	fp, fm, fn := u.forces()
	if p.condim == 1 {
		r := row(0, u.velN, u.refN, fn)
		r.Kind = RowFrictionless
		return append(out, r)
	}
	edges := []Row{row(1, u.velN+u.velT, u.refP, fp), row(-1, u.velN-u.velT, u.refM, fm)}
	if u.flats == 0 {
		return append(out, edges...)
	}
	flat := row(0, u.velN, u.refN, fn/2)
	if p.kind == planeCapsule { // the tangent in the plane is the first
		return append(append(out, edges...), flat, flat)
	}
	return append(append(out, flat, flat), edges...)
}
