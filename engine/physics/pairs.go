package physics

import "math"

// buildPairs lists the geoms that may touch: (contype1 & conaffinity2) | (contype2 & conaffinity1), on bodies that
// are not rigidly joined, not excluded, and not parent and child unless the parent is the world.
func (m *Model) buildPairs() {
	if m.Option.DisableContact || m.Option.DisableConstraint {
		return
	}
	explicit := map[[2]int]bool{}
	for _, p := range m.Explicit {
		b1, b2 := m.Geoms[p.G1].Body, m.Geoms[p.G2].Body
		if m.Geoms[p.G1].Type > m.Geoms[p.G2].Type || m.Geoms[p.G1].Type == m.Geoms[p.G2].Type && b1 > b2 {
			p.G1, p.G2 = p.G2, p.G1
		}
		explicit[[2]int{p.G1, p.G2}] = true
		if m.bodies[b1].moving || m.bodies[b2].moving {
			m.addTouching(p)
		}
	}
	if m.Option.OnlyExplicit {
		return
	}
	geoms := make([][]int, m.NBody)
	for i, g := range m.Geoms {
		geoms[g.Body] = append(geoms[g.Body], i)
	}
	for b1 := 0; b1 < m.NBody; b1++ {
		for b2 := b1 + 1; b2 < m.NBody; b2++ {
			if !m.bodiesTouch(b1, b2) {
				continue
			}
			for _, g1 := range geoms[b1] {
				for _, g2 := range geoms[b2] {
					m.addPair(g1, g2, explicit)
				}
			}
		}
	}
}

func (m *Model) bodiesTouch(b1, b2 int) bool {
	w1, w2 := m.bodies[b1].weld, m.bodies[b2].weld
	if w1 == w2 || (!m.bodies[b1].moving && !m.bodies[b2].moving) {
		return false
	}
	if !m.Option.DisableParent && w1 != 0 && w2 != 0 {
		if m.bodies[m.bodies[w1].parent].weld == w2 || m.bodies[m.bodies[w2].parent].weld == w1 {
			return false
		}
	}
	for _, e := range m.Exclude {
		if e == [2]int{b1, b2} || e == [2]int{b2, b1} {
			return false
		}
	}
	return true
}

func (m *Model) addPair(i1, i2 int, explicit map[[2]int]bool) {
	if m.Geoms[i1].Type > m.Geoms[i2].Type {
		i1, i2 = i2, i1
	}
	g1, g2 := &m.Geoms[i1], &m.Geoms[i2]
	if g1.ConType&g2.ConAffinity == 0 && g2.ConType&g1.ConAffinity == 0 || explicit[[2]int{i1, i2}] {
		return
	}
	m.addTouching(mix(i1, i2, g1, g2, m.Option.SumMargins))
}

// addTouching adds a pair of which geom 1 has the lower type, or notes that its forms pass through each other.
func (m *Model) addTouching(p Pair) {
	g1, g2 := &m.Geoms[p.G1], &m.Geoms[p.G2]
	if g2.Type == Plane || len(m.Pairs) > MaxPairs {
		return // two planes; or NewModel refuses the model
	}
	if near, _ := wallDistances(g1, g2); g1.Type == Plane && g1.OutOfPlane && near >= p.Margin {
		return // what moves in the plane stays at its distance from such a wall
	}
	if _, ok := kindOf(g1, g2); !ok {
		if len(m.Through) < MaxPairs {
			m.Through = append(m.Through, p)
		}
		return
	}
	m.Pairs = append(m.Pairs, p)
}

// kindOf tells by which rule two geoms touch, of which g1 has the lower type.
func kindOf(g1, g2 *Geom) (kind pairKind, ok bool) {
	kinds := map[[2]GeomType]pairKind{
		{Plane, Sphere}: planeSphere, {Plane, Capsule}: planeCapsule, {Plane, Ellipsoid}: planeEllipsoid,
		{Plane, Cylinder}: planeCylinder, {Plane, Box}: planeBox, {Sphere, Sphere}: sphereSphere, {Sphere, Capsule}: sphereCapsule,
		{Sphere, Cylinder}: sphereCylinder, {Sphere, Box}: sphereBox, {Capsule, Capsule}: capsuleCapsule, {Capsule, Box}: capsuleOnBox,
		{Box, Box}: boxOnBox,
	}
	if g1.Type == Plane && g1.OutOfPlane && g2.Type <= Capsule {
		return wall, true
	}
	kind, ok = kinds[[2]GeomType{g1.Type, g2.Type}]
	if kind == boxOnBox && !(g1.upright() && g2.upright()) {
		return 0, false
	}
	return kind, ok
}

// wallDistances are those of a geom's nearest and furthest sphere from a plane that is parallel to the plane of motion; of a
// solid, those of the sphere around it.
func wallDistances(g1, g2 *Geom) (near, far float64) {
	dist := float64(g1.Across * (g2.Offset - g1.Offset))
	switch {
	case g2.Type > Capsule:
		dist -= vec(g2.Size).length()
	default:
		dist -= g2.Radius
	}
	if g2.Type == Capsule && g2.OutOfPlane {
		return dist - g2.HalfLength, dist + g2.HalfLength
	}
	return dist, dist
}

// mix combines two geoms' contact parameters: those of the higher priority; at equal priority condim and friction
// the larger, solref and solimp the mean weighted by solmix.
func mix(i1, i2 int, g1, g2 *Geom, sumMargins bool) Pair {
	p := Pair{G1: i1, G2: i2, Margin: math.Max(g1.Margin, g2.Margin), Gap: math.Max(g1.Gap, g2.Gap)}
	if sumMargins {
		p.Margin, p.Gap = g1.Margin+g2.Margin, g1.Gap+g2.Gap
	}
	if g1.Priority != g2.Priority {
		g := g1
		if g2.Priority > g1.Priority {
			g = g2
		}
		p.CondIm, p.Friction, p.SolRef, p.SolImp = g.CondIm, g.Friction, g.SolRef, g.SolImp
		return p
	}
	p.CondIm = max(g1.CondIm, g2.CondIm)
	p.Friction = math.Max(g1.Friction, g2.Friction)
	w := 0.5
	switch a, b := g1.SolMix >= minVal, g2.SolMix >= minVal; {
	case a && b:
		w = g1.SolMix / (g1.SolMix + g2.SolMix)
	case a:
		w = 1
	case b:
		w = 0
	}
	if g1.SolRef[0] > 0 && g2.SolRef[0] > 0 {
		for i := range p.SolRef {
			p.SolRef[i] = float64(w*g1.SolRef[i]) + float64((1-w)*g2.SolRef[i])
		}
	} else {
		for i := range p.SolRef {
			p.SolRef[i] = math.Min(g1.SolRef[i], g2.SolRef[i])
		}
	}
	for i := range p.SolImp {
		p.SolImp[i] = float64(w*g1.SolImp[i]) + float64((1-w)*g2.SolImp[i])
	}
	return p
}

func (m *Model) mostContacts() int {
	sum := 0
	for i := range m.contacts {
		sum += m.contacts[i].most()
	}
	return sum
}

// contactEntries is how many entries the Jacobians of all contacts have at most: two units a contact, two rows a unit.
func (m *Model) contactEntries() int {
	sum := 0
	for i := range m.contacts {
		sum += 4 * m.contacts[i].most() * m.contacts[i].entries
	}
	return sum
}

// buildContacts makes the pairs ready for the narrow phase and the rows.
func (m *Model) buildContacts() {
	for i := range m.Pairs {
		p := &m.Pairs[i]
		g1, g2 := &m.Geoms[p.G1], &m.Geoms[p.G2]
		c := pairConst{
			b1: g1.Body, b2: g2.Body, condim: p.CondIm, mu: p.Friction, margin: p.Margin, include: p.Margin - p.Gap,
			sol: newSol(p.SolRef, p.SolImp, m.Option.Timestep), signs: len(m.signs),
			x1: g1.Pos[0], y1: g1.Pos[1], x2: g2.Pos[0], y2: g2.Pos[1], r1: g1.Radius, r2: g2.Radius,
			ax: g1.Axis[0], ay: g1.Axis[1], bx: g2.Axis[0] * g2.HalfLength, by: g2.Axis[1] * g2.HalfLength,
			reach2: math.Inf(1),
		}
		if c.condim == 3 && c.mu < 1e-5 {
			c.mu = 1e-5 // MuJoCo's least friction of a pyramid
		}
		c.kind, _ = kindOf(g1, g2)
		switch c.kind {
		case wall:
			c.dw, c.aw = wallDistances(g1, g2)
			c.bw = g1.Across
			c.double = g2.Type == Capsule
			c.ax, c.ay = m.wallTangent(g2)
			if g2.OutOfPlane {
				c.bx, c.by = 0, 0
			}
		case planeEllipsoid, planeCylinder, planeBox:
			c.solid, c.w1 = newSolid(g2), g1.Offset
			if g1.OutOfPlane {
				c.ax, c.ay, c.aw = 0, 0, g1.Across
			}
		case sphereCylinder, sphereBox, capsuleOnBox:
			c.solid, c.w1 = newSolid(g2), g1.Offset
			c.ax, c.ay = g1.Axis[0]*g1.HalfLength, g1.Axis[1]*g1.HalfLength
			if g1.OutOfPlane {
				c.ax, c.ay, c.aw = 0, 0, g1.HalfLength
			}
			reach := c.solid.reach + c.r1 + g1.HalfLength + p.Margin
			c.reach2 = reach * reach
		case boxOnBox:
			c.solid1, c.solid = newSolid(g1), newSolid(g2)
			reach := c.solid1.reach + c.solid.reach + p.Margin
			c.reach2 = reach * reach
		case capsuleCapsule:
			c.ax, c.ay = g1.Axis[0]*g1.HalfLength, g1.Axis[1]*g1.HalfLength
		}
		if c.kind == sphereSphere || c.kind == sphereCapsule || c.kind == capsuleCapsule {
			c.dw = g2.Offset - g1.Offset
			if g1.OutOfPlane {
				c.ax, c.ay, c.aw = 0, 0, g1.HalfLength
			}
			if g2.OutOfPlane {
				c.bx, c.by, c.bw = 0, 0, g2.HalfLength
			}
			near := g1.Radius + g2.Radius + p.Margin
			c.near = near * near * (1 + 1e-9) // the distance itself decides
			reach := near
			if g1.Type == Capsule {
				reach += g1.HalfLength
			}
			if g2.Type == Capsule {
				reach += g2.HalfLength
			}
			c.reach2 = reach * reach
		}
		if c.kind == planeCapsule && g2.OutOfPlane {
			c.bx, c.by = 0, 0
		}
		if c.kind == planeCapsule {
			c.up, c.across = float64(c.ax*c.x2)+float64(c.ay*c.y2), float64(c.ay*c.x2)-float64(c.ax*c.y2)
			c.rise, c.lean = float64(c.ax*c.bx)+float64(c.ay*c.by), float64(c.ay*c.bx)-float64(c.ax*c.by)
			c.level = float64(c.ax*c.x1) + float64(c.ay*c.y1) + c.r2 + c.margin
		}
		m.buildRowPattern(&c)
		c.weight = m.BodyInvWeight[c.b1] + m.BodyInvWeight[c.b2]
		c.regular = c.weight
		if c.condim == 3 && !m.Option.Elliptic {
			c.regular = c.weight * (1 + float64(c.mu*c.mu))
		}
		if m.kernel.leaves != nil && !c.ties {
			c.loops = m.kernel.leaves[c.leaf]
		}
		m.contacts = append(m.contacts, c)
	}
}

// wallTangent is the first friction direction at a wall of what has no length in the plane of motion: the axis y or z of
// space; of a capsule that stands on the wall, the axis x.
func (m *Model) wallTangent(g *Geom) (u, v float64) {
	if g.Type == Capsule {
		return [...]float64{XZ: 1, XY: 1, YZ: 0}[m.Plane], 0
	}
	return [...]float64{XZ: 0, XY: 0, YZ: 1}[m.Plane], [...]float64{XZ: 1, XY: 1, YZ: 0}[m.Plane]
}

// buildRowPattern finds the dofs of a contact's rows and the sign with which each moves body 2 against body 1: +1 where it
// carries body 2 alone, -1 body 1 alone, 0 both. Those are the chain of the body further out; of bodies on different branches the
// dofs that carry one alone.
func (m *Model) buildRowPattern(c *pairConst) {
	l1, l2 := m.bodies[c.b1].lastDof, m.bodies[c.b2].lastDof
	c.leaf = max(l1, l2)
	leaf := &m.dofs[c.leaf]
	c.chain, c.entries = leaf.chain, leaf.depth+1
	c.ties = min(l1, l2) >= 0 && !m.isAncestor(min(l1, l2), c.leaf)
	sign := func(k int) (sign float64) {
		if m.dofMoves(k, c.b2) {
			sign++
		}
		if m.dofMoves(k, c.b1) {
			sign--
		}
		return sign
	}
	if c.ties {
		c.chain, c.entries = len(m.chain), 0
		for k := range m.NV {
			if sign(k) != 0 {
				m.chain = append(m.chain, k)
				c.entries++
			}
		}
	}
	c.plain = true
	for _, k := range m.chain[c.chain : c.chain+c.entries] {
		c.plain = c.plain && sign(k) == 1
		m.signs = append(m.signs, sign(k))
	}
}
