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
	noGravity, noDriving bool
	gravity              vec3

	classes map[string]*class
	root    *class

	bodies    []*body
	actuators []element
	excludes  []*node
	notes     []string
}

func newCompiler(root *node) *compiler {
	main := &class{name: "main", layers: map[string][]*node{}}
	return &compiler{
		option:    physics.Option{Timestep: 0.002, ImpRatio: 1},
		gravity:   vec3{0, 0, -9.81},
		angleUnit: math.Pi / 180, eulerSeq: "xyz", autoLimits: true, inertiaFromGeom: "auto", totalMass: -1,
		classes: map[string]*class{"main": main}, root: main,
	}
}

var (
	compilerUsed = words(`angle eulerseq autolimits inertiafromgeom settotalmass boundmass boundinertia coordinate
		inertiagrouprange`)
	compilerSkipped = words(`balanceinertia strippath meshdir texturedir assetdir discardvisual usethread fusestatic
		exactmeshinertia alignfree saveinertial convexhull fitaabb`)
	optionUsed    = words(`timestep gravity density viscosity impratio integrator cone wind collision`)
	optionSkipped = words(`apirate magnetic o_margin o_solref o_solimp o_friction jacobian solver iterations tolerance
		ls_iterations ls_tolerance noslip_iterations noslip_tolerance ccd_iterations ccd_tolerance mpr_iterations
		mpr_tolerance sdf_iterations sdf_initpoints actuatorgroupdisable sleep_tolerance`)
	flagUsed    = words(`contact constraint limit gravity actuation clampctrl filterparent eulerdamp`)
	flagRefused = words(`override passive spring damper refsafe fwdinv`)
	flagSkipped = words(`equality frictionloss warmstart sensor midphase nativeccd island energy invdiscrete multiccd
		autoreset sleep`)
)

func (c *compiler) readCompiler(n *node) error {
	if err := n.allow(compilerUsed, compilerSkipped); err != nil {
		return err
	}
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
	if s, ok := e.get("inertiagrouprange"); ok && s != "0 5" {
		return n.errorf("inertiagrouprange cannot be represented")
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
	return first(e.number("settotalmass", &c.totalMass), e.number("boundmass", &c.boundMass),
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
	if err := n.allow(optionUsed, optionSkipped); err != nil {
		return err
	}
	e, o := plain(n), &c.option
	if err := first(e.number("timestep", &o.Timestep), e.vector("gravity", c.gravity[:], 3), e.number("density", &o.Density),
		e.number("viscosity", &o.Viscosity), e.number("impratio", &o.ImpRatio), e.zero("wind")); err != nil {
		return err
	}
	if !(o.Timestep > 0) || !(o.ImpRatio > 0) || o.Density < 0 || o.Viscosity < 0 {
		return n.errorf("timestep and impratio must be positive, density and viscosity not negative")
	}
	if s, ok := e.get("cone"); ok && s != "pyramidal" {
		return n.errorf("cone=%q: only pyramidal friction cones", s)
	}
	if s, ok := e.get("collision"); ok && s != "all" && s != "dynamic" {
		return n.errorf("collision=%q cannot be represented", s)
	}
	if s, ok := e.get("integrator"); ok {
		switch s {
		case "Euler":
			o.Integrator = physics.SemiImplicitEuler
		case "RK4":
			o.Integrator = physics.RK4
		default:
			return n.errorf("integrator=%q: only Euler and RK4", s)
		}
	}
	for _, f := range n.children {
		if f.tag != "flag" {
			return f.errorf("not known inside option")
		}
		if err := c.readFlags(f); err != nil {
			return err
		}
	}
	return nil
}

func (c *compiler) readFlags(n *node) error {
	o := &c.option
	targets := map[string]*bool{"contact": &o.DisableContact, "constraint": &o.DisableConstraint, "limit": &o.DisableLimit,
		"gravity": &c.noGravity, "actuation": &c.noDriving, "clampctrl": &o.DisableClampCtrl, "filterparent": &o.DisableParent,
		"eulerdamp": &o.DisableEulerDamp}
	usual := map[string]string{"override": "disable", "fwdinv": "disable"}
	for _, a := range n.attrs {
		name := a.Name.Local
		if a.Value != "enable" && a.Value != "disable" {
			return n.errorf("attribute %s: %q is neither enable nor disable", name, a.Value)
		}
		switch {
		case flagUsed[name]:
			*targets[name] = a.Value == "disable"
		case flagRefused[name]:
			want := "enable"
			if usual[name] != "" {
				want = usual[name]
			}
			if a.Value != want {
				return n.errorf("attribute %s=%q cannot be represented", name, a.Value)
			}
		case !flagSkipped[name]:
			return n.errorf("attribute %s is not known", name)
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
	}
	return tag
}

var defaultsRead = words("joint geom site motor position velocity general")
var defaultsSkipped = words("mesh material camera light pair equality tendon intvelocity damper cylinder muscle adhesion")

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
	for _, e := range n.children {
		switch {
		case e.tag == "default":
			continue
		case defaultsSkipped[e.tag]:
		case !defaultsRead[e.tag]:
			return e.errorf("not known inside default")
		default:
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
	base := cl.layers[layerTag(n.tag)]
	return element{n, append(base[:len(base):len(base)], n)}, nil
}
