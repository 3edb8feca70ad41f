package modelfile

import "onestep/engine/physics"

var (
	actuatorUsed = words(`name class joint jointinparent gear ctrllimited ctrlrange forcelimited forcerange kp kv
		gaintype biastype dyntype gainprm biasprm inheritrange dampratio timeconst actlimited actrange actdim lengthrange`)
	actuatorSkipped = words("group user cranklength dynprm actearly nsample interp delay")
	transmissions   = words("tendon site body cranksite slidersite refsite")
)

func (c *compiler) readActuators(n *node) error {
	for _, a := range n.children {
		switch a.tag {
		case "motor", "position", "velocity", "general":
		default:
			return a.errorf("only motor, position, velocity and general drive planar models here")
		}
		e, err := c.with(a, "")
		if err != nil {
			return err
		}
		for _, l := range e.layers {
			for _, at := range l.attrs {
				if transmissions[at.Name.Local] {
					return l.errorf("transmission %s cannot be represented", at.Name.Local)
				}
			}
			if err := l.allow(actuatorUsed, actuatorSkipped); err != nil {
				return err
			}
		}
		if len(c.actuators) == physics.MaxActuators {
			return a.errorf("more than %d actuators", physics.MaxActuators)
		}
		c.actuators = append(c.actuators, e)
	}
	return nil
}

// actuator compiles one, given the joints' numbers by name.
func (c *compiler) actuator(e element, index map[string]int) (a physics.Actuator, err error) {
	a.Name = e.name()
	joint, ok := e.get("joint")
	if !ok {
		joint, ok = e.get("jointinparent")
	}
	if !ok {
		return a, e.errorf("drives no joint")
	}
	if a.Joint, ok = index[joint]; !ok {
		return a, e.errorf("there is no joint %q", joint)
	}
	gear := [6]float64{1}
	if err := first(e.vector("gear", gear[:], 1), e.vector("ctrlrange", a.CtrlRange[:], 2), e.vector("forcerange", a.ForceRange[:], 2),
		e.zero("inheritrange", "dampratio", "timeconst", "actrange")); err != nil {
		return a, err
	}
	a.Gear = gear[0]
	if a.CtrlLimited, err = c.limited(e, "ctrllimited", "ctrlrange"); err != nil {
		return a, err
	}
	if a.ForceLimited, err = c.limited(e, "forcelimited", "forcerange"); err != nil {
		return a, err
	}
	if a.CtrlLimited && !(a.CtrlRange[0] < a.CtrlRange[1]) || a.ForceLimited && !(a.ForceRange[0] < a.ForceRange[1]) {
		return a, e.errorf("limited without a range that rises")
	}
	return a, c.drive(e, &a)
}

// drive sets force = Gain ctrl + Bias . (1, length, velocity).
func (c *compiler) drive(e element, a *physics.Actuator) error {
	switch e.tag {
	case "motor":
		a.Gain = 1
	case "position":
		kp, kv := 1.0, 0.0
		if err := first(e.number("kp", &kp), e.number("kv", &kv)); err != nil {
			return err
		}
		a.Gain, a.Bias = kp, [3]float64{0, -kp, -kv}
	case "velocity":
		kv := 1.0
		if err := e.number("kv", &kv); err != nil {
			return err
		}
		a.Gain, a.Bias = kv, [3]float64{0, 0, -kv}
	case "general":
		return c.general(e, a)
	}
	return nil
}

func (c *compiler) general(e element, a *physics.Actuator) error {
	gain, bias := [10]float64{1}, [10]float64{}
	if err := first(e.vector("gainprm", gain[:], 1), e.vector("biasprm", bias[:], 1)); err != nil {
		return err
	}
	for attr, usual := range map[string]string{"gaintype": "fixed", "dyntype": "none"} {
		if s, ok := e.get(attr); ok && s != usual {
			return e.errorf("%s=%q cannot be represented", attr, s)
		}
	}
	kind, err := e.choice("biastype", "none", "affine")
	if err != nil {
		return err
	}
	a.Gain = gain[0]
	if kind == "affine" {
		copy(a.Bias[:], bias[:3])
	}
	return nil
}
