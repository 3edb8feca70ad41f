package modelfile

import "onestep/engine/physics"

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
type indices struct{ bodies, joints, tendons, sites map[string]int }

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
		e.vector("solimpfriction", t.SolImpFric[:], 1), e.number("stiffness", &t.Stiffness), e.number("damping", &t.Damping)); err != nil {
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
	if t.Limited, err = c.limited(e, "limited", t.Range); err != nil {
		return t, err
	}
	return t, first(c.solver(e, t.SolRef, t.SolImp), c.solver(e, t.SolRefFric, t.SolImpFric))
}

// equality compiles a tie of two joints or tendons; active says that it holds.
func (c *compiler) equality(e element, at indices) (q physics.Equality, active bool, err error) {
	q = physics.Equality{Name: e.name(), B: -1, Poly: [5]float64{0, 1}, SolRef: defaultSolRef, SolImp: defaultSolImp}
	index := at.joints
	if e.tag == "connect" {
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

// spot is a point of a body, in its frame of space.
type spot struct {
	body int
	at   vec3
}

// connect finds the two points that it holds together: those of two sites, or an anchor in body1 and where that is in body2,
// or the world, at the reference configuration.
func (c *compiler) connect(e element, at indices, q *physics.Equality) error {
	var ends [2]spot
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
		case !anchored || i == 0:
			return e.errorf("without a body%s and an anchor, or two sites", n)
		}
	}
	if anchored {
		if err := e.vector("anchor", ends[0].at[:], 3); err != nil {
			return err
		}
		from, to := c.bodies[ends[0].body].world, c.bodies[ends[1].body].world
		point := from.pos.add(from.rot.apply(ends[0].at))
		ends[1].at = to.rot.transpose().apply(point.sub(to.pos))
	}
	q.Kind, q.A, q.B = physics.EqualityConnect, ends[0].body, ends[1].body
	var across [2]float64
	for i, s := range ends {
		b := c.bodies[s.body]
		q.Points[i] = c.flat[s.body].point(c.plane, b, s.at)
		across[i] = b.world.pos.add(b.world.rot.apply(s.at))[c.plane.w]
	}
	q.Gap = across[0] - across[1]
	return nil
}

func (c *compiler) findSite(name string) (spot, bool) {
	for i, b := range c.bodies {
		for _, s := range b.sites {
			if s.name == name {
				return spot{i, s.pos}, true
			}
		}
	}
	return spot{}, false
}
