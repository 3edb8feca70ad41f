package physics

import "math"

const (
	maxIterations = 100
	plainSteps    = 3     // Newton steps taken whole before the line search
	tieTolerance  = 1e-13 // a residual so small against its terms is on the edge: either side is right
)

// accelerate computes QAcc and QFrcConstraint, the unique minimum of
//
//	1/2 (a - a0)'M(a - a0) + sum_i 1/2 D_i min(0, J_i a - aref_i)^2,   M a0 = QFrcSmooth
//
// by Newton's method on the piecewise quadratic: for a set A of active rows its piece has the minimum
//
//	(M + J_A' D J_A) a = QFrcSmooth + J_A' D aref
//
// and where the rows that are active there are A again, that is the minimum of the whole. The search starts from the
// rows that are active at the last QAcc.
func (d *Data) accelerate() {
	r := &d.rows
	d.Iterations = 0
	if r.count == 0 {
		clear(d.QFrcConstraint)
		copy(d.QAcc, d.QFrcSmooth)
		d.solveWith(d.M, d.QAcc)
		return
	}
	d.activate(d.QAcc)
	for i := 0; i < maxIterations; i++ {
		d.Iterations = i + 1
		d.solvePiece()
		if !d.activate(r.x) {
			copy(d.QAcc, r.x)
			break
		}
		if i < plainSteps {
			copy(d.QAcc, r.x)
			continue
		}
		t := d.lineSearch()
		for k, x := range r.x {
			d.QAcc[k] += float64(t * (x - d.QAcc[k]))
		}
		d.activate(d.QAcc)
	}
	d.constraintForces()
	if d.Model.Option.NoslipIterations > 0 {
		d.stopSlip()
	}
}

// solvePiece minimises the piece of the rows that are on into rows.x.
func (d *Data) solvePiece() {
	m, r := d.Model, &d.rows
	h, x := d.H, r.x
	if d.wide {
		d.widen(h)
	} else {
		copy(h, d.M)
	}
	copy(x, d.QFrcSmooth)
	for i := range r.limits {
		l := &r.limits[i]
		if l.on {
			at := triangle(l.dof+1) - 1
			if !d.wide {
				c := &m.dofs[l.dof]
				at = c.row + c.depth
			}
			h[at] += l.d
			x[l.dof] += float64(l.sign * l.d * l.ref)
		}
	}
	for i := range r.couples {
		d.addCouple(&r.couples[i], h, x)
	}
	for i := range r.units {
		d.addUnit(&r.units[i], h, x)
	}
	if d.wide {
		solveWide(h, x)
		return
	}
	d.solveWith(h, x)
}

// addUnit adds a unit's active rows. With s+, s-, sn their weights, the rows sum up to
//
//	(s+ + s- + sn) Jn'Jn + (s+ - s-) (Jn'Jt + Jt'Jn) + (s+ + s-) Jt'Jt
func (d *Data) addUnit(u *unit, h, x []float64) {
	if u.cone {
		u.conePiece(&d.sum)
		d.addRows(u, h, x)
		return
	}
	var sp, sm, sn float64
	if u.onP {
		sp = u.d * u.pairs
	}
	if u.onM {
		sm = u.d * u.pairs
	}
	if u.onN {
		sn = u.d * u.flats
	}
	w := &d.sum
	w.nn, w.nt, w.tt = sp+sm+sn, sp-sm, sp+sm
	w.n, w.t = float64(sp*u.refP)+float64(sm*u.refM)+float64(sn*u.refN), float64(sp*u.refP)-float64(sm*u.refM)
	d.addRows(u, h, x)
}

// addRows adds a unit's rows with the weights of Data.sum.
func (d *Data) addRows(u *unit, h, x []float64) {
	w := &d.sum
	if w.nn == 0 && w.tt == 0 {
		return
	}
	if f := u.p.loops.add; f != nil && !d.wide {
		f(h, x, u.jac, w)
		return
	}
	m, p := d.Model, u.p
	jn, jt := u.jac[:p.entries], u.jac[p.entries:]
	chain := m.chain[p.chain : p.chain+p.entries]
	for e, k := range chain {
		n, t := jn[e], jt[e]
		x[k] += float64(n*w.n) + float64(t*w.t)
		n, t = float64(w.nn*n)+float64(w.nt*t), float64(w.nt*n)+float64(w.tt*t)
		if d.wide {
			row := h[triangle(k):]
			for i, c := range chain[:e+1] {
				row[c] += float64(n*jn[i]) + float64(t*jt[i])
			}
			continue
		}
		row := h[m.dofs[k].row:]
		row = row[:e+1]
		for i := range row {
			row[i] += float64(n*jn[i]) + float64(t*jt[i])
		}
	}
}

// activate sets which rows are on at the acceleration a and reports whether any changed. A row that was on the
// other side but is on the edge to rounding stays as it was.
func (d *Data) activate(a []float64) bool {
	r := &d.rows
	changed := false
	for i := range r.limits {
		l := &r.limits[i]
		if crosses(float64(l.sign*a[l.dof]), l.ref, l.on) {
			l.on, changed = !l.on, true
		}
	}
	for i := range r.couples {
		if r.couples[i].place(a) {
			changed = true
		}
	}
	for i := range r.units {
		u := &r.units[i]
		if u.isAcross {
			continue
		}
		n, t := u.dot(d.Model, a)
		if u.cone {
			u.resN, u.resT = n-u.refN, t-u.refT
			if u.across == nil {
				changed = u.place(u.resN, u.resT) || changed
				continue
			}
			_, q := u.across.dot(d.Model, a)
			changed = u.turn(u.resT, q-u.across.refT) || changed
			continue
		}
		p, m := n+t, n-t
		u.resP, u.resM, u.resN = p-u.refP, m-u.refM, n-u.refN
		if u.pairs != 0 {
			if crosses(p, u.refP, u.onP) {
				u.onP, changed = !u.onP, true
			}
			if crosses(m, u.refM, u.onM) {
				u.onM, changed = !u.onM, true
			}
		}
		if u.flats != 0 && crosses(n, u.refN, u.onN) {
			u.onN, changed = !u.onN, true
		}
	}
	return changed
}

// crosses reports whether a row that was on or off is on the other side now, by more than rounding.
func crosses(ja, ref float64, on bool) bool {
	return (ja < ref) != on && math.Abs(ja-ref) > tieTolerance*math.Abs(ref)
}

// dot returns Jn a and mu Jt a.
func (u *unit) dot(m *Model, a []float64) (n, t float64) {
	p := u.p
	if f := p.loops.dot; f != nil {
		return f(u.jac, a)
	}
	jn, jt := u.jac[:p.entries], u.jac[p.entries:]
	for e, k := range m.chain[p.chain : p.chain+p.entries] {
		n += float64(jn[e] * a[k])
		t += float64(jt[e] * a[k])
	}
	return n, t
}

// lineSearch returns the t that minimises the cost at QAcc + t (x - QAcc): the root of its derivative, which rises
// piecewise linearly, by Newton's method inside a bracket. It ends where a step stays on its piece.
func (d *Data) lineSearch() float64 {
	r := &d.rows
	for k, x := range r.x {
		r.p[k] = x - d.QAcc[k]
	}
	d.MulM(r.mp, r.p)
	d.MulM(r.ma, d.QAcc)
	slope, curve := 0.0, 0.0
	for k, p := range r.p {
		slope += float64(p * (r.ma[k] - d.QFrcSmooth[k]))
		curve += float64(p * r.mp[k])
	}
	lo, hi, t := 0.0, math.Inf(1), 1.0
	for i := 0; i < maxIterations; i++ {
		g, h := d.rowSlopes(t)
		g += slope + float64(t*curve)
		h += curve
		if g < 0 {
			lo = t
		} else {
			hi = t
		}
		next := t - g/h
		if !(next > lo && next < hi) {
			if math.IsInf(hi, 1) || next == t {
				return t
			}
			next = lo + float64((hi-lo)/2)
		}
		if math.Abs(next-t) <= 1e-14*t {
			return next
		}
		t = next
	}
	return t
}

// rowSlopes returns the rows' part of the cost's first and second derivative at t.
func (d *Data) rowSlopes(t float64) (g, h float64) {
	r := &d.rows
	add := func(value, step, weight float64) {
		if v := value + float64(t*step); v < 0 {
			g += float64(weight * v * step)
			h += float64(weight * step * step)
		}
	}
	for i := range r.limits {
		l := &r.limits[i]
		add(float64(l.sign*d.QAcc[l.dof])-l.ref, l.sign*r.p[l.dof], l.d)
	}
	for i := range r.couples {
		row := &r.couples[i]
		value, step := -row.ref, 0.0
		for k, j := range row.jac {
			value += float64(j * d.QAcc[k])
			step += float64(j * r.p[k])
		}
		dg, dh := row.slopes(value, step, t)
		g, h = g+dg, h+dh
	}
	for i := range r.units {
		u := &r.units[i]
		if u.isAcross {
			continue
		}
		n, tn := u.dot(d.Model, d.QAcc)
		pn, pt := u.dot(d.Model, r.p)
		if u.cone {
			q, pq := 0.0, 0.0
			if a := u.across; a != nil {
				_, q = a.dot(d.Model, d.QAcc)
				_, pq = a.dot(d.Model, r.p)
				q += float64(t*pq) - a.refT
			}
			dg, dh := u.coneSlopes(n-u.refN+float64(t*pn), tn-u.refT+float64(t*pt), q, pn, pt, pq)
			g, h = g+dg, h+dh
			continue
		}
		add(n+tn-u.refP, pn+pt, u.d*u.pairs)
		add(n-tn-u.refM, pn-pt, u.d*u.pairs)
		add(n-u.refN, pn, u.d*u.flats)
	}
	return g, h
}

// constraintForces computes f = -D min(0, J a - aref) and QFrcConstraint = J'f at QAcc.
func (d *Data) constraintForces() {
	m, r := d.Model, &d.rows
	clear(d.QFrcConstraint)
	for i := range r.limits {
		l := &r.limits[i]
		l.force = 0
		if l.on {
			l.force = l.d * (l.ref - float64(l.sign*d.QAcc[l.dof]))
			d.QFrcConstraint[l.dof] += float64(l.sign * l.force)
		}
	}
	for i := range r.couples {
		d.pull(&r.couples[i])
	}
	for i := range r.units {
		u := &r.units[i]
		fp, fm, fn := u.forces()
		c := &d.Contacts[u.contact]
		normal, tangent := fp+fm+fn, fp-fm
		if u.cone {
			normal, tangent = u.coneForces(u.resN, u.resT)
		}
		c.NormalForce, c.TangentForce = c.NormalForce+normal, c.TangentForce+float64(tangent*u.p.mu)
		if normal == 0 && tangent == 0 {
			continue
		}
		p := u.p
		if f := p.loops.pull; f != nil {
			f(d.QFrcConstraint, u.jac, normal, tangent)
			continue
		}
		jn, jt := u.jac[:p.entries], u.jac[p.entries:]
		for e, k := range m.chain[p.chain : p.chain+p.entries] {
			d.QFrcConstraint[k] += float64(jn[e]*normal) + float64(jt[e]*tangent)
		}
	}
}

// forces returns the forces of the rows +, - and of the Jn rows together.
func (u *unit) forces() (fp, fm, fn float64) {
	if u.onP {
		fp = -u.d * u.pairs * u.resP
	}
	if u.onM {
		fm = -u.d * u.pairs * u.resM
	}
	if u.onN {
		fn = -u.d * u.flats * u.resN
	}
	return fp, fm, fn
}
