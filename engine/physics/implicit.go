package physics

// implicit is MuJoCo's implicit velocity integration, with the forces' derivative by the velocities D:
//
//	(M - h D) a' = QFrcSmooth + QFrcConstraint;   v += h a';   q += h v
//
// D of ImplicitFast holds joint damping, the actuators' velocity gains and the fluid, and is symmetric; Implicit adds that of
// the bias. MuJoCo documentation, Computation, numerical integration; mj_implicitSkip and mjd_smooth_vel of 3.3.8.
func (d *Data) implicit() {
	m := d.Model
	h := m.Option.Timestep
	d.evaluate()
	d.accelerate()
	a := d.rows.x
	for k := range a {
		a[k] = d.QFrcSmooth[k] + d.QFrcConstraint[k]
	}
	copy(d.H, d.M)
	for i := range m.springs {
		s := &m.springs[i]
		d.H[s.diagonal] += float64(h * s.damping)
	}
	for i := range m.acts {
		c := &m.acts[i]
		if !c.affine {
			continue
		}
		gain := c.bias2 + float64(c.gain2*d.Ctrl[i]) // of the control as it is, not as it is clamped
		b := float64(-h * float64(c.gear*c.gear) * gain)
		if c.wraps == nil {
			at := &m.dofs[c.dof]
			d.H[at.row+at.depth] += b
		} else {
			d.addTendon(c.wraps, b)
		}
	}
	for i := range m.tendons {
		d.addTendon(m.tendons[i].wraps, h*m.tendons[i].damping)
	}
	for i := range m.fluid {
		d.fluidDerivative(&m.fluid[i], h)
	}
	if m.Option.Integrator == Implicit {
		d.solveImplicit(a, h)
	} else {
		d.solveWith(d.H, a)
	}
	q, v := d.QPos[:len(a)], d.QVel[:len(a)]
	for k := range a {
		v[k] += float64(h * a[k])
		q[k] += float64(h * v[k])
	}
}

// addTendon adds b J'J of a tendon's length to H, but for the entries between branches of the tree, which MuJoCo leaves out.
func (d *Data) addTendon(wraps []Coef, b float64) {
	m := d.Model
	for _, w := range wraps {
		c := &m.dofs[w.Joint]
		for e, k := range m.chain[c.chain : c.chain+c.depth+1] {
			for _, o := range wraps {
				if o.Joint == k && m.isAncestor(k, w.Joint) {
					d.H[c.row+e] += float64(b * w.Coef * o.Coef)
				}
			}
		}
	}
}

// fluidDerivative adds h J'BJ to H, where J is the motion of a body's centre of mass along the axes of its box, and -B what
// the drag of fluid grows by: its viscous coefficients and, along axis i, rho box_j box_k |v_i| and
// rho box_i (box_j^4 + box_k^4) |w_i|/32.
func (d *Data) fluidDerivative(f *fluidConst, h float64) {
	m := d.Model
	s, c := &d.bodies[f.body], &m.bodies[f.body]
	px, py := d.bodyPoint(f.body, c.comX, c.comY)
	rx, ry := px-d.ox, py-d.oy
	vx, vy := s.vx-float64(s.w*ry), s.vy+float64(s.w*rx)
	vx, vy = float64(s.c*vx)+float64(s.s*vy), float64(s.c*vy)-float64(s.s*vx)
	xx, xy, yy, ww := f.viscous, 0.0, f.viscous, f.viscousRotation
	for i := range f.axes {
		a := &f.axes[i]
		b := 2 * f.drag[i] * abs(float64(a[0]*vx)+float64(a[1]*vy))
		xx += float64(float64(a[0]*a[0]) * b)
		xy += float64(float64(a[0]*a[1]) * b)
		yy += float64(float64(a[1]*a[1]) * b)
		ww += float64(float64(a[2]*a[2]) * 2 * f.dragRotation[i] * abs(float64(a[2]*s.w)))
	}
	local := func(k int) (x, y float64) {
		x, y = d.dofVelocity(k, px, py)
		return float64(s.c*x) + float64(s.s*y), float64(s.c*y) - float64(s.s*x)
	}
	leaf := c.lastDof
	for k := leaf; k >= 0; k = m.dofs[k].before {
		x, y := local(k)
		fx, fy, fw := float64(xx*x)+float64(xy*y), float64(xy*x)+float64(yy*y), float64(ww*d.dofs[k].w)
		row := &m.dofs[k]
		for e, i := range m.chain[row.chain : row.chain+row.depth+1] {
			if !m.isAncestor(i, leaf) {
				continue
			}
			x, y := local(i)
			d.H[row.row+e] += float64(h * (float64(fx*x) + float64(fy*y) + float64(fw*d.dofs[i].w)))
		}
	}
}

func abs(x float64) float64 {
	if x < 0 {
		return -x
	}
	return x
}

// dense is the room of Implicit's solve.
type dense struct {
	lu            []float64 // [NV*NV] row-major
	vel, bias, up []float64 // [NV]
}

// solveImplicit solves (H + h dbias/dv) a = a, H symmetric. The bias is a quadratic function of v, so that its central
// difference by any step is its derivative.
func (d *Data) solveImplicit(a []float64, h float64) {
	m, n := d.Model, d.Model.NV
	r := &d.dense
	clear(r.lu)
	for k := range m.dofs {
		c := &m.dofs[k]
		for e, i := range m.chain[c.chain : c.chain+c.depth+1] {
			r.lu[k*n+i], r.lu[i*n+k] = d.H[c.row+e], d.H[c.row+e]
		}
	}
	copy(r.vel, d.QVel)
	copy(r.bias, d.QFrcBias)
	for j := range n {
		d.QVel[j] = r.vel[j] + 1
		d.kinematics()
		d.bias()
		copy(r.up, d.QFrcBias)
		d.QVel[j] = r.vel[j] - 1
		d.kinematics()
		d.bias()
		for k := range n {
			r.lu[k*n+j] += float64(h / 2 * (r.up[k] - d.QFrcBias[k]))
		}
		d.QVel[j] = r.vel[j]
	}
	d.kinematics()
	copy(d.QFrcBias, r.bias)
	eliminate(r.lu, a)
}

// eliminate solves the dense system lu x = x by Gauss's elimination; lu is M plus a small part, which needs no pivots.
func eliminate(lu, x []float64) {
	n := len(x)
	for j := range n {
		for k := j + 1; k < n; k++ {
			f := lu[k*n+j] / lu[j*n+j]
			if f == 0 {
				continue
			}
			for i := j + 1; i < n; i++ {
				lu[k*n+i] -= float64(f * lu[j*n+i])
			}
			x[k] -= float64(f * x[j])
		}
	}
	for j := n - 1; j >= 0; j-- {
		for i := j + 1; i < n; i++ {
			x[j] -= float64(lu[j*n+i] * x[i])
		}
		x[j] /= lu[j*n+j]
	}
}
