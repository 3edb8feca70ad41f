package modelfile

import (
	"math"
	"slices"

	"onestep/engine/physics"
)

func (c *compiler) readGeom(n *node, b int, in place, childClass string) error {
	e, err := c.with(n, childClass)
	if err != nil {
		return err
	}
	g := geom{element: e}
	if err := e.whole("group", &g.group, math.MinInt32, math.MaxInt32); err != nil {
		return err
	}
	if g.kindName, err = e.choice("type", "sphere", "capsule", "plane", "box", "cylinder", "mesh", "ellipsoid", "hfield", "sdf"); err != nil {
		return err
	}
	if !c.matters(&g, b) {
		c.note(n, "a %s that neither collides nor weighs is left out", g.kindName)
		return nil
	}
	kinds := map[string]physics.GeomType{"sphere": physics.Sphere, "capsule": physics.Capsule, "plane": physics.Plane,
		"box": physics.Box, "cylinder": physics.Cylinder, "ellipsoid": physics.Ellipsoid}
	var ok bool
	if g.kind, ok = kinds[g.kindName]; !ok {
		return n.errorf("geoms of type %s cannot be represented", g.kindName)
	}
	if err := e.judge(); err != nil {
		return err
	}
	if err := first(c.geomForm(&g, in), c.geomContact(&g), c.geomMass(&g)); err != nil {
		return err
	}
	if len(c.bodies[b].geoms) >= physics.MaxGeoms {
		return n.errorf("more than %d geoms", physics.MaxGeoms)
	}
	c.bodies[b].geoms = append(c.bodies[b].geoms, g)
	return nil
}

// matters reports whether a geom has a part in the motion. Of forms that cannot be represented, some are only seen: they
// neither collide nor weigh.
func (c *compiler) matters(g *geom, b int) bool {
	e := g.element
	switch g.kindName {
	case "mesh", "hfield", "sdf":
	default:
		return true
	}
	for _, name := range []string{"contype", "conaffinity"} {
		if s, _ := e.get(name); s != "0" {
			return true
		}
	}
	density, mass := 1000.0, -1.0
	if first(e.number("density", &density), e.number("mass", &mass)) != nil {
		return true
	}
	explicit := slices.ContainsFunc(c.bodies[b].node.children, func(n *node) bool { return n.tag == "inertial" })
	weighs := b > 0 && mass != 0 && (mass > 0 || density != 0) && c.inertiaFromGeom != "false" &&
		(c.inertiaFromGeom == "true" || !explicit) && float64(g.group) >= c.massGroups[0] && float64(g.group) <= c.massGroups[1]
	return weighs
}

// geomForm reads where the geom is and its size: (radius, half length) of capsules and cylinders, half extents of boxes and
// ellipsoids.
func (c *compiler) geomForm(g *geom, in place) error {
	e := g.element
	need := map[physics.GeomType]int{physics.Sphere: 1, physics.Capsule: 2, physics.Cylinder: 2, physics.Box: 3, physics.Ellipsoid: 3}[g.kind]
	if err := e.vector("size", g.size[:], 1); err != nil {
		return err
	}
	var err error
	if s, ok := e.get("fromto"); ok {
		var v [6]float64
		var pos vec3
		switch {
		case g.kind == physics.Sphere || g.kind == physics.Plane:
			return e.errorf("attribute fromto: a %s has no ends", g.kindName)
		case e.vector("pos", pos[:], 3) == nil && pos != vec3{}:
			return e.errorf("both pos and fromto")
		}
		if _, err := e.numbers("fromto", s, v[:], 6); err != nil {
			return err
		}
		from, to := vec3{v[0], v[1], v[2]}, vec3{v[3], v[4], v[5]}
		along := from.sub(to) // the local z axis points from the second end to the first
		length := along.norm()
		if length < 1e-10 {
			return e.errorf("attribute fromto: both ends are one point")
		}
		g.at = in.mul(place{from.add(to).scale(0.5), zTo(along.scale(1 / length))})
		if in == (place{rot: identity}) {
			g.at = place{from.add(to).scale(0.5), zTo(along.scale(1 / length))}
		}
		g.size[1] = length / 2
		if g.kind == physics.Box || g.kind == physics.Ellipsoid {
			g.size[1], g.size[2] = g.size[0], length/2
		}
	} else if g.at, err = c.readPlace(e, in); err != nil {
		return err
	}
	if g.kind == physics.Plane {
		return nil
	}
	for i, s := range g.size[:need] {
		if !(s > 0) {
			return e.errorf("attribute size: %v is not positive; a %s needs %d (this is number %d)", s, g.kindName, need, i+1)
		}
	}
	return nil
}

func (c *compiler) geomContact(g *geom) error {
	e := g.element
	o := &g.out
	*o = physics.Geom{Name: e.name(), Type: g.kind, CondIm: 3, SolMix: 1, SolRef: defaultSolRef, SolImp: defaultSolImp}
	contype, conaffinity := 1, 1
	friction := [3]float64{1, 0.005, 0.0001}
	if err := first(e.whole("contype", &contype, math.MinInt32, math.MaxInt32), e.whole("conaffinity", &conaffinity, math.MinInt32, math.MaxInt32),
		e.whole("condim", &o.CondIm, 1, 6), e.whole("priority", &o.Priority, -1000, 1000), e.vector("friction", friction[:], 1),
		e.number("margin", &o.Margin), e.number("gap", &o.Gap), e.number("solmix", &o.SolMix),
		e.vector("solref", o.SolRef[:], 1), e.vector("solimp", o.SolImp[:], 1)); err != nil {
		return err
	}
	o.ConType, o.ConAffinity, o.Friction = uint32(contype), uint32(conaffinity), friction[0]
	touches := contype != 0 || conaffinity != 0
	switch {
	case o.CondIm != 1 && o.CondIm != 3 && touches:
		return e.errorf("condim %d: only 1 and 3", o.CondIm)
	case o.Friction < 0 || o.SolMix < 0 || o.Margin < 0 || o.Gap < 0:
		return e.errorf("friction, solmix, margin or gap is negative")
	}
	if !touches {
		o.CondIm = 3
	}
	return c.solver(e, o.SolRef, o.SolImp)
}

// geomMass computes the geom's mass and inertia in its body: of the given mass, or of the density, 1000 kg/m^3.
func (c *compiler) geomMass(g *geom) error {
	e := g.element
	density, mass := 1000.0, -1.0
	if err := first(e.number("density", &density), e.number("mass", &mass)); err != nil {
		return err
	}
	if density < 0 || e.has("mass") && mass < 0 {
		return e.errorf("mass or density is negative")
	}
	var m float64
	var diag vec3
	switch g.kind {
	case physics.Plane:
		g.inertia = inertia{com: g.at.pos, axes: identity}
		return nil
	case physics.Sphere:
		var i float64
		m, i = physics.SphereInertia(g.size[0], 1)
		diag = vec3{i, i, i}
	case physics.Capsule:
		m, diag[0], diag[2] = physics.CapsuleInertia(g.size[0], 2*g.size[1], 1)
		diag[1] = diag[0]
	case physics.Cylinder:
		m, diag[0], diag[2] = physics.CylinderInertia(g.size[0], 2*g.size[1], 1)
		diag[1] = diag[0]
	case physics.Ellipsoid:
		m, diag[0], diag[1], diag[2] = physics.EllipsoidInertia(g.size[0], g.size[1], g.size[2], 1)
	case physics.Box:
		m, diag[0], diag[1], diag[2] = physics.BoxInertia(2*g.size[0], 2*g.size[1], 2*g.size[2], 1)
	}
	if mass >= 0 {
		density = mass / m
	}
	g.inertia = inertia{mass: m * density, com: g.at.pos, principal: diag.scale(density), axes: g.at.rot}
	return nil
}

// turned is R diag R'.
func turned(r mat3, diag vec3) mat3 {
	var d mat3
	for i := range 3 {
		d[i][i] = diag[i]
	}
	return r.mul(d).mul(r.transpose())
}

func (c *compiler) readInertial(n *node, b int, in place) error {
	e := plain(n)
	at, err := c.readPlace(e, in)
	if err != nil {
		return err
	}
	if _, ok := n.attr("mass"); !ok || b == 0 {
		return n.errorf("without a mass, or of the world")
	}
	i := &inertia{com: at.pos}
	var diag vec3
	full := [6]float64{}
	if err := first(e.number("mass", &i.mass), e.vector("diaginertia", diag[:], 3), e.vector("fullinertia", full[:], 6)); err != nil {
		return err
	}
	i.principal, i.axes = diag, at.rot
	if e.has("fullinertia") {
		if e.has("diaginertia") {
			return n.errorf("both diaginertia and fullinertia")
		}
		f := mat3{{full[0], full[3], full[4]}, {full[3], full[1], full[5]}, {full[4], full[5], full[2]}}
		i.principal, i.axes = eigen(f)
		i.axes = at.rot.mul(i.axes)
	}
	if i.mass < 0 || i.principal[0] < 0 || i.principal[1] < 0 || i.principal[2] < 0 {
		return n.errorf("mass or inertia is negative")
	}
	c.bodies[b].inertial = i
	return nil
}

// minMass is the least mass, kg, that counts.
const minMass = 1e-14

// total sums inertias in one frame about their common centre. A single one keeps its own axes, which matters to the fluid
// model where two principal moments are equal.
func total(parts []inertia) inertia {
	parts = slices.DeleteFunc(parts, func(m inertia) bool { return m.mass <= minMass })
	switch len(parts) {
	case 0:
		return inertia{axes: identity}
	case 1:
		return parts[0]
	}
	sum := inertia{axes: identity}
	for _, m := range parts {
		sum.mass += m.mass
		sum.com = sum.com.add(m.com.scale(m.mass))
	}
	sum.com = sum.com.scale(1 / sum.mass)
	var t mat3
	for _, m := range parts {
		r, own := m.com.sub(sum.com), m.tensor()
		for i := range 3 {
			for j := range 3 {
				t[i][j] += own[i][j] - float64(m.mass*r[i]*r[j])
			}
			t[i][i] += float64(m.mass * r.dot(r))
		}
	}
	sum.principal, sum.axes = eigen(t)
	return sum
}

// bodyInertia is what the file says of a body: its inertial element, or its geoms.
func (c *compiler) bodyInertia(b *body) (inertia, error) {
	switch {
	case c.inertiaFromGeom == "true", c.inertiaFromGeom == "auto" && b.inertial == nil:
		var parts []inertia
		for _, g := range b.geoms {
			if group := float64(g.group); group >= c.massGroups[0] && group <= c.massGroups[1] {
				parts = append(parts, g.inertia)
			}
		}
		return total(parts), nil
	case b.inertial != nil:
		return *b.inertial, nil
	case len(b.joints) > 0:
		return inertia{}, b.errorf("no inertial element, and inertiafromgeom is false")
	}
	return inertia{axes: identity}, nil
}
