package modelfile

import (
	"math"
	"slices"

	"onestep/engine/physics"
)

// drive is an actuator as MuJoCo holds it, of whatever kind: the elements of a class's default and the actuator's own are
// read onto one and the same, each setting what its kind implies, so that what <position> leaves there is there for
// <general>, and the reverse.
type drive struct {
	gainType, biasType, dynType string
	gain, bias                  [10]float64 // bias[2] > 0 of a position servo: damping ratio
	dyn                         [10]float64
	gear                        [6]float64
	ctrlLimited, forceLimited   string // auto, true, false
	ctrlRange, forceRange       [2]float64
	inherit                     float64 // share of the joint's range that a position servo's controls take, 0: none
	group                       int
}

func newDrive() drive {
	return drive{gainType: "fixed", biasType: "none", dynType: "none", gain: [10]float64{1}, dyn: [10]float64{1},
		gear: [6]float64{1}, ctrlLimited: "auto", forceLimited: "auto"}
}

// apply reads one element onto the drive.
func (d *drive) apply(n *node) error {
	e := plain(n)
	word := func(name string, dst *string, options ...string) error {
		s, err := e.choice(name, append([]string{*dst}, options...)...)
		*dst = s
		return err
	}
	if err := first(word("ctrllimited", &d.ctrlLimited, "auto", "true", "false"),
		word("forcelimited", &d.forceLimited, "auto", "true", "false"),
		e.vector("ctrlrange", d.ctrlRange[:], 2), e.vector("forcerange", d.forceRange[:], 2), e.vector("gear", d.gear[:], 1),
		e.whole("group", &d.group, math.MinInt32, math.MaxInt32)); err != nil {
		return err
	}
	set := func(gain, bias, dyn string) { d.gainType, d.biasType, d.dynType = gain, bias, dyn }
	switch n.tag {
	case "general":
		return first(word("gaintype", &d.gainType, "fixed", "affine", "muscle", "user"),
			word("biastype", &d.biasType, "none", "affine", "muscle", "user"),
			word("dyntype", &d.dynType, "none", "integrator", "filter", "filterexact", "muscle", "user"),
			e.vector("gainprm", d.gain[:], 1), e.vector("biasprm", d.bias[:], 1))
	case "motor":
		d.gain[0] = 1
		set("fixed", "none", "none")
	case "position", "intvelocity":
		return d.position(e)
	case "velocity":
		kv := d.gain[0]
		if err := e.number("kv", &kv); err != nil {
			return err
		}
		d.gain[0], d.bias = kv, [10]float64{2: -kv}
		set("fixed", "affine", "none")
	case "damper":
		kv := 0.0
		if err := e.number("kv", &kv); err != nil {
			return err
		}
		if kv < 0 || d.ctrlRange[0] < 0 || d.ctrlRange[1] < 0 {
			return n.errorf("kv or ctrlrange of a damper is negative")
		}
		d.gain, d.ctrlLimited = [10]float64{2: -kv}, "true"
		set("affine", "none", "none")
	case "cylinder":
		var bias [3]float64
		bias[0] = d.bias[0]
		diameter := -1.0
		if err := first(e.number("timeconst", &d.dyn[0]), e.vector("bias", bias[:], 3), e.number("area", &d.gain[0]),
			e.number("diameter", &diameter)); err != nil {
			return err
		}
		if diameter >= 0 {
			d.gain[0] = math.Pi / 4 * diameter * diameter
		}
		d.bias[0] = bias[0]
		set("fixed", "affine", "filter")
	case "muscle":
		return d.muscle(e)
	case "adhesion":
		d.ctrlLimited = "true"
		set("fixed", "none", d.dynType)
		return e.number("gain", &d.gain[0])
	}
	return nil
}

// position makes the drive a servo: gain kp, bias -kp and, where they are given, -kv or the damping ratio.
func (d *drive) position(e element) error {
	kp, kv, ratio, lag := d.gain[0], 0.0, 0.0, 0.0
	if err := first(e.number("kp", &kp), e.number("kv", &kv), e.number("dampratio", &ratio), e.number("timeconst", &lag),
		e.number("inheritrange", &d.inherit)); err != nil {
		return err
	}
	switch {
	case e.has("kv") && e.has("dampratio"):
		return e.errorf("both kv and dampratio")
	case kv < 0 || ratio < 0 || lag < 0:
		return e.errorf("kv, dampratio or timeconst is negative")
	case d.inherit > 0 && d.ctrlRange != [2]float64{}:
		return e.errorf("both ctrlrange and inheritrange")
	}
	d.gain[0], d.bias[1] = kp, -kp
	if e.has("kv") {
		d.bias[2] = -kv
	}
	if e.has("dampratio") {
		d.bias[2] = ratio
	}
	if e.has("timeconst") {
		d.dyn[0], d.dynType = lag, "none"
		if lag > 0 {
			d.dynType = "filterexact"
		}
	}
	d.gainType, d.biasType = "fixed", "affine"
	if e.tag == "intvelocity" {
		d.dynType = "integrator"
	}
	return nil
}

// muscle leaves a muscle's numbers, each its usual one where the drive has the general one and the element none.
func (d *drive) muscle(e element) error {
	general := [9]float64{1}
	for i, usual := range [9]float64{0.75, 1.05, -1, 200, 0.5, 1.6, 1.5, 1.3, 1.2} {
		if d.gain[i] == general[i] {
			d.gain[i] = usual
		}
	}
	var v [9]float64
	for i := range v {
		v[i] = -1
	}
	if err := first(e.vector("range", v[:2], 2), e.number("force", &v[2]), e.number("scale", &v[3]), e.number("lmin", &v[4]),
		e.number("lmax", &v[5]), e.number("vmax", &v[6]), e.number("fpmax", &v[7]), e.number("fvmax", &v[8])); err != nil {
		return err
	}
	for i, x := range v {
		if x >= 0 {
			d.gain[i] = x
		}
	}
	copy(d.bias[:9], d.gain[:9])
	d.gainType, d.biasType, d.dynType = "muscle", "muscle", "muscle"
	return nil
}

func (c *compiler) readActuators(n *node) error {
	for _, a := range n.children {
		e, err := c.with(a, "")
		if err != nil {
			return err
		}
		if len(c.actuators) == physics.MaxActuators {
			return a.errorf("more than %d actuators", physics.MaxActuators)
		}
		c.actuators = append(c.actuators, e)
	}
	return nil
}

// actuator compiles one, given the numbers of what it may drive:
//
//	force = Gain ctrl + Bias . (1, length, velocity)
func (c *compiler) actuator(e element, at indices, spec *physics.Spec) (a physics.Actuator, err error) {
	a.Name = e.name()
	targetRange, err := c.transmission(e, at, spec, &a)
	if err != nil {
		return a, err
	}
	d := newDrive()
	for _, l := range e.layers {
		if err := d.apply(l); err != nil {
			return a, err
		}
	}
	switch {
	case d.dynType != "none":
		return a, e.errorf("dyntype=%q cannot be represented", d.dynType)
	case d.gainType != "fixed" && d.gainType != "affine":
		return a, e.errorf("gaintype=%q cannot be represented", d.gainType)
	case d.biasType != "none" && d.biasType != "affine":
		return a, e.errorf("biastype=%q cannot be represented", d.biasType)
	}
	a.Gear, a.Gain = d.gear[0], d.gain[0]
	if d.gainType == "affine" {
		a.GainSlope = [2]float64{d.gain[1], d.gain[2]}
	}
	if d.biasType == "affine" {
		copy(a.Bias[:], d.bias[:3])
	}
	if d.inherit > 0 && d.gainType == "fixed" && d.biasType == "affine" && d.gain[0] == -d.bias[1] {
		r := targetRange
		if r[0] == r[1] {
			return a, e.errorf("inheritrange, but what it drives has no range")
		}
		mean, radius := float64((r[1]+r[0])/2), float64((r[1]-r[0])/2*d.inherit)
		d.ctrlRange = [2]float64{mean - radius, mean + radius}
	}
	a.CtrlRange, a.ForceRange = d.ctrlRange, d.forceRange
	if a.CtrlLimited, err = c.isLimited(e.node, "ctrllimited", d.ctrlLimited, d.ctrlRange); err != nil {
		return a, err
	}
	if a.ForceLimited, err = c.isLimited(e.node, "forcelimited", d.forceLimited, d.forceRange); err != nil {
		return a, err
	}
	if a.OnSite {
		if i := slices.IndexFunc(spec.Joints, func(j physics.Joint) bool { return j.ForceLimited }); i >= 0 {
			return a, e.errorf("a push at a site together with actuatorfrcrange (joint %q) cannot be represented", spec.Joints[i].Name)
		}
		a.Gear, a.Push = 0, c.push(e, d.gear)
		if a.Bias[2] != 0 || a.GainSlope[1] != 0 {
			return a, e.errorf("a push at a site that depends on velocity cannot be represented")
		}
	}
	if c.noDriving || c.idle[d.group] {
		a.Gear, a.Push = 0, [3]float64{}
	}
	return a, nil
}

// push turns a gear, force and torque in the frame of a site, into the body's frame in the plane. What leaves the plane moves
// nothing.
func (c *compiler) push(e element, gear [6]float64) [3]float64 {
	name, _ := e.attr("site")
	s, _ := c.findSite(name)
	b := c.bodies[s.body]
	f := c.flat[s.body].vector(c.plane, b, s.at.rot.apply(vec3{gear[0], gear[1], gear[2]}))
	torque := b.world.rot.apply(s.at.rot.apply(vec3{gear[3], gear[4], gear[5]})).dot(c.plane.normal)
	return [3]float64{f[0], f[1], torque}
}

// transmission finds the joint, tendon or site that an actuator drives, and its range.
func (c *compiler) transmission(e element, at indices, spec *physics.Spec, a *physics.Actuator) ([2]float64, error) {
	var none [2]float64
	attr, name := "", ""
	for _, t := range []string{"joint", "jointinparent", "tendon", "site"} {
		if s, ok := e.attr(t); ok {
			if attr != "" {
				return none, e.errorf("both %s and %s", attr, t)
			}
			attr, name = t, s
		}
	}
	switch attr {
	case "":
		return none, e.errorf("drives no joint")
	case "site":
		i, ok := at.sites[name]
		if !ok {
			return none, e.errorf("there is no site %q", name)
		}
		a.OnSite, a.Site = true, i
		return none, nil
	case "tendon":
		i, ok := at.tendons[name]
		if !ok {
			return none, e.errorf("there is no tendon %q", name)
		}
		t := &spec.Tendons[i]
		a.OnTendon, a.Tendon, a.Joint = true, i, t.Wraps[0].Joint
		return t.Range, nil
	}
	k, ok := at.joints[name]
	if !ok {
		return none, e.errorf("there is no joint %q", name)
	}
	a.Joint = k
	return spec.Joints[k].Range, nil
}
