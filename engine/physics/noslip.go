package physics

// slip is the room of the sweeps against slip: per unit the forces of its rows, and the accelerations that its tangent row
// gives.
type slip struct {
	plus, minus []float64 // [units] forces of Jn + mu Jt and Jn - mu Jt
	curve       []float64 // [units] (2 mu Jt) M^-1 (2 mu Jt)'
	push        []float64 // [units*NV] M^-1 (mu Jt)'

	dryCurve []float64 // of the rows of dry friction: J M^-1 J'
	dryPush  []float64 // [couples*NV] M^-1 J'
}

func newSlip(units, couples, nv int) slip {
	vec := func(n int) []float64 { return make([]float64, n) }
	return slip{vec(units), vec(units), vec(units), vec(units * nv), vec(couples), vec(couples * nv)}
}

// stopSlip moves the friction of contacts, the normal forces as they are, towards the minimum of the cost without
// regularisation, as noslip_iterations asks: sweeps over the pairs of edges Jn +- mu Jt, whose forces f+ and f- keep their
// sum, each pair at its own minimum
//
//	y = (f+ - f-)/2:  y <- clip(y - (r+ - r-)/K, +-(f+ + f-)/2),   r = J a - aref,  K = (2 mu Jt) M^-1 (2 mu Jt)'
//
// until the cost falls by less than the tolerance, scaled by the mean inertia (engine_solver, mj_solNoSlip).
func (d *Data) stopSlip() {
	m, r := d.Model, &d.rows
	s, nv := &r.slip, m.NV
	if r.count == 0 || !d.factor(d.H, d.M) {
		return
	}
	improvement := 0.0 // at first, what the regularisation cost
	for i := range r.limits {
		l := &r.limits[i]
		improvement += float64(l.force*l.force) / (2 * l.d)
	}
	for i := range r.couples {
		row := &r.couples[i]
		improvement += float64(row.force*row.force) / (2 * row.d)
		if row.c.loss == 0 {
			continue
		}
		push := s.dryPush[i*nv : (i+1)*nv]
		copy(push, row.jac)
		d.solve(d.H, push)
		s.dryCurve[i] = 0
		for k, j := range row.jac {
			s.dryCurve[i] += float64(j * push[k])
		}
	}
	for i := range r.units {
		u := &r.units[i]
		var fn float64
		s.plus[i], s.minus[i], fn = u.forces()
		if u.flats > 0 {
			fn /= u.flats
		}
		improvement += (float64(s.plus[i]*s.plus[i]) + float64(s.minus[i]*s.minus[i]) + float64(u.flats*fn*fn)) / (2 * u.d)
		if u.pairs == 0 {
			continue
		}
		push, jt := s.push[i*nv:(i+1)*nv], u.jac[u.p.entries:]
		clear(push)
		for e, k := range m.chain[u.p.chain : u.p.chain+u.p.entries] {
			push[k] = jt[e]
		}
		d.solve(d.H, push)
		_, own := u.dot(m, push)
		s.curve[i] = 4 * own
	}
	scale := 1 / (m.Option.MeanInertia * float64(max(1, nv)))
	for range m.Option.NoslipIterations {
		for i := range r.couples {
			if r.couples[i].c.loss != 0 {
				improvement += d.stopDry(i)
			}
		}
		for i := range r.units {
			if r.units[i].pairs != 0 {
				improvement += d.stopUnit(i)
			}
		}
		if improvement*scale < m.Option.NoslipTolerance {
			break
		}
		improvement = 0
	}
}

// stopDry takes the force of one row of dry friction to its minimum and returns by how much the cost falls.
func (d *Data) stopDry(i int) float64 {
	m, r := d.Model, &d.rows
	s, row := &r.slip, &r.couples[i]
	residual := -row.ref
	for k, j := range row.jac {
		residual += float64(j * d.QAcc[k])
	}
	next := min(max(row.force-residual/s.dryCurve[i], -row.c.loss), row.c.loss)
	step := next - row.force
	row.force = next
	for k, x := range s.dryPush[i*m.NV : (i+1)*m.NV] {
		d.QAcc[k] += float64(step * x)
		d.QFrcConstraint[k] += float64(step * row.jac[k])
	}
	return -step * (float64(s.dryCurve[i]*step/2) + residual)
}

// stopUnit takes one pair of edges to its minimum and returns by how much the cost falls.
func (d *Data) stopUnit(i int) float64 {
	m, r := d.Model, &d.rows
	s, u := &r.slip, &r.units[i]
	mid, y := float64((s.plus[i]+s.minus[i])/2), float64((s.plus[i]-s.minus[i])/2)
	_, t := u.dot(m, d.QAcc)
	residual := float64(2*t) - (u.refP - u.refM)
	next := 0.0
	if s.curve[i] >= minVal {
		next = min(max(y-residual/s.curve[i], -mid), mid)
	}
	step := next - y
	change := step * (float64(s.curve[i]*step/2) + residual)
	if step == 0 || change > 1e-10 {
		return 0
	}
	s.plus[i], s.minus[i] = mid+next, mid-next
	for k, x := range s.push[i*m.NV : (i+1)*m.NV] {
		d.QAcc[k] += float64(2 * step * x)
	}
	jt := u.jac[u.p.entries:]
	for e, k := range m.chain[u.p.chain : u.p.chain+u.p.entries] {
		d.QFrcConstraint[k] += float64(2 * step * jt[e])
	}
	d.Contacts[u.contact].TangentForce += float64(2 * step * u.p.mu)
	return -change
}
