package physics

// inertia computes M by composite rigid bodies. A subtree with mass m, first moment c and second moment I about
// the origin that moves with unit speed of dof k has momentum p = m v_k + w_k perp(c) and angular momentum
// L = I w_k + c x v_k; then M_ik = w_i L + v_i . p for every ancestor i of k, and armature adds to M_kk.
func (d *Data) inertia() {
	m := d.Model
	if m.kernel.solve != nil {
		d.momenta()
		m.kernel.inertia(d.M, d.motion, d.momentum)
		if m.full {
			d.cutBranches()
		}
		for k := range m.dofs {
			if c := &m.dofs[k]; c.armature != 0 {
				d.M[c.row+c.depth] += c.armature
			}
		}
		return
	}
	sp := d.spatial
	for b := len(m.bodies) - 1; b >= m.firstBody && b > 0; b-- {
		c := &m.bodies[b]
		if !c.moving {
			continue
		}
		s := sp[4*b : 4*b+4]
		mass, cx, cy, in := s[0], s[1], s[2], s[3]
		for k := c.dof1 - 1; k >= c.dof0; k-- {
			j := &m.dofs[k]
			mo := d.motion[3*k : 3*k+3]
			w, vx, vy := mo[0], mo[1], mo[2]
			px, py, l := mass*vx-w*cy, mass*vy+w*cx, in*w+cx*vy-cy*vx
			row := d.M[j.row : j.row+j.depth+1]
			chain := m.chain[j.chain : j.chain+len(row)]
			for e := range row {
				mi := d.motion[3*chain[e] : 3*chain[e]+3]
				row[e] = mi[0]*l + mi[1]*px + mi[2]*py
			}
			row[j.depth] += j.armature
		}
		up := sp[4*c.parent : 4*c.parent+4]
		up[0] += mass
		up[1] += cx
		up[2] += cy
		up[3] += in
	}
	if m.full {
		d.cutBranches()
	}
}

// kernel is the part of inertia and of the solve that depends on the tree alone, written out for common trees by gen.
type kernel struct {
	solve   func(h, m, x []float64)
	inertia func(m, motion, momentum []float64)
}

// momenta computes (L, p) of the subtree for unit speed of each dof.
func (d *Data) momenta() {
	m := d.Model
	for b := len(m.bodies) - 1; b >= m.firstBody && b > 0; b-- {
		c := &m.bodies[b]
		if !c.moving {
			continue
		}
		s := d.spatial[4*b : 4*b+4]
		mass, cx, cy, in := s[0], s[1], s[2], s[3]
		for k := c.dof0; k < c.dof1; k++ {
			mo, p := d.motion[3*k:3*k+3], d.momentum[3*k:3*k+3]
			w, vx, vy := mo[0], mo[1], mo[2]
			p[0], p[1], p[2] = in*w+cx*vy-cy*vx, mass*vx-w*cy, mass*vy+w*cx
		}
		up := d.spatial[4*c.parent : 4*c.parent+4]
		up[0] += mass
		up[1] += cx
		up[2] += cy
		up[3] += in
	}
}

// solveWith replaces x by the solution of src x = b, leaving the factor in H. src is M, or H itself.
func (d *Data) solveWith(src, x []float64) {
	if f := d.Model.kernel.solve; f != nil {
		f(d.H, src, x)
		return
	}
	copy(d.H, src)
	d.factorInPlace(d.H)
	d.solve(d.H, x)
}

// cutBranches zeroes the entries between dofs that do not carry one another, where rows are full.
func (d *Data) cutBranches() {
	for _, e := range d.Model.zeros {
		d.M[e] = 0
	}
}

// factor writes L'DL = src into dst: dst row k holds L_ki for its ancestors i, d.inverse the reciprocals of D.
// It reports whether src is positive definite. Featherstone 2008, table 6.3.
func (d *Data) factor(dst, src []float64) bool {
	copy(dst, src)
	return d.factorInPlace(dst)
}

func (d *Data) factorInPlace(h []float64) bool {
	m := d.Model
	ok := true
	for k := len(m.dofs) - 1; k >= 0; k-- {
		c := &m.dofs[k]
		row := h[c.row : c.row+c.depth+1]
		chain := m.chain[c.chain : c.chain+len(row)]
		pivot := row[c.depth]
		ok = ok && pivot > 0
		inv := 1 / pivot
		d.inverse[k] = inv
		for e := c.depth - 1; e >= 0; e-- {
			t := row[e] * inv
			up := h[m.dofs[chain[e]].row:]
			up = up[:e+1]
			for i := range up {
				up[i] -= t * row[i]
			}
			row[e] = t
		}
	}
	return ok
}

// solve replaces x by the solution of L'DL x = b for the factor in h and d.inverse.
func (d *Data) solve(h, x []float64) {
	m := d.Model
	for k := len(m.dofs) - 1; k >= 0; k-- {
		c := &m.dofs[k]
		row := h[c.row : c.row+c.depth]
		chain := m.chain[c.chain : c.chain+len(row)]
		xk := x[k]
		for e := range row {
			x[chain[e]] -= row[e] * xk
		}
	}
	for k := range m.dofs {
		c := &m.dofs[k]
		row := h[c.row : c.row+c.depth]
		chain := m.chain[c.chain : c.chain+len(row)]
		s := x[k] * d.inverse[k]
		for e := range row {
			s -= row[e] * x[chain[e]]
		}
		x[k] = s
	}
}

// QAccSmooth writes the accelerations without constraints, M^-1 QFrcSmooth, dst [NV], and returns it.
func (d *Data) QAccSmooth(dst []float64) []float64 {
	d.factor(d.H, d.M)
	copy(dst, d.QFrcSmooth)
	d.solve(d.H, dst)
	return dst
}
