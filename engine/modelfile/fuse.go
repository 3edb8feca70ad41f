package modelfile

import "slices"

// fuseStatic makes each body without joints a part of its parent, as fusestatic="true" asks: its geoms, sites, children
// and, unless the parent is the world, its mass. Bodies that something names stay. It returns the masses of those left.
func (c *compiler) fuseStatic(masses []inertia) []inertia {
	named := c.namedBodies()
	for i := 1; i < len(c.bodies); {
		b := c.bodies[i]
		if len(b.joints) > 0 || b.name != "" && (named[b.name] || weighed(b, named)) {
			i++
			continue
		}
		up := c.bodies[b.parent]
		if m := masses[i]; b.parent != 0 && m.mass >= minMass {
			// MuJoCo 3.3.8 takes the body's place within the frame of its inertia, and leaves that frame's axes; the reverse
			// would be right. Where neither is turned it is the same.
			m.com = m.com.add(m.axes.apply(b.at.pos))
			masses[b.parent] = total([]inertia{masses[b.parent], m})
		}
		for _, g := range b.geoms {
			g.at = b.at.mul(g.at)
			up.geoms = append(up.geoms, g)
		}
		for _, s := range b.sites {
			s.at = b.at.mul(s.at)
			up.sites = append(up.sites, s)
		}
		c.bodies, masses = slices.Delete(c.bodies, i, i+1), slices.Delete(masses, i, i+1)
		for _, child := range c.bodies[i:] {
			switch {
			case child.parent == i:
				child.parent, child.at = b.parent, b.at.mul(child.at)
			case child.parent > i:
				child.parent--
			}
		}
	}
	return masses
}

// weighed reports whether a force or torque sensor sits at one of the body's sites.
func weighed(b *body, named map[string]bool) bool {
	for _, s := range b.sites {
		if s.name != "" && named["site "+s.name] {
			return true
		}
	}
	return false
}

// namedBodies are the bodies that cameras, lights, sensors, exclusions, equalities, tuples and skins name, and, as "site
// NAME", the sites of force and torque sensors.
func (c *compiler) namedBodies() map[string]bool {
	named := map[string]bool{}
	c.bodies[0].walk(func(n *node) {
		for _, a := range n.attrs {
			switch a.name {
			case "body", "body1", "body2", "subtree1", "subtree2", "objname", "refname":
				named[a.value] = true
			case "target":
				named[a.value] = named[a.value] || n.tag == "camera" || n.tag == "light"
			case "site":
				if n.tag == "force" || n.tag == "torque" {
					named["site "+a.value] = true
				}
			}
		}
	})
	return named
}
