package modelfile

import (
	"math"

	"onestep/engine/physics"
)

// compiler turns the tree into a physics.Spec.
type compiler struct {
	name   string
	option physics.Option

	angleUnit            float64 // rad in the file's unit of angle
	eulerSeq             string
	autoLimits           bool
	inertiaFromGeom      string // auto, true, false
	totalMass            float64
	boundMass            float64
	boundInertia         float64
	massGroups           [2]float64 // the geoms' groups that weigh, first and last
	balance, fuse        bool
	noGravity, noDriving bool
	noSpring, noDamper   bool
	idle                 map[int]bool // the actuators' groups that give no force
	gravity              vec3

	classes map[string]*class
	root    *class

	bodies    []*body
	actuators []element

	tendons, equalities []element

	plane    plane      // of motion
	flat     []flatBody // the bodies in it
	excludes []*node
	pairs    []*node // contact/pair
	noPairs  bool    // they do not count (collision="dynamic")
	notes    []string
}

func newCompiler(root *node) *compiler {
	main := &class{name: "main", layers: map[string][]*node{}}
	return &compiler{
		option:    physics.Option{Timestep: 0.002, ImpRatio: 1, NoslipTolerance: 1e-6},
		gravity:   vec3{0, 0, -9.81},
		angleUnit: math.Pi / 180, eulerSeq: "xyz", autoLimits: true, inertiaFromGeom: "auto", totalMass: -1,
		massGroups: [2]float64{0, 5},
		classes:    map[string]*class{"main": main}, root: main,
	}
}

func (c *compiler) readCompiler(n *node) error {
	e := plain(n)
	angle, err := e.choice("angle", "", "degree", "radian")
	if err != nil {
		return err
	}
	switch angle {
	case "degree":
		c.angleUnit = math.Pi / 180
	case "radian":
		c.angleUnit = 1
	}
	if s, ok := e.get("coordinate"); ok && s != "local" {
		return n.errorf("coordinate=%q: only local coordinates are read", s)
	}
	if s, ok := e.get("eulerseq"); ok {
		if len(s) != 3 {
			return n.errorf("eulerseq %q is not three axes", s)
		}
		for _, r := range s {
			if a := r | 0x20; a < 'x' || a > 'z' {
				return n.errorf("eulerseq %q is not three axes", s)
			}
		}
		c.eulerSeq = s
	}
	if s, err := e.choice("autolimits", "", "true", "false"); err != nil {
		return err
	} else if s != "" {
		c.autoLimits = s == "true"
	}
	if s, err := e.choice("inertiafromgeom", "", "auto", "true", "false"); err != nil {
		return err
	} else if s != "" {
		c.inertiaFromGeom = s
	}
	for name, flag := range map[string]*bool{"balanceinertia": &c.balance, "fusestatic": &c.fuse} {
		s, err := e.choice(name, "false", "true")
		if err != nil {
			return err
		}
		if e.has(name) {
			*flag = s == "true"
		}
	}
	return first(e.vector("inertiagrouprange", c.massGroups[:], 2), e.number("settotalmass", &c.totalMass), e.number("boundmass", &c.boundMass),
		e.number("boundinertia", &c.boundInertia))
}

// first returns the first error.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *compiler) readOption(n *node) error {
	e, o := plain(n), &c.option
	if err := first(e.number("timestep", &o.Timestep), e.vector("gravity", c.gravity[:], 3), e.number("density", &o.Density),
		e.number("viscosity", &o.Viscosity), e.number("impratio", &o.ImpRatio),
		e.whole("noslip_iterations", &o.NoslipIterations, 0, math.MaxInt32), e.number("noslip_tolerance", &o.NoslipTolerance),
		c.readIdle(e)); err != nil {
		return err
	}
	if !(o.Timestep > 0) || !(o.ImpRatio > 0) || o.Density < 0 || o.Viscosity < 0 {
		return n.errorf("timestep and impratio must be positive, density and viscosity not negative")
	}
	if s, err := e.choice("cone", "", "pyramidal", "elliptic"); err != nil {
		return err
	} else if s != "" {
		o.Elliptic = s == "elliptic"
	}
	if s, err := e.choice("collision", "all", "dynamic", "predefined"); err != nil { // of MuJoCo before 3.0
		return err
	} else if o.OnlyExplicit = s == "predefined"; s == "dynamic" {
		c.noPairs = true
	}
	if s, err := e.choice("integrator", "", "Euler", "RK4", "implicit", "implicitfast"); err != nil {
		return err
	} else if s != "" {
		o.Integrator = map[string]physics.Integrator{"Euler": physics.SemiImplicitEuler, "RK4": physics.RK4,
			"implicit": physics.Implicit, "implicitfast": physics.ImplicitFast}[s]
	}
	for _, f := range n.children {
		if err := c.readFlags(f); err != nil {
			return err
		}
	}
	return nil
}

func (c *compiler) readStatistic(n *node) error {
	return plain(n).number("meaninertia", &c.option.MeanInertia)
}

// readIdle reads actuatorgroupdisable: the groups of 0 to 30 whose actuators give no force.
func (c *compiler) readIdle(e element) error {
	var groups [31]float64
	s, ok := e.get("actuatorgroupdisable")
	if !ok {
		return nil
	}
	n, err := e.numbers("actuatorgroupdisable", s, groups[:], 0)
	if err != nil {
		return err
	}
	for _, g := range groups[:n] {
		if g != math.Trunc(g) || g < 0 || g > 30 {
			return e.errorf("attribute actuatorgroupdisable: %v is no group of 0 to 30", g)
		}
		if c.idle == nil {
			c.idle = map[int]bool{}
		}
		c.idle[int(g)] = true
	}
	return nil
}

func (c *compiler) readFlags(n *node) error {
	o := &c.option
	targets := map[string]*bool{"contact": &o.DisableContact, "constraint": &o.DisableConstraint, "limit": &o.DisableLimit,
		"gravity": &c.noGravity, "actuation": &c.noDriving, "clampctrl": &o.DisableClampCtrl, "filterparent": &o.DisableParent,
		"eulerdamp": &o.DisableEulerDamp, "equality": &o.DisableEquality, "frictionloss": &o.DisableFrictionLoss, "spring": &c.noSpring, "damper": &c.noDamper}
	for _, a := range n.attrs {
		flag := targets[a.name]
		switch {
		case flag == nil:
		case a.value != "enable" && a.value != "disable":
			return n.errorf("attribute %s: %q is neither enable nor disable", a.name, a.value)
		default:
			*flag = a.value == "disable"
		}
	}
	return nil
}

// class is a set of defaults: for each tag the layers of attributes from the most general on. Actuators share one.
type class struct {
	name   string
	layers map[string][]*node
}

// layerTag maps the tags that share defaults to one name.
func layerTag(tag string) string {
	switch tag {
	case "motor", "position", "velocity", "general", "intvelocity", "damper", "cylinder", "muscle", "adhesion":
		return "actuator"
	case "fixed", "spatial":
		return "tendon"
	}
	return tag
}

// readDefault reads a default element; nested ones begin with what encloses them.
func (c *compiler) readDefault(n *node, parent *class) error {
	name, named := n.attr("class")
	into := parent
	switch {
	case parent == nil && (!named || name == "main" || len(c.root.layers) == 0 && c.root.name == "main" && len(c.classes) == 1):
		into = c.root
		if named && name != c.root.name {
			delete(c.classes, c.root.name)
			c.root.name = name
			c.classes[name] = c.root
		}
	case parent == nil && name == c.root.name:
		into = c.root
	case !named || name == "":
		return n.errorf("a nested default without a class")
	case c.classes[name] != nil:
		return n.errorf("class %q is there already", name)
	default:
		if parent == nil {
			parent = c.root
		}
		into = &class{name: name, layers: map[string][]*node{}}
		for tag, layers := range parent.layers {
			into.layers[tag] = append([]*node(nil), layers...)
		}
		c.classes[name] = into
	}
	once := map[string]bool{}
	for _, e := range n.children {
		if e.tag != "default" {
			if once[e.tag] {
				return e.errorf("a second %s in one default", e.tag)
			}
			once[e.tag] = true
			into.layers[layerTag(e.tag)] = append(into.layers[layerTag(e.tag)], e)
		}
	}
	for _, e := range n.children { // after the values, wherever they stand
		if e.tag == "default" {
			if err := c.readDefault(e, into); err != nil {
				return err
			}
		}
	}
	return nil
}

// with returns the element with the defaults of its class, of the childclass around it, or of the main one.
func (c *compiler) with(n *node, childClass string) (element, error) {
	return c.within("", n, childClass)
}

// within is with for an element of the given section: equalities share one default.
func (c *compiler) within(in string, n *node, childClass string) (element, error) {
	cl := c.root
	name := childClass
	if s, ok := n.attr("class"); ok {
		name = s
	}
	if name != "" {
		if cl = c.classes[name]; cl == nil {
			return element{}, n.errorf("class %q does not exist", name)
		}
	}
	tag := layerTag(n.tag)
	if in == "equality" {
		tag = in
	}
	base := cl.layers[tag]
	return element{n, append(base[:len(base):len(base)], n)}, nil
}

// used is with, and refuses what the rules refuse of the element's own attributes and its defaults'.
func (c *compiler) used(n *node, childClass string) (element, error) {
	e, err := c.with(n, childClass)
	if err != nil {
		return e, err
	}
	return e, e.judge()
}

func (e element) judge() error {
	for name, f := range ruleOf["body/"+e.tag].attrs {
		if f.word == "refuse" {
			if err := e.neutral(name, f.neutral); err != nil {
				return err
			}
		}
	}
	return nil
}
