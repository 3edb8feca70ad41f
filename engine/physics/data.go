package physics

// Data is the state of one body and the workspace of its evaluation. All of it is allocated by NewData.
//
// The derived fields are those of the last evaluation. After Step with RK4 that is the fourth stage of the step,
// as in MuJoCo; Forward makes them those of the present state.
type Data struct {
	Model *Model

	Time  float64   // s
	Steps int       // since Reset
	QPos  []float64 // [NQ] m or rad
	QVel  []float64 // [NV] m/s or rad/s
	Ctrl  []float64 // [NU]

	QAcc           []float64 // [NV] m/s^2 or rad/s^2; also where the solver's next search starts
	M              []float64 // packed joint-space inertia, see FullM
	QFrcBias       []float64 // [NV] N or N m, left-hand side
	QFrcPassive    []float64 // [NV]
	QFrcActuator   []float64 // [NV] of the actuators on joints and tendons
	QFrcSmooth     []float64 // [NV] passive + actuator + applied - bias
	QFrcConstraint []float64 // [NV] J'f

	Iterations int        // of the solver, each one factorisation; 0: no rows
	Contacts   []Contact  // geoms closer than their margin
	Divergence Divergence // set when a step left the finite world

	ox, oy float64     // origin of motions
	bodies []bodyState // [NBody]
	dofs   []dofState  // [NV]

	H       []float64 // packed scratch of the solves
	wide    bool      // some row ties branches: the solver's matrix has whole rows, see widen
	inverse []float64 // [NV] reciprocal diagonal of the factor

	thrusts []float64 // of the actuators on sites, N
	shared  []float64 // [NU] of the actuators on tendons that bound their sum, N; empty where none does
	applied []float64 // [3*NBody] external torque about and force at the centre of mass
	pushed  bool      // some applied force is not zero

	paths []pathState // of the spatial tendons
	rows  rows
	rk    rk4
	state []float64 // [3*NV] QPos, QVel and QAcc
	save  []float64 // [3*NV] state before the step
	pose  pose      // scratch of Shapes
	cut   cut       // scratch of the rows
	sum   weights   // scratch of the solver
	dense dense     // of Implicit
}

// NewData allocates a state of m at its reference configuration, at rest.
func NewData(m *Model) *Data {
	nv, nb := m.NV, m.NBody
	vec := func(n int) []float64 { return make([]float64, n) }
	state := vec(3 * nv)
	d := &Data{
		Model: m,
		QPos:  state[:nv:nv], QVel: state[nv : 2*nv : 2*nv], QAcc: state[2*nv:], state: state, Ctrl: vec(m.NU),
		M: vec(m.nM), H: vec(m.nM), inverse: vec(nv),
		QFrcBias: vec(nv), QFrcPassive: vec(nv), QFrcActuator: vec(nv), QFrcSmooth: vec(nv), QFrcConstraint: vec(nv),
		bodies: make([]bodyState, nb), dofs: make([]dofState, nv),
		applied: vec(3 * nb), save: vec(3 * nv),
	}
	if m.tiesAnyBranches() {
		d.H = vec(triangle(nv))
	}
	d.paths = newPaths(m)
	d.thrusts = vec(m.numThrusts)
	if len(m.shares) > 0 {
		d.shared = vec(m.NU)
	}
	d.rows = newRows(m)
	d.rk = newRK4(nv)
	if m.Option.Integrator == Implicit {
		d.dense = dense{vec(nv * nv), vec(nv), vec(nv), vec(nv)}
	}
	d.pose = pose{make([]bodyState, nb), make([]dofState, nv)}
	d.Contacts = make([]Contact, 0, m.mostContacts())
	d.Reset()
	return d
}

// Reset puts the body into its reference configuration at rest, at time 0, without controls or external forces.
func (d *Data) Reset() {
	copy(d.QPos, d.Model.QPos0)
	clear(d.QVel)
	clear(d.QAcc)
	clear(d.Ctrl)
	d.ClearForces()
	d.Time, d.Steps = 0, 0
	d.Divergence = Divergence{}
	d.placeFixed()
}

// SetState puts the body at q [NQ] with velocities v [NV] at time 0 and forgets the warm start.
func (d *Data) SetState(q, v []float64) {
	if len(q) != d.Model.NQ || len(v) != d.Model.NV {
		panic("physics: SetState: wrong lengths")
	}
	copy(d.QPos, q)
	copy(d.QVel, v)
	clear(d.QAcc)
	d.Time, d.Steps = 0, 0
	d.Divergence = Divergence{}
}

// Forward evaluates the present state: poses, forces, contacts and QAcc.
func (d *Data) Forward() {
	d.evaluate()
	d.accelerate()
}

// evaluate runs every stage before the solve.
func (d *Data) evaluate() {
	d.actuation()
	d.evaluateHeld()
}

// evaluateHeld is evaluate with the actuators' forces as they are.
func (d *Data) evaluateHeld() {
	if f := d.Model.kernel.sweep; f != nil {
		f(d)
		if d.pushed {
			d.push()
		}
	} else {
		d.kinematics()
		d.bias()
		d.inertia()
		d.passive()
	}
	if len(d.Model.lifts) > 0 {
		d.lift()
	}
	if len(d.thrusts) > 0 {
		d.thrustForces()
	}
	if len(d.paths) > 0 {
		d.stretch()
	}
	if len(d.Model.tendons) > 0 {
		d.tendonForces()
	}
	d.collide()
	d.makeRows()
}

// FullM writes the joint-space inertia, dst [NV*NV] row-major.
func (d *Data) FullM(dst []float64) {
	m, n := d.Model, d.Model.NV
	clear(dst[:n*n])
	for k := range m.dofs {
		c := &m.dofs[k]
		for e := 0; e <= c.depth; e++ {
			i := m.chain[c.chain+e]
			dst[k*n+i] = d.M[c.row+e]
			dst[i*n+k] = d.M[c.row+e]
		}
	}
}

// MulM computes dst = M x, both [NV].
func (d *Data) MulM(dst, x []float64) {
	m := d.Model
	clear(dst[:m.NV])
	for k := range m.dofs {
		c := &m.dofs[k]
		row, chain := d.M[c.row:c.row+c.depth+1], m.chain[c.chain:]
		sum := row[c.depth] * x[k]
		for e := 0; e < c.depth; e++ {
			i := chain[e]
			sum += float64(row[e] * x[i])
			dst[i] += float64(row[e] * x[k])
		}
		dst[k] += sum
	}
}
