package physics

// The constants of a Model in the form that the loops want: one record a body, dof, limit and pair.

type bodyConst struct {
	parent          int
	dof0, dof1      int // its dofs are dof0 <= k < dof1
	lastDof         int // the nearest dof at or above the body, -1: none
	weld            int // the topmost body that it is rigidly fixed to
	x, y, angle     float64
	turned          bool // angle != 0
	mass, inertia   float64
	comX, comY      float64
	invMass         float64
	carried         float64 // mass of the body and all that it carries
	massive, moving bool
	parentMoves     bool
}

type dofConst struct {
	slide     bool
	offCentre bool // the hinge's anchor is not the body's origin
	body      int
	before    int     // the dof that it rides on, -1
	row       int     // offset of its row in a packed matrix
	depth     int     // its row holds entries 0..depth, the last is the diagonal
	chain     int     // offset of its row's dof numbers in Model.chain
	ax, ay    float64 // Slide: axis; Hinge: anchor
	sign, ref float64

	armature, stiffness, springRef, damping float64
}

// springConst is a dof with stiffness or damping.
type springConst struct {
	dof                           int
	diagonal                      int // index into a packed matrix
	stiffness, springRef, damping float64
}

type limitConst struct {
	dof    int
	lo, hi float64
	margin float64
	weight float64 // (M^-1)_ii at qpos0
	sol    solConst
}

type pairKind int

const (
	planeSphere pairKind = iota
	planeCapsule
	sphereSphere
	sphereCapsule
	capsuleCapsule
	wall // a plane parallel to the plane of motion, and a sphere or a capsule
	planeEllipsoid
	planeCylinder
	planeBox
	sphereCylinder
	sphereBox
	capsuleOnBox
	boxOnBox
)

// most is how many contacts a pair has at most.
func (p *pairConst) most() int {
	switch p.kind {
	case planeCylinder, planeBox:
		return 4
	case boxOnBox:
		return 16 // two rectangles have at most eight corners in common; the rest are ties
	}
	return 2
}

type pairConst struct {
	kind           pairKind
	b1, b2         int
	leaf           int  // the dof whose chain holds the rows' entries; of bodies on different branches the later one
	chain, entries int  // offset of the entries' dofs in Model.chain, and their number
	loops          leaf // over that chain; nil where it is not written out
	signs          int  // offset into Model.signs
	plain          bool // all signs are +1
	ties           bool // the bodies stand on different branches of the tree
	condim         int
	mu             float64
	margin         float64
	include        float64 // margin - gap: closer contacts push
	sol            solConst
	weight         float64 // sum of the bodies' translation weights
	regular        float64 // R of the first row = (1-d)/d regular
	x1, y1, x2, y2 float64 // centres in their bodies
	ax, ay         float64 // geom 1: half axis, or the normal of a plane
	bx, by         float64 // geom 2: half axis
	aw, bw         float64 // the half axes where they stand on the plane
	dw             float64 // offset of geom 2 from geom 1 across the plane
	w1             float64 // offset of geom 1 across the plane, where geom 2 is a solid
	solid          *solid  // geom 2 of a pair with a box, cylinder or ellipsoid
	solid1         *solid  // geom 1 of a pair of boxes
	double         bool    // wall: the geom is a capsule, whose two ends touch at the distances dw and aw
	r1, r2         float64
	near           float64 // no contact where the nearest points' squared distance is more
	reach2         float64 // no contact where the centres' squared distance is more; +Inf for planes

	// a capsule over a plane fixed to the world: its centre's height is normal . body + c up + s across - level, already
	// less its radius and margin, and half what it rises along its axis c rise + s lean, for the body's cosine c and sine s
	up, across, level, rise, lean float64
}

// fluidConst is a body's equivalent inertia box in the fluid, whose axes may leave the plane.
type fluidConst struct {
	body            int
	axes            [3][3]float64 // unit vectors (u, v, across) in the body frame
	viscous         float64       // 3 pi D viscosity, N s/m
	drag            [3]float64    // density/2 box_j box_k, N s^2/m^2
	viscousRotation float64       // pi D^3 viscosity, N m s
	dragRotation    [3]float64    // density/64 box_i (box_j^4 + box_k^4), N m s^2

	// where the box stands in the plane: the two axes in it and their drag, and that of the turn about the third
	planar   bool
	edge     [2][2]float64
	edgeDrag [2]float64
	spinDrag float64
}

// forceLimit bounds the sum of the actuators' forces on a joint.
type forceLimit struct {
	dof    int
	lo, hi float64
}

// share bounds the sum of the forces of a tendon's actuators.
type share struct {
	acts   []int
	lo, hi float64
}

// lift is a force at a body's centre of mass that takes weight off it.
type lift struct {
	body   int
	fx, fy float64
}

type actConst struct {
	wraps                    []Coef  // of a tendon
	shared                   bool    // that tendon bounds the sum of its actuators' forces
	site                     *thrust // of a push at a site
	dof                      int
	gear                     float64
	clamp, clampForce        bool
	affine                   bool // some Bias or GainSlope is not zero
	lo, hi, forceLo, forceHi float64
	gain, gain1, gain2       float64
	bias0, bias1, bias2      float64
}

// armatureConst is the inertia of a motor on the diagonal of M.
type armatureConst struct {
	at    int // index into a packed matrix
	value float64
}
