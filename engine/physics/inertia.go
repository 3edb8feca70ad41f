package physics

import "slices"

// inertia computes M by composite rigid bodies: M_ik = w_i L_k + v_i . p_k for every ancestor i of k, from the momenta that bias
// found; armature adds to M_kk.
func (d *Data) inertia() {
	m := d.Model
	if f := m.kernel.inertia; f != nil {
		f(d.M, d.dofs)
	} else {
		d.inertiaRows()
	}
	for _, a := range m.armature {
		d.M[a.at] += a.value
	}
}

// inertiaRows is kernel.inertia for any tree.
func (d *Data) inertiaRows() {
	m := d.Model
	for k := range m.dofs {
		j, mo := &m.dofs[k], &d.dofs[k]
		row := d.M[j.row : j.row+j.depth+1]
		chain := m.chain[j.chain : j.chain+len(row)]
		for e := range row {
			i := &d.dofs[chain[e]]
			row[e] = float64(i.w*mo.l) + float64(i.vx*mo.px) + float64(i.vy*mo.py)
		}
	}
}

// kernel is the part of inertia and of the solve that depends on the tree alone, written out for common trees by gen.
type kernel struct {
	solve   func(m, x []float64)
	inertia func(m []float64, dofs []dofState)
	sweep   func(d *Data) // kinematics, bias, inertia, springs and dampers, QFrcSmooth without applied forces
	leaves  []leaf        // [NV] by the dof at the end of a row's chain
}

// ByLoops is the model without the code that gen wrote out for its tree or body: what any body takes that nobody wrote code
// for. Its bits are the same.
func (m *Model) ByLoops() *Model {
	plain := *m
	plain.kernel = kernel{}
	plain.contacts = slices.Clone(m.contacts)
	for i := range plain.contacts {
		plain.contacts[i].loops = leaf{}
	}
	return &plain
}

// leaf is what a contact's rows need of their chain.
type leaf struct {
	jacobian func(jac, v []float64, dofs []dofState, c *cut) (velN, velT float64)
	dot      func(jac, a []float64) (n, t float64)
	pull     func(f, jac []float64, normal, tangent float64)
	add      func(h, x, jac []float64, w *weights)
}

// cut is where a contact's Jacobian comes from: normal and mu times the tangent, and their moments about the origin.
type cut struct{ nx, ny, nw, tx, ty, tw float64 }

// weights are the coefficients of Jn'Jn, Jn'Jt + Jt'Jn, Jt'Jt, Jn' and Jt' in J'DJ and J'D aref.
type weights struct{ nn, nt, tt, n, t float64 }

// solveWith replaces x by the solution of src x = b. src is M, or H itself, which it uses up.
func (d *Data) solveWith(src, x []float64) {
	if f := d.Model.kernel.solve; f != nil {
		f(src, x)
		return
	}
	copy(d.H, src)
	d.factorInPlace(d.H)
	d.solve(d.H, x)
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
				up[i] -= float64(t * row[i])
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
			x[chain[e]] -= float64(row[e] * xk)
		}
	}
	for k := range m.dofs {
		c := &m.dofs[k]
		row := h[c.row : c.row+c.depth]
		chain := m.chain[c.chain : c.chain+len(row)]
		s := x[k] * d.inverse[k]
		for e := range row {
			s -= float64(row[e] * x[chain[e]])
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
