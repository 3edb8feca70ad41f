package modelfile

import (
	"onestep/engine/num"
	"onestep/engine/physics"
)

func (c *compiler) readTendons(n *node) error {
	for _, t := range n.children {
		e, err := c.with(t, "")
		if err != nil {
			return err
		}
		c.tendons = append(c.tendons, e)
	}
	return nil
}

func (c *compiler) readEqualities(n *node) error {
	for _, q := range n.children {
		e, err := c.within("equality", q, "")
		if err != nil {
			return err
		}
		c.equalities = append(c.equalities, e)
	}
	return nil
}

// indices are the numbers of what others name.
type indices struct{ bodies, joints, tendons, sites, geoms map[string]int }

// tendon compiles a fixed tendon, or a spatial one that runs straight from site to site.
func (c *compiler) tendon(e element, at indices) (t physics.Tendon, err error) {
	t = physics.Tendon{Name: e.name(), SolRef: defaultSolRef, SolImp: defaultSolImp, SolRefFric: defaultSolRef, SolImpFric: defaultSolImp,
		SpringRange: [2]float64{-1, -1}}
	for _, w := range e.children {
		if e.tag == "spatial" {
			site, _ := w.attr("site")
			i, ok := at.sites[site]
			if !ok {
				return t, w.errorf("there is no site %q", site)
			}
			t.Sites = append(t.Sites, i)
			continue
		}
		joint, _ := w.attr("joint")
		k, ok := at.joints[joint]
		if !ok {
			return t, w.errorf("there is no joint %q", joint)
		}
		coef := physics.Coef{Joint: k}
		if err := plain(w).number("coef", &coef.Coef); err != nil {
			return t, err
		}
		t.Wraps = append(t.Wraps, coef)
	}
	if err := first(e.vector("range", t.Range[:], 2), e.number("margin", &t.Margin), e.vector("solreflimit", t.SolRef[:], 1),
		e.vector("solimplimit", t.SolImp[:], 1), e.number("frictionloss", &t.FrictionLoss), e.vector("solreffriction", t.SolRefFric[:], 1),
		e.vector("solimpfriction", t.SolImpFric[:], 1), e.number("stiffness", &t.Stiffness), e.number("damping", &t.Damping),
		e.vector("actuatorfrcrange", t.ForceRange[:], 2)); err != nil {
		return t, err
	}
	for _, l := range e.layers { // one number stands for both
		s, ok := l.attr("springlength")
		if !ok {
			continue
		}
		n, err := l.numbers("springlength", s, t.SpringRange[:], 1)
		if err != nil {
			return t, err
		}
		if n == 1 {
			t.SpringRange[1] = t.SpringRange[0]
		}
	}
	switch {
	case e.tag == "spatial" && len(t.Sites) < 2:
		return t, e.errorf("a spatial tendon with less than two sites")
	case e.tag == "fixed" && len(t.Wraps) == 0:
		return t, e.errorf("a tendon without joints")
	case t.Stiffness < 0 || t.Damping < 0 || t.FrictionLoss < 0:
		return t, e.errorf("stiffness, damping or frictionloss is negative")
	case t.SpringRange[0] > t.SpringRange[1]:
		return t, e.errorf("springlength falls")
	}
	if c.noSpring {
		t.Stiffness = 0
	}
	if c.noDamper {
		t.Damping = 0
	}
	if e.has("actuatorfrclimited") {
		if t.ForceLimited, err = c.limited(e, "actuatorfrclimited", t.ForceRange); err != nil {
			return t, err
		}
	} else if e.has("actuatorfrcrange") {
		c.note(e.node, "attribute actuatorfrcrange bounds nothing without actuatorfrclimited, as in MuJoCo 3.3.8")
	}
	if t.Limited, err = c.limited(e, "limited", t.Range); err != nil {
		return t, err
	}
	return t, first(c.solver(e, t.SolRef, t.SolImp), c.solver(e, t.SolRefFric, t.SolImpFric))
}

// equality compiles a tie of two joints or tendons; active says that it holds.
func (c *compiler) equality(e element, at indices) (q physics.Equality, active bool, err error) {
	q = physics.Equality{Name: e.name(), B: -1, Poly: [5]float64{0, 1}, SolRef: defaultSolRef, SolImp: defaultSolImp}
	index := at.joints
	if e.tag == "connect" || e.tag == "weld" {
		state, err := e.choice("active", "true", "false")
		return q, state == "true", first(err, c.connect(e, at, &q), e.vector("solref", q.SolRef[:], 1),
			e.vector("solimp", q.SolImp[:], 1), c.solver(e, q.SolRef, q.SolImp))
	}
	if e.tag == "tendon" {
		q.Kind, index = physics.EqualityTendon, at.tendons
	}
	find := func(attr string, dst *int) error {
		s, ok := e.attr(attr)
		if !ok {
			return nil
		}
		if *dst, ok = index[s]; !ok {
			return e.errorf("%s: there is no %s %q", attr, e.tag, s)
		}
		return nil
	}
	if _, ok := e.attr(e.tag + "1"); !ok {
		return q, false, e.errorf("without a %s1", e.tag)
	}
	state, err := e.choice("active", "true", "false")
	err = first(err, find(e.tag+"1", &q.A), find(e.tag+"2", &q.B), e.vector("polycoef", q.Poly[:], 1),
		e.vector("solref", q.SolRef[:], 1), e.vector("solimp", q.SolImp[:], 1), c.solver(e, q.SolRef, q.SolImp))
	return q, state == "true", err
}

// spot is a frame in a body's frame of space.
type spot struct {
	body int
	at   place
}

// connect finds the two points that a connect or weld holds together: those of two sites, or an anchor in body1 (of a weld,
// in body2) and where that is in the other, or the world, at the reference configuration.
func (c *compiler) connect(e element, at indices, q *physics.Equality) error {
	ends := [2]spot{{at: place{rot: identity}}, {at: place{rot: identity}}}
	weld := e.tag == "weld"
	_, anchored := e.attr("anchor")
	if e.has("site1") != e.has("site2") {
		return e.errorf("one site without the other")
	}
	for i, n := range []string{"1", "2"} {
		site, bySite := e.attr("site" + n)
		body, byBody := e.attr("body" + n)
		switch {
		case bySite && (byBody || anchored):
			return e.errorf("both sites and bodies")
		case bySite:
			s, ok := c.findSite(site)
			if !ok {
				return e.errorf("site%s: there is no site %q", n, site)
			}
			ends[i] = s
		case byBody:
			b, ok := at.bodies[body]
			if !ok {
				return e.errorf("body%s: there is no body %q", n, body)
			}
			ends[i].body = b
		case weld && i == 0:
			return e.errorf("without a body1, or two sites")
		case !weld && (!anchored || i == 0):
			return e.errorf("without a body%s and an anchor, or two sites", n)
		}
	}
	world := func(i int) place { return c.bodies[ends[i].body].world.mul(ends[i].at) }
	if !e.has("site1") {
		from, to := 0, 1
		if weld {
			from, to = 1, 0
		}
		if err := e.vector("anchor", ends[from].at.pos[:], 3); err != nil {
			return err
		}
		other := c.bodies[ends[to].body].world
		ends[to].at.pos = other.rot.transpose().apply(world(from).pos.sub(other.pos))
	}
	q.Kind, q.A, q.B = physics.EqualityConnect, ends[0].body, ends[1].body
	if weld {
		if err := c.weld(e, &ends, q); err != nil {
			return err
		}
	}
	var across [2]float64
	for i, s := range ends {
		q.Points[i] = c.flat[s.body].point(c.plane, c.bodies[s.body], s.at.pos)
		across[i] = world(i).pos[c.plane.w]
	}
	q.Gap = across[0] - across[1]
	return nil
}

// weld finds the turn that a weld holds: that of two sites' frames, of the relative pose in the file, or the present one.
func (c *compiler) weld(e element, ends *[2]spot, q *physics.Equality) error {
	q.Kind, q.Torque = physics.EqualityWeld, 1
	var pose [7]float64
	if err := first(e.number("torquescale", &q.Torque), e.vector("relpose", pose[:], 7)); err != nil {
		return err
	}
	a, b := c.bodies[q.A].world.rot.mul(ends[0].at.rot), c.bodies[q.B].world.rot.mul(ends[1].at.rot)
	if !e.has("site1") {
		a = b // the present turn
		if size := num.Hypot(num.Hypot(pose[3], pose[4]), num.Hypot(pose[5], pose[6])); size > 1e-10 {
			ends[0].at.pos = vec3{pose[0], pose[1], pose[2]}
			a = c.bodies[q.A].world.rot.mul(fromQuat([4]float64{pose[3] / size, pose[4] / size, pose[5] / size, pose[6] / size}))
		}
	}
	p := c.plane
	turn := a.mul(b.transpose())
	if turn.apply(p.normal).dot(p.normal) < 1-fit*fit {
		return e.errorf("it holds a turn out of the plane of motion")
	}
	q.Turn = num.Atan2(turn[p.v][p.u], turn[p.u][p.u]) - c.flat[q.A].angle + c.flat[q.B].angle
	return nil
}

func (c *compiler) findSite(name string) (spot, bool) {
	for i, b := range c.bodies {
		for _, s := range b.sites {
			if s.name == name {
				return spot{i, s.at}, true
			}
		}
	}
	return spot{}, false
}
