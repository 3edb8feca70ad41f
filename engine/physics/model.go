package physics

// Integrator is how a step advances the state.
type Integrator int

// The integrators.
const (
	SemiImplicitEuler Integrator = iota // v' = v + h a', q' = q + h v', joint damping implicit
	RK4                                 // the classic fourth-order tableau, everything explicit
	ImplicitFast                        // as the first, with the velocity derivatives of passive and actuator forces implicit
	Implicit                            // as ImplicitFast, with those of the bias too
)

// PlaneAxes says which axes of space span the plane of motion. It matters to contacts alone, whose friction
// directions MuJoCo derives from the axes y and z of space.
type PlaneAxes int

// The planes (u, v).
const (
	XZ PlaneAxes = iota
	XY
	YZ
)

// JointType is the kind of a joint.
type JointType int

// The joints.
const (
	Hinge JointType = iota // turns the body about an anchor
	Slide                  // moves the body along an axis
)

// GeomType is the form of a geom.
type GeomType int

// The forms, in the order in which a colliding pair is sorted.
const (
	Plane GeomType = iota
	Sphere
	Capsule
	Ellipsoid
	Cylinder
	Box
)

// Option holds the constants of the simulation as a whole.
type Option struct {
	Timestep   float64    // s
	Gravity    [2]float64 // m/s^2
	Density    float64    // of the surrounding fluid, kg/m^3
	Viscosity  float64    // of the surrounding fluid, Pa s
	ImpRatio   float64    // ratio of frictional to normal constraint impedance
	Elliptic   bool       // friction cones are elliptic, not pyramids
	Integrator Integrator

	NoslipIterations int     // sweeps at most that stop contacts from slipping after the solve
	NoslipTolerance  float64 // fall of the scaled cost at which they end
	MeanInertia      float64 // that scales the cost, kg or kg m^2; 0: the mean of M's diagonal at the reference configuration

	DisableContact      bool // no contacts
	DisableLimit        bool // no joint limits
	DisableConstraint   bool // neither, nor any of the next two
	DisableEquality     bool // no equalities
	DisableFrictionLoss bool // no dry friction of joints and tendons
	DisableEulerDamp    bool // Euler treats joint damping explicitly
	DisableClampCtrl    bool // controls are not clamped to their range
	OnlyExplicit        bool // no geoms touch but the explicit pairs (collision="predefined")
	DisableParent       bool // parent and child may touch (the filter is off)
	SumMargins          bool // a pair's margin is the sum of its geoms' (MuJoCo 3.5 and later), not the larger
}

// Body is a rigid body. Body 0 is the world.
type Body struct {
	Name   string
	Parent int
	Pos    [2]float64 // of the body frame in the parent's, m
	Angle  float64    // of the body frame in the parent's
	Lift   float64    // share of its weight that an upward force at its centre of mass takes off (gravcomp)
	Simple bool       // only slides, along axes of its inertia, on a body that does not move, and carries none: it weighs its mass
	Inertial
}

// Joint joins a body to its parent; the joints of a body act in order.
type Joint struct {
	Name      string
	Body      int
	Type      JointType
	Anchor    [2]float64 // Hinge: in the body frame, m
	Axis      [2]float64 // Slide: unit vector in the body frame
	Sign      float64    // Hinge: +1 turns counter-clockwise, -1 clockwise
	Ref       float64    // position in the reference configuration qpos0, m or rad
	Limited   bool
	Range     [2]float64 // m or rad
	Margin    float64    // distance from the range at which the limit becomes active
	Stiffness float64    // N/m or N m/rad
	SpringRef float64    // m or rad
	Damping   float64    // N s/m or N m s/rad
	Tuned     [2]float64 // both positive: time constant (s) and damping ratio that NewModel gives spring and damper (springdamper)
	Armature  float64    // kg or kg m^2
	SolRef    [2]float64 // time constant (s) and damping ratio of the limit, or -stiffness, -damping
	SolImp    [5]float64 // d0, dw, width, midpoint, power

	FrictionLoss float64 // dry friction, N or N m
	SolRefFric   [2]float64
	SolImpFric   [5]float64

	ForceLimited bool       // the actuators' forces together stay in ForceRange
	ForceRange   [2]float64 // N or N m
}

// Geom is a form fixed to a body: what collides and is drawn.
type Geom struct {
	Name        string
	Body        int
	Type        GeomType
	Pos         [2]float64    // centre in the body frame, m; Plane: a point on it
	Axis        [2]float64    // unit vector of the length in the body frame; Plane: its normal
	Offset      float64       // coordinate across the plane of motion, m
	OutOfPlane  bool          // Capsule, Cylinder: the length, Plane: the normal stands on the plane of motion
	Across      float64       // OutOfPlane: the axis' coordinate across the plane, 1 or -1
	Radius      float64       // m; Box: half its extent across Axis
	HalfLength  float64       // m, without the caps; Box: half its extent along Axis
	Size        [3]float64    // Ellipsoid, Cylinder, Box: half extents along Frame, m; of a Cylinder the radius twice, then half the length
	Frame       [3][3]float64 // their axes, unit vectors (u, v, across) in the body frame
	ConType     uint32
	ConAffinity uint32
	CondIm      int     // 1 (frictionless) or 3 (pyramidal)
	Friction    float64 // sliding
	Margin      float64 // m
	Gap         float64 // m
	Priority    int
	SolMix      float64
	SolRef      [2]float64
	SolImp      [5]float64
}

// Actuator drives one joint, or a tendon's joints by their parts in its length, with the force
//
//	Gear * clamp((Gain + GainSlope[0] l + GainSlope[1] l') ctrl + Bias[0] + Bias[1] l + Bias[2] l', ForceRange),
//
// with its length l = Gear q, q the joint's position or the tendon's length. Where Bias[1] = -Gain, a positive Bias[2] is a damping ratio: NewModel puts the damping
// of the inertia at the reference configuration there, -2 Bias[2] sqrt(Gain M_jj/Gear^2).
type Actuator struct {
	Name         string
	Joint        int
	OnTendon     bool // it drives Tendon; Joint is the first of it
	Tendon       int
	OnSite       bool // it pushes at Site, with Push; Joint, Gear and its part of QFrcActuator are 0
	Site         int
	Push         [3]float64 // of a force of 1, in the body's frame: along u and v, N, and counter-clockwise, N m
	Gear         float64
	CtrlLimited  bool
	CtrlRange    [2]float64
	ForceLimited bool
	ForceRange   [2]float64
	Gain         float64
	GainSlope    [2]float64
	Bias         [3]float64
}

// Site is a named point of a body.
type Site struct {
	Name   string
	Body   int
	Pos    [2]float64 // in the body frame, m
	Offset float64    // coordinate across the plane of motion, m
}

// Spec is what a model file says; NewModel turns it into a Model.
type Spec struct {
	Name       string
	Plane      PlaneAxes
	Option     Option
	Bodies     []Body  // parents before children; 0 is the world
	Joints     []Joint // in the order of their bodies
	Geoms      []Geom
	Actuators  []Actuator
	Sites      []Site
	Exclude    [][2]int // pairs of bodies that do not touch
	Explicit   []Pair   // geoms that touch whatever their masks and bodies say, each with parameters of its own
	Tendons    []Tendon
	Equalities []Equality
}

// Pair is two geoms that may touch, with their mixed contact parameters. G1 has the lower type.
type Pair struct {
	G1, G2   int
	CondIm   int
	Friction float64
	Margin   float64 // m
	Gap      float64 // m
	SolRef   [2]float64
	SolImp   [5]float64
}

// Model is a compiled body: constant, and shared by any number of Data.
type Model struct {
	Spec
	NQ, NV, NU, NBody int
	QPos0             []float64 // [NQ] reference configuration
	DofInvWeight      []float64 // [NV] (M^-1)_ii at QPos0
	BodyInvWeight     []float64 // [NBody] mean inverse mass seen by a force at the centre of mass at QPos0
	Pairs             []Pair    // in order of their bodies, then geoms
	Through           []Pair    // geoms that would touch, but are of forms that pass through each other here

	bodies      []bodyConst // [NBody]
	dofs        []dofConst  // [NV]
	chain       []int       // concatenated: the ancestors of each dof from the root to itself
	springs     []springConst
	armature    []armatureConst
	forceLimits []forceLimit
	lifts       []lift
	shares      []share // tendons whose actuators share a bounded force
	numThrusts  int     // actuators on sites
	limits      []limitConst
	couples     []coupleConst
	tendons     []tendonConst // with springs or dampers
	paths       []pathConst   // the spatial tendons
	contacts    []pairConst   // [len(Pairs)]
	signs       []float64     // concatenated per pair: the signs along its chain
	fluid       []fluidConst
	acts        []actConst // [NU]
	firstBody   int        // the body whose position is the origin of motions; 0 if nothing moves
	nM          int        // numbers in a packed joint-space matrix
	damped      bool       // some joint has damping
	affine      bool       // some actuator's force depends on the state
	kernel      kernel     // for the tree, if gen wrote it out
	carries     []bool     // [NV*NV] dof row carries dof column, or is it
}
