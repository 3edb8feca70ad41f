package modelfile

import (
	"fmt"
	"slices"

	"onestep/engine/physics"
)

// compile reads the sections in MuJoCo's order: settings, defaults, bodies, the rest; then projects on the plane.
func (c *compiler) compile(root *node) (*physics.Spec, error) {
	c.name, _ = root.attr("model")
	steps := []map[string]func(*node) error{
		{"compiler": c.readCompiler, "option": c.readOption, "statistic": c.readStatistic},
		{"default": func(n *node) error { return c.readDefault(n, nil) }},
		{"worldbody": c.readWorld, "actuator": c.readActuators, "contact": c.readContact,
			"tendon": c.readTendons, "equality": c.readEqualities},
	}
	if err := c.judge(root, "mujoco"); err != nil {
		return nil, err
	}
	c.bodies = []*body{{at: place{rot: identity}, name: "world", node: root}}
	for _, step := range steps {
		for _, n := range root.children {
			if f := step[n.tag]; f != nil {
				if err := f(n); err != nil {
					return nil, err
				}
			}
		}
	}
	if c.noSpring && c.noDamper { // nothing passive at all
		c.option.Density, c.option.Viscosity = 0, 0
		for _, b := range c.bodies {
			b.lift = 0
		}
	}
	return c.project(root)
}

// body is a body in space, as read.
type body struct {
	*node
	name     string
	parent   int
	at       place // in the parent
	world    place // at the reference configuration
	joints   []joint
	geoms    []geom
	sites    []site
	inertial *inertia
	lift     float64 // gravcomp
}

type joint struct {
	element
	slide bool
	pos   vec3
	axis  vec3
	out   physics.Joint // all but the geometry
}

type geom struct {
	element
	kind     physics.GeomType
	kindName string
	group    int
	at       place
	size     vec3 // radius, half length; or the half extents
	inertia  inertia
	out      physics.Geom // all but the geometry
}

type site struct {
	name string
	at   place
}

// inertia is a mass, its centre and its moments about the centre: principal ones about the columns of axes, in the body.
type inertia struct {
	mass      float64
	com       vec3
	principal vec3
	axes      mat3
}

// tensor is the inertia along the axes of the body.
func (m *inertia) tensor() mat3 { return turned(m.axes, m.principal) }

func (c *compiler) readWorld(n *node) error {
	return c.readInside(n, 0, place{rot: identity}, "")
}

// readInside reads what a body or a frame holds; in is the frame's place in the body.
func (c *compiler) readInside(n *node, b int, in place, childClass string) error {
	for _, e := range n.children {
		var err error
		switch e.tag {
		case "body":
			err = c.readBody(e, b, in, childClass)
		case "frame":
			err = c.readFrame(e, b, in, childClass)
		case "joint":
			err = c.readJoint(e, b, in, childClass)
		case "geom":
			err = c.readGeom(e, b, in, childClass)
		case "site":
			err = c.readSite(e, b, in, childClass)
		case "inertial":
			err = c.readInertial(e, b, in)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *compiler) readPlace(e element, in place) (place, error) {
	p := place{}
	rot, err := c.orientation(e)
	if err != nil {
		return p, err
	}
	p.rot = rot
	if err := e.vector("pos", p.pos[:], 3); err != nil {
		return p, err
	}
	if in == (place{rot: identity}) {
		return p, nil
	}
	return in.mul(p), nil
}

func (c *compiler) readBody(n *node, parent int, in place, childClass string) error {
	e := plain(n)
	at, err := c.readPlace(e, in)
	if err != nil {
		return err
	}
	if len(c.bodies) == physics.MaxBodies {
		return n.errorf("more than %d bodies", physics.MaxBodies)
	}
	if s, ok := n.attr("childclass"); ok {
		if childClass = s; c.classes[s] == nil {
			return n.errorf("class %q does not exist", s)
		}
	}
	if s, err := e.choice("mocap", "false", "true"); err != nil {
		return err
	} else if s == "true" && (parent != 0 || slices.ContainsFunc(n.children, func(x *node) bool { return x.tag == "joint" })) {
		return n.errorf("a mocap body has no joints and is a child of the world")
	}
	b := &body{node: n, name: n.name(), parent: parent, at: at}
	if err := e.number("gravcomp", &b.lift); err != nil {
		return err
	}
	c.bodies = append(c.bodies, b)
	return c.readInside(n, len(c.bodies)-1, place{rot: identity}, childClass)
}

func (c *compiler) readFrame(n *node, b int, in place, childClass string) error {
	at, err := c.readPlace(plain(n), in)
	if err != nil {
		return err
	}
	if s, ok := n.attr("childclass"); ok {
		if childClass = s; c.classes[s] == nil {
			return n.errorf("class %q does not exist", s)
		}
	}
	return c.readInside(n, b, at, childClass)
}

func (c *compiler) readJoint(n *node, b int, in place, childClass string) error {
	if b == 0 {
		return n.errorf("the world has no joints")
	}
	e, err := c.used(n, childClass)
	if err != nil {
		return err
	}
	kind, err := e.choice("type", "hinge", "slide", "ball", "free")
	if err != nil {
		return err
	}
	if kind == "ball" || kind == "free" {
		return n.errorf("%s joints are not planar", kind)
	}
	j := joint{element: e, slide: kind == "slide", axis: vec3{0, 0, 1}}
	if err := first(e.vector("pos", j.pos[:], 3), e.vector("axis", j.axis[:], 3)); err != nil {
		return err
	}
	size := j.axis.norm()
	if size < 1e-10 {
		return n.errorf("axis without direction")
	}
	j.axis = in.rot.apply(j.axis.scale(1 / size))
	j.pos = in.pos.add(in.rot.apply(j.pos))
	if err := c.jointNumbers(e, &j); err != nil {
		return err
	}
	c.bodies[b].joints = append(c.bodies[b].joints, j)
	return nil
}

func (c *compiler) jointNumbers(e element, j *joint) (err error) {
	o := &j.out
	*o = physics.Joint{Name: e.name(), Type: physics.Hinge, SolRef: defaultSolRef, SolImp: defaultSolImp,
		SolRefFric: defaultSolRef, SolImpFric: defaultSolImp}
	if err := first(e.number("ref", &o.Ref), e.vector("range", o.Range[:], 2), e.number("margin", &o.Margin),
		e.number("stiffness", &o.Stiffness), e.number("springref", &o.SpringRef), e.number("damping", &o.Damping),
		e.number("armature", &o.Armature), e.vector("solreflimit", o.SolRef[:], 1), e.vector("solimplimit", o.SolImp[:], 1),
		e.number("frictionloss", &o.FrictionLoss), e.vector("solreffriction", o.SolRefFric[:], 1), e.vector("solimpfriction", o.SolImpFric[:], 1),
		e.vector("actuatorfrcrange", o.ForceRange[:], 2), e.vector("springdamper", o.Tuned[:], 2),
	); err != nil {
		return err
	}
	if j.slide {
		o.Type = physics.Slide
	} else {
		o.Ref *= c.angleUnit
		o.SpringRef *= c.angleUnit
		o.Range[0] *= c.angleUnit
		o.Range[1] *= c.angleUnit
	}
	if o.Stiffness < 0 || o.Damping < 0 || o.Armature < 0 || o.FrictionLoss < 0 {
		return e.errorf("stiffness, damping, armature or frictionloss is negative")
	}
	switch tuned := o.Tuned != [2]float64{}; {
	case tuned && !(o.Tuned[0] > 0 && o.Tuned[1] > 0):
		return e.errorf("springdamper: both numbers must be positive")
	case tuned && (c.noSpring || c.noDamper):
		return e.errorf("springdamper without springs or dampers (option/flag) cannot be represented")
	}
	if c.noSpring {
		o.Stiffness = 0
	}
	if c.noDamper {
		o.Damping = 0
	}
	if o.ForceLimited, err = c.limited(e, "actuatorfrclimited", o.ForceRange); err != nil {
		return err
	}
	if o.Limited, err = c.limited(e, "limited", o.Range); err != nil {
		return err
	}
	return first(c.solver(e, o.SolRef, o.SolImp), c.solver(e, o.SolRefFric, o.SolImpFric))
}

var (
	defaultSolRef = [2]float64{0.02, 1}
	defaultSolImp = [5]float64{0.9, 0.95, 0.001, 0.5, 2}
)

// solver checks solref and solimp: MuJoCo wants both numbers of solref positive, or both not.
func (c *compiler) solver(e element, ref [2]float64, imp [5]float64) error {
	if (ref[0] > 0) != (ref[1] > 0) {
		return e.errorf("solref mixes a time constant with a stiffness")
	}
	if imp[4] < 1 {
		return e.errorf("the power of solimp is less than 1")
	}
	return nil
}

func (c *compiler) readSite(n *node, b int, in place, childClass string) error {
	e, err := c.used(n, childClass)
	if err != nil {
		return err
	}
	at, err := c.readPlace(e, in)
	if err != nil {
		return err
	}
	if _, ok := e.get("fromto"); ok {
		var v [6]float64
		if err := e.vector("fromto", v[:], 6); err != nil {
			return err
		}
		along := vec3{v[0] - v[3], v[1] - v[4], v[2] - v[5]}
		length := along.norm()
		if length < 1e-10 {
			return e.errorf("attribute fromto: both ends are one point")
		}
		at = in.mul(place{vec3{(v[0] + v[3]) / 2, (v[1] + v[4]) / 2, (v[2] + v[5]) / 2}, zTo(along.scale(1 / length))})
	}
	c.bodies[b].sites = append(c.bodies[b].sites, site{n.name(), at})
	return nil
}

func (c *compiler) readContact(n *node) error {
	for _, child := range n.children {
		if child.tag == "pair" {
			c.pairs = append(c.pairs, child)
		} else {
			c.excludes = append(c.excludes, child)
		}
	}
	return nil
}

func (c *compiler) exclude(n *node, index map[string]int) ([2]int, error) {
	var out [2]int
	for i, attr := range []string{"body1", "body2"} {
		s, _ := n.attr(attr)
		b, ok := index[s]
		if !ok {
			return out, n.errorf("%s: there is no body %q", attr, s)
		}
		out[i] = b
	}
	return out, nil
}

// pair compiles an explicit pair of geoms. What it leaves out has the values of MuJoCo's defaults, not of the geoms.
func (c *compiler) pair(n *node, geoms map[string]int) (p physics.Pair, err error) {
	e, err := c.with(n, "")
	if err != nil {
		return p, err
	}
	for i, dst := range []*int{&p.G1, &p.G2} {
		attr := fmt.Sprint("geom", i+1)
		s, _ := n.attr(attr)
		g, ok := geoms[s]
		if !ok {
			return p, n.errorf("%s: there is no geom %q", attr, s)
		}
		*dst = g
	}
	if p.G1 == p.G2 {
		return p, n.errorf("a geom with itself")
	}
	p.CondIm, p.SolRef, p.SolImp = 3, defaultSolRef, defaultSolImp
	friction := [5]float64{1, 1, 0.005, 0.0001, 0.0001}
	var slip [2]float64
	if err := first(e.whole("condim", &p.CondIm, 1, 6), e.vector("friction", friction[:], 1), e.number("margin", &p.Margin), e.number("gap", &p.Gap),
		e.vector("solref", p.SolRef[:], 1), e.vector("solreffriction", slip[:], 1), e.vector("solimp", p.SolImp[:], 1), c.solver(e, p.SolRef, p.SolImp)); err != nil {
		return p, err
	}
	p.Friction = friction[0]
	switch {
	case p.CondIm != 1 && p.CondIm != 3:
		return p, e.errorf("condim %d: only 1 and 3", p.CondIm)
	case p.CondIm == 3 && friction[0] != friction[1]:
		return p, e.errorf("friction of %v and %v along two directions cannot be represented; one number sets the first alone", friction[0], friction[1])
	case slip != [2]float64{}:
		return p, e.errorf("solreffriction cannot be represented")
	case p.Friction < 0 || p.Margin < 0 || p.Gap < 0:
		return p, e.errorf("friction, margin or gap is negative")
	}
	return p, nil
}

func (c *compiler) note(n *node, format string, args ...any) {
	if len(c.notes) < 100 {
		c.notes = append(c.notes, n.errorf(format, args...).Error())
	}
}
