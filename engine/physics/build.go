package physics

import (
	"fmt"
	"math"
	"slices"

	"onestep/engine/num"
)

// Bounds on a model's size: what a page can show, and a guard against files made to exhaust memory.
const (
	MaxBodies    = 256
	MaxJoints    = 256
	MaxGeoms     = 1024
	MaxActuators = 256
	MaxPairs     = 4096

	maxContactEntries = 1 << 24 // 128 MiB
)

// NewModel checks a specification and compiles it: index tables, weights at qpos0, pairs that may touch.
func NewModel(spec Spec) (*Model, error) {
	m := &Model{Spec: spec, NQ: len(spec.Joints), NV: len(spec.Joints), NU: len(spec.Actuators), NBody: len(spec.Bodies)}
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("physics: model %q: %w", spec.Name, err)
	}
	m.buildBodies()
	m.buildAncestors()
	m.buildPairs()
	if len(m.Pairs) > MaxPairs {
		return nil, fmt.Errorf("physics: model %q: %d pairs of geoms may touch, more than %d", spec.Name, len(m.Pairs), MaxPairs)
	}
	m.buildDofs()
	m.buildForces()
	_, key := m.WrittenOut()
	m.kernel.sweep = sweeps[key]
	if err := m.buildWeights(); err != nil {
		return nil, fmt.Errorf("physics: model %q: %w", spec.Name, err)
	}
	if m.tune() { // springs and dampers are in the tables by now
		return NewModel(m.Spec)
	}
	m.buildLimits()
	m.buildContacts()
	if n := m.contactEntries(); n > maxContactEntries {
		return nil, fmt.Errorf("physics: model %q: its contacts need %d numbers, more than %d: too many boxes that touch on too many joints", spec.Name, n, maxContactEntries)
	}
	if err := m.checkCones(); err != nil {
		return nil, fmt.Errorf("physics: model %q: %w", spec.Name, err)
	}
	return m, nil
}

func finite(xs ...float64) bool {
	for _, x := range xs {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return true
}

func (m *Model) check() error {
	o := &m.Option
	switch {
	case m.NBody == 0:
		return fmt.Errorf("no world body")
	case m.NBody > MaxBodies || m.NV > MaxJoints || len(m.Geoms) > MaxGeoms || m.NU > MaxActuators:
		return fmt.Errorf("%d bodies, %d joints, %d geoms, %d actuators: more than %d, %d, %d, %d",
			m.NBody, m.NV, len(m.Geoms), m.NU, MaxBodies, MaxJoints, MaxGeoms, MaxActuators)
	case !(o.Timestep > 0) || !finite(o.Timestep):
		return fmt.Errorf("timestep %v", o.Timestep)
	case !finite(o.Gravity[0], o.Gravity[1], o.Density, o.Viscosity) || o.Density < 0 || o.Viscosity < 0:
		return fmt.Errorf("gravity, density or viscosity is not usable")
	case !(o.ImpRatio > 0) || !finite(o.ImpRatio):
		return fmt.Errorf("impratio %v", o.ImpRatio)
	}
	for i, b := range m.Bodies {
		switch {
		case i > 0 && (b.Parent < 0 || b.Parent >= i):
			return fmt.Errorf("body %q: parent %d does not come before it", b.Name, b.Parent)
		case !finite(b.Pos[0], b.Pos[1], b.Angle, b.Mass, b.COM[0], b.COM[1], b.Inertia) ||
			!finite(b.Principal[:]...) || !finite(b.Axes[0][:]...) || !finite(b.Axes[1][:]...) || !finite(b.Axes[2][:]...):
			return fmt.Errorf("body %q: a number is not finite", b.Name)
		case b.Mass < 0 || b.Inertia < 0:
			return fmt.Errorf("body %q: negative mass or inertia", b.Name)
		}
	}
	last := 0
	for _, j := range m.Joints {
		switch {
		case j.Body <= 0 || j.Body >= m.NBody || j.Body < last:
			return fmt.Errorf("joint %q: body %d out of order", j.Name, j.Body)
		case !finite(j.Tuned[0], j.Tuned[1], j.Anchor[0], j.Anchor[1], j.Ref, j.Range[0], j.Range[1], j.Margin, j.Stiffness, j.SpringRef,
			j.Damping, j.Armature, j.SolRef[0], j.SolRef[1]) || !finite(j.SolImp[:]...):
			return fmt.Errorf("joint %q: a number is not finite", j.Name)
		case j.Type == Hinge && math.Abs(j.Sign) != 1:
			return fmt.Errorf("joint %q: sign %v is neither 1 nor -1", j.Name, j.Sign)
		case j.Type == Slide && math.Abs(num.Hypot(j.Axis[0], j.Axis[1])-1) > 1e-9:
			return fmt.Errorf("joint %q: axis is not a unit vector", j.Name)
		case j.Limited && !(j.Range[0] < j.Range[1]):
			return fmt.Errorf("joint %q: empty range", j.Name)
		case j.Stiffness < 0 || j.Damping < 0 || j.Armature < 0:
			return fmt.Errorf("joint %q: negative stiffness, damping or armature", j.Name)
		}
		last = j.Body
	}
	for _, g := range m.Geoms {
		switch {
		case g.Body < 0 || g.Body >= m.NBody:
			return fmt.Errorf("geom %q: body %d does not exist", g.Name, g.Body)
		case !finite(g.Pos[0], g.Pos[1], g.Axis[0], g.Axis[1], g.Radius, g.HalfLength, g.Friction, g.Margin, g.Gap, g.Offset,
			g.SolMix, g.SolRef[0], g.SolRef[1]) || !finite(g.SolImp[:]...) || !finite(g.Size[:]...):
			return fmt.Errorf("geom %q: a number is not finite", g.Name)
		case g.Radius < 0 || g.HalfLength < 0 || g.Friction < 0 || g.SolMix < 0:
			return fmt.Errorf("geom %q: a negative size, friction or solmix", g.Name)
		case g.CondIm != 1 && g.CondIm != 3:
			return fmt.Errorf("geom %q: condim %d is neither 1 nor 3", g.Name, g.CondIm)
		}
	}
	for _, a := range m.Actuators {
		if a.OnTendon && (a.Tendon < 0 || a.Tendon >= len(m.Tendons)) {
			return fmt.Errorf("actuator %q: tendon %d does not exist", a.Name, a.Tendon)
		}
		if a.OnTendon && len(m.Tendons[a.Tendon].Sites) > 0 {
			return fmt.Errorf("actuator %q: a spatial tendon as transmission cannot be represented", a.Name)
		}
		if a.OnSite && (a.Site < 0 || a.Site >= len(m.Sites) || !finite(a.Push[:]...)) {
			return fmt.Errorf("actuator %q: site %d does not exist, or its push is not finite", a.Name, a.Site)
		}
		if a.OnSite && (a.Bias[2] != 0 || a.GainSlope[1] != 0) {
			return fmt.Errorf("actuator %q: a push at a site that depends on velocity cannot be represented", a.Name)
		}
		if a.Joint < 0 || a.Joint >= m.NV {
			return fmt.Errorf("actuator %q: joint %d does not exist", a.Name, a.Joint)
		}
		if !finite(a.Gear, a.CtrlRange[0], a.CtrlRange[1], a.ForceRange[0], a.ForceRange[1], a.Gain, a.GainSlope[0],
			a.GainSlope[1]) || !finite(a.Bias[:]...) {
			return fmt.Errorf("actuator %q: a number is not finite", a.Name)
		}
	}
	implicit := m.Option.Integrator == Implicit || m.Option.Integrator == ImplicitFast
	for _, t := range m.Tendons {
		for _, s := range t.Sites {
			if s < 0 || s >= len(m.Sites) || len(t.Sites) < 2 {
				return fmt.Errorf("tendon %q: site %d does not exist, or is alone", t.Name, s)
			}
		}
		if len(t.Sites) > 0 && t.Damping != 0 && implicit {
			return fmt.Errorf("tendon %q: damping of a spatial tendon with an implicit integrator cannot be represented", t.Name)
		}
		for _, w := range t.Wraps {
			if w.Joint < 0 || w.Joint >= m.NV || !finite(w.Coef) {
				return fmt.Errorf("tendon %q: joint %d does not exist, or its part is not finite", t.Name, w.Joint)
			}
		}
	}
	for _, e := range m.Equalities {
		n := m.NV
		switch e.Kind {
		case EqualityTendon:
			n = len(m.Tendons)
		case EqualityConnect, EqualityWeld:
			n = m.NBody
		}
		if e.Kind >= EqualityConnect && (e.B < 0 || !finite(e.Gap, e.Turn, e.Torque) || !finite(e.Points[0][:]...) || !finite(e.Points[1][:]...)) {
			return fmt.Errorf("equality %q: a body is missing, or a number is not finite", e.Name)
		}
		for _, i := range []int{e.A, e.B} {
			if e.Kind == EqualityTendon && i >= 0 && i < n && len(m.Tendons[i].Sites) > 0 {
				return fmt.Errorf("equality %q: a spatial tendon in an equality cannot be represented", e.Name)
			}
		}
		if e.A < 0 || e.A >= n || e.B < -1 || e.B >= n || !finite(e.Poly[:]...) {
			return fmt.Errorf("equality %q: what it ties does not exist, or a number is not finite", e.Name)
		}
	}
	for _, s := range m.Sites {
		if s.Body < 0 || s.Body >= m.NBody || !finite(s.Pos[0], s.Pos[1]) {
			return fmt.Errorf("site %q: bad body or position", s.Name)
		}
	}
	return nil
}

func (m *Model) buildBodies() {
	m.bodies = make([]bodyConst, m.NBody)
	for i := range m.Bodies {
		b := &m.Bodies[i]
		c := bodyConst{parent: b.Parent, lastDof: -1, weld: i, x: b.Pos[0], y: b.Pos[1], angle: b.Angle, turned: b.Angle != 0,
			mass: b.Mass, inertia: b.Inertia, comX: b.COM[0], comY: b.COM[1], massive: b.Mass != 0 || b.Inertia != 0}
		if i > 0 {
			c.lastDof = m.bodies[b.Parent].lastDof
		}
		for k, j := range m.Joints {
			if j.Body == i {
				if c.dof1 == 0 {
					c.dof0 = k
				}
				c.dof1 = k + 1
				c.lastDof = k
			}
		}
		if i > 0 && c.dof1 == 0 {
			c.weld = m.bodies[b.Parent].weld
		}
		if i == 0 {
			c.massive = false
		}
		c.moving = c.lastDof >= 0
		c.parentMoves = i > 0 && m.bodies[b.Parent].moving
		if b.Mass > 0 {
			c.invMass = 1 / b.Mass
		}
		if c.moving && m.firstBody == 0 {
			m.firstBody = i
		}
		m.bodies[i] = c
	}
	for i := m.NBody - 1; i > 0; i-- {
		c := &m.bodies[i]
		c.carried += c.mass
		m.bodies[c.parent].carried += c.carried
	}
}

// dofBefore returns the dof that k's motion rides on, -1 for a root.
func (m *Model) dofBefore(k int) int {
	b := m.Joints[k].Body
	if k > m.bodies[b].dof0 {
		return k - 1
	}
	return m.bodies[m.bodies[b].parent].lastDof
}

// isAncestor reports whether dof a carries dof k, or is it.
func (m *Model) isAncestor(a, k int) bool { return m.carries[a*m.NV+k] }

// buildAncestors fills the table behind isAncestor.
func (m *Model) buildAncestors() {
	m.carries = make([]bool, m.NV*m.NV)
	for k := range m.NV {
		for a := k; a >= 0; a = m.dofBefore(a) {
			m.carries[a*m.NV+k] = true
		}
	}
}

// buildDofs lays out the packed rows, which follow the kinematic tree.
func (m *Model) buildDofs() {
	m.buildPaths()
	m.dofs = make([]dofConst, m.NV)
	m.QPos0 = make([]float64, m.NQ)
	for k := range m.Joints {
		j := &m.Joints[k]
		m.QPos0[k] = j.Ref
		d := dofConst{slide: j.Type == Slide, body: j.Body, sign: j.Sign, ref: j.Ref, chain: len(m.chain), row: m.nM,
			armature: j.Armature, stiffness: j.Stiffness, springRef: j.SpringRef, damping: j.Damping}
		if d.slide {
			d.ax, d.ay = j.Axis[0], j.Axis[1]
		} else {
			d.ax, d.ay = j.Anchor[0], j.Anchor[1]
			d.offCentre = d.ax != 0 || d.ay != 0
		}
		d.before = m.dofBefore(k)
		if before := d.before; before >= 0 {
			p := &m.dofs[before]
			m.chain = append(m.chain, m.chain[p.chain:p.chain+p.depth+1]...)
			d.depth = p.depth + 1
		}
		m.chain = append(m.chain, k)
		if j.Armature != 0 {
			m.armature = append(m.armature, armatureConst{d.row + d.depth, j.Armature})
		}
		m.nM += d.depth + 1
		m.dofs[k] = d
	}
	m.kernel = kernels[m.treeKey()]
}

// WrittenOut returns the keys of the code without loops that gen writes for this body: of its dofs, one character each, '@' + 1 +
// the dof that its row of a joint-space matrix rides on, and of its moving bodies, in the words of gen/sweep.go. "" is a key of
// what runs by the loops: no dof or more than 16, a body that the words do not tell.
func (m *Model) WrittenOut() (tree, sweep string) {
	return m.treeKey(), m.sweepKey()
}

func (m *Model) treeKey() string {
	if m.NV > 16 {
		return ""
	}
	key := make([]byte, m.NV)
	for k := range m.dofs {
		key[k] = '@'
		if d := &m.dofs[k]; d.depth > 0 {
			key[k] += byte(1 + m.chain[d.chain+d.depth-1])
		}
	}
	return string(key)
}

// sweepKey spells the moving bodies as gen/sweep.go reads them; "" where they are none of its kinds.
func (m *Model) sweepKey() string {
	key := ""
	moving := 0
	for i := 1; i < m.NBody; i++ {
		c := &m.bodies[i]
		if i > 1 {
			key += " "
		}
		if !c.moving && c.parent == 0 && !c.turned {
			key += "."
			continue
		}
		if !c.moving || c.turned || !c.massive || c.parent != 0 && !c.parentMoves {
			return ""
		}
		moving++
		key += string(rune('@' + c.parent))
		straight := c.parent == 0
		hinges := 0
		for k := c.dof0; k < c.dof1; k++ {
			d := &m.dofs[k]
			switch {
			case !d.slide && hinges > 0:
				return ""
			case !d.slide:
				hinges++
				straight = false
				if d.offCentre {
					key += "O"
				} else {
					key += "H"
				}
			case straight && d.ax == 1 && d.ay == 0:
				key += "X"
			case straight && d.ax == 0 && d.ay == 1:
				key += "Y"
			default:
				key += "S"
			}
		}
	}
	for i := range m.fluid {
		if !m.fluid[i].planar || len(m.fluid) != moving {
			return ""
		}
	}
	if len(m.fluid) > 0 {
		key = "~" + key
	}
	return key
}

func (m *Model) buildForces() {
	o := &m.Option
	for k, j := range m.Joints {
		if j.Stiffness != 0 || j.Damping != 0 {
			m.springs = append(m.springs, springConst{dof: k, diagonal: m.dofs[k].row + m.dofs[k].depth, stiffness: j.Stiffness, springRef: j.SpringRef, damping: j.Damping})
		}
		m.damped = m.damped || j.Damping != 0
		if j.ForceLimited {
			m.forceLimits = append(m.forceLimits, forceLimit{k, j.ForceRange[0], j.ForceRange[1]})
		}
	}
	for _, a := range m.Actuators {
		m.acts = append(m.acts, actConst{
			dof: a.Joint, gear: a.Gear, clamp: a.CtrlLimited && !o.DisableClampCtrl, lo: a.CtrlRange[0], hi: a.CtrlRange[1],
			clampForce: a.ForceLimited, forceLo: a.ForceRange[0], forceHi: a.ForceRange[1],
			affine: a.Bias != [3]float64{} || a.GainSlope != [2]float64{}, gain: a.Gain, gain1: a.GainSlope[0], gain2: a.GainSlope[1],
			bias0: a.Bias[0], bias1: a.Bias[1], bias2: a.Bias[2],
		})
		last := &m.acts[len(m.acts)-1]
		if a.OnTendon {
			t := &m.Tendons[a.Tendon]
			last.wraps, last.shared = t.Wraps, t.ForceLimited
		}
		if a.OnSite {
			s := m.Sites[a.Site]
			last.site = &thrust{index: m.numThrusts, body: s.Body, x: s.Pos[0], y: s.Pos[1], fx: a.Push[0], fy: a.Push[1], torque: a.Push[2]}
			m.numThrusts++
		}
		m.affine = m.affine || last.affine
	}
	for i := range m.Tendons {
		t := &m.Tendons[i]
		if !t.ForceLimited {
			continue
		}
		s := share{lo: t.ForceRange[0], hi: t.ForceRange[1]}
		for k := range m.Actuators {
			if a := &m.Actuators[k]; a.OnTendon && a.Tendon == i {
				s.acts = append(s.acts, k)
			}
		}
		m.shares = append(m.shares, s)
	}
	for i := range m.Bodies {
		if b := &m.Bodies[i]; b.Lift != 0 && m.bodies[i].moving && o.Gravity != [2]float64{} {
			m.lifts = append(m.lifts, lift{i, -o.Gravity[0] * (b.Mass * b.Lift), -o.Gravity[1] * (b.Mass * b.Lift)})
		}
	}
	if o.Density == 0 && o.Viscosity == 0 {
		return
	}
	for i := 1; i < m.NBody; i++ {
		if m.bodies[i].moving && m.Bodies[i].Mass >= minVal {
			m.fluid = append(m.fluid, newFluid(i, &m.Bodies[i].Inertial, o))
		}
	}
}

// newFluid replaces a body by the box of its mass and principal inertias, edges sqrt(6 (I_j + I_k - I_i)/m).
func newFluid(body int, in *Inertial, o *Option) fluidConst {
	f := fluidConst{body: body, axes: in.Axes}
	var edge [3]float64
	p := in.Principal
	for i := range edge {
		edge[i] = math.Sqrt(math.Max(minVal, p[(i+1)%3]+p[(i+2)%3]-p[i]) / in.Mass * 6)
	}
	d := (edge[0] + edge[1] + edge[2]) / 3
	f.viscous, f.viscousRotation = 3*math.Pi*d*o.Viscosity, math.Pi*d*d*d*o.Viscosity
	for i := range edge {
		j, k := edge[(i+1)%3], edge[(i+2)%3]
		f.drag[i] = 0.5 * o.Density * j * k
		f.dragRotation[i] = o.Density * edge[i] * (float64(j*j*j*j) + float64(k*k*k*k)) / 64
	}
	f.stand()
	return f
}

// stand makes components zero that only rounding keeps from it, and finds out whether the box stands in the plane.
func (f *fluidConst) stand() {
	const rounding = 1e-15 // of the sine of a right angle
	flat, across := 0, 0
	for i := range f.axes {
		a := &f.axes[i]
		for k := range a {
			if math.Abs(a[k]) < rounding {
				a[k] = 0
			}
		}
		switch {
		case a[2] == 0 && flat < 2:
			f.edge[flat], f.edgeDrag[flat] = [2]float64{a[0], a[1]}, f.drag[i]
			flat++
		case math.Abs(a[2]) == 1 && a[0] == 0 && a[1] == 0:
			f.spinDrag = f.dragRotation[i]
			across++
		}
	}
	f.planar = flat == 2 && across == 1
}

// buildWeights evaluates M at qpos0 and from it the inverse weights that scale the constraints:
// (M^-1)_ii for a dof; for a body (A_uu + A_vv)/3, A = Jc M^-1 Jc', the mean over three axes of which the
// one across the plane does not move (engine_setconst).
func (m *Model) buildWeights() error {
	m.DofInvWeight = make([]float64, m.NV)
	m.BodyInvWeight = make([]float64, m.NBody)
	if m.NV == 0 {
		return nil
	}
	d := NewData(m)
	d.kinematics()
	d.bias()
	d.inertia()
	for k := range m.dofs {
		if !(d.M[m.dofs[k].row+m.dofs[k].depth] >= minVal) {
			return fmt.Errorf("joint %q moves no mass", m.Joints[k].Name)
		}
	}
	m.dampActuators(d)
	if m.Option.MeanInertia == 0 {
		for k := range m.dofs {
			m.Option.MeanInertia += d.M[m.dofs[k].row+m.dofs[k].depth] / float64(m.NV)
		}
	}
	if !d.factor(d.H, d.M) {
		return fmt.Errorf("the inertia matrix is singular at the reference configuration")
	}
	x, jac := make([]float64, m.NV), make([]float64, m.NV)
	for k := range x {
		clear(x)
		x[k] = 1
		d.solve(d.H, x)
		m.DofInvWeight[k] = x[k]
	}
	for i := 1; i < m.NBody; i++ {
		leaf := m.bodies[i].lastDof
		if leaf < 0 {
			continue
		}
		px, py := d.bodyPoint(i, m.bodies[i].comX, m.bodies[i].comY)
		sum := 0.0
		for axis := 0; axis < 2; axis++ {
			clear(jac)
			for k := leaf; k >= 0; k = m.dofBefore(k) {
				vx, vy := d.dofVelocity(k, px, py)
				jac[k] = [2]float64{vx, vy}[axis]
			}
			copy(x, jac)
			d.solve(d.H, x)
			for k := range x {
				sum += float64(x[k] * jac[k])
			}
		}
		m.BodyInvWeight[i] = sum / 3
		if b := &m.bodies[i]; m.Bodies[i].Simple && b.mass > 0 {
			m.BodyInvWeight[i] = 1 / b.mass
			for k := b.dof0; k < b.dof1; k++ {
				m.DofInvWeight[k] = 1 / b.mass
			}
		}
	}
	m.buildCouples(d, func(wraps []Coef) float64 {
		clear(x)
		for _, w := range wraps {
			x[w.Joint] += w.Coef
		}
		d.solve(d.H, x)
		sum := 0.0
		for _, w := range wraps {
			sum += float64(w.Coef * x[w.Joint])
		}
		return sum
	})
	return nil
}

// tune gives the joints that ask for it the spring and damper of their time constant and damping ratio, for the inertia
// that they move at the reference configuration, and reports whether any did (MuJoCo's springdamper).
func (m *Model) tune() bool {
	tuned := func(j Joint) bool { return j.Tuned[0] > 0 && j.Tuned[1] > 0 }
	if !slices.ContainsFunc(m.Joints, tuned) {
		return false
	}
	m.Joints = slices.Clone(m.Joints)
	for k := range m.Joints {
		j := &m.Joints[k]
		if !tuned(*j) {
			continue
		}
		t, ratio := j.Tuned[0], j.Tuned[1]
		inertia := 1 / math.Max(minVal, m.DofInvWeight[k])
		j.Tuned = [2]float64{}
		j.Stiffness = inertia / math.Max(minVal, t*t*ratio*ratio)
		j.Damping = 2 * inertia / math.Max(minVal, t)
	}
	return true
}

// dampActuators turns damping ratios of position servos into dampings, given M at the reference configuration.
func (m *Model) dampActuators(d *Data) {
	m.Actuators = slices.Clone(m.Actuators)
	for i := range m.Actuators {
		a := &m.Actuators[i]
		if a.Gain != -a.Bias[1] || !(a.Bias[2] > 0) {
			continue
		}
		wraps := m.acts[i].wraps
		if wraps == nil {
			wraps = []Coef{{a.Joint, 1}}
		}
		mass := 0.0
		for _, w := range wraps {
			if t := a.Gear * w.Coef * a.Gear * w.Coef; t > minVal {
				c := &m.dofs[w.Joint]
				mass += d.M[c.row+c.depth] / t
			}
		}
		a.Bias[2] *= -2 * math.Sqrt(a.Gain*mass)
		m.acts[i].bias2 = a.Bias[2]
	}
}

func (m *Model) buildLimits() {
	if m.Option.DisableLimit || m.Option.DisableConstraint {
		return
	}
	for k, j := range m.Joints {
		if j.Limited {
			m.limits = append(m.limits, limitConst{dof: k, lo: j.Range[0], hi: j.Range[1], margin: j.Margin,
				weight: m.DofInvWeight[k], sol: newSol(j.SolRef, j.SolImp, m.Option.Timestep)})
		}
	}
}
