package physics

// Touch is the sum of the normal forces, N, of the contacts of a site's body at the last evaluation whose line of action, from
// the point of contact away from the body, meets the disc of the given radius, m, about the site: MuJoCo's touch sensor of a
// site that is a sphere.
func (d *Data) Touch(site int, radius float64) float64 {
	s := &d.Model.Sites[site]
	x, y := d.bodyPoint(s.Body, s.Pos[0], s.Pos[1])
	sum := 0.0
	for i := range d.Contacts {
		c := &d.Contacts[i]
		p := &d.Model.contacts[c.Pair]
		sign := 1.0
		switch s.Body {
		case p.b1:
		case p.b2:
			sign = -1
		default:
			continue
		}
		if c.NormalForce <= 0 {
			continue
		}
		dx, dy := x-c.Pos[0], y-c.Pos[1]
		along := sign * (float64(dx*c.Normal[0]) + float64(dy*c.Normal[1]))
		apart := float64(dx*dx) + float64(dy*dy) - float64(radius*radius)
		if apart <= 0 || along >= 0 && apart <= float64(along*along) {
			sum += c.NormalForce
		}
	}
	return sum
}

// BodyTouch is the sum of the normal forces, N, of all contacts of a body at the last evaluation.
func (d *Data) BodyTouch(b int) float64 {
	sum := 0.0
	for i := range d.Contacts {
		c := &d.Contacts[i]
		if p := &d.Model.contacts[c.Pair]; p.b1 == b || p.b2 == b {
			sum += c.NormalForce
		}
	}
	return sum
}
