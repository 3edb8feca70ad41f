package physics

// pose is room for where the bodies stand, apart from the last evaluation.
type pose struct {
	bodies []bodyState
	dofs   []dofState
}

// present evaluates the kinematics of the present QPos in the room that swapPose lends, and returns the origin of motions
// for absent, which brings the derived fields of the last evaluation back.
func (d *Data) present() (ox, oy float64) {
	copy(d.pose.bodies, d.bodies) // for those that never move
	ox, oy = d.ox, d.oy
	d.swapPose()
	d.kinematics()
	return ox, oy
}

func (d *Data) absent(ox, oy float64) {
	d.swapPose()
	d.ox, d.oy = ox, oy
}

func (d *Data) swapPose() {
	d.bodies, d.pose.bodies = d.pose.bodies, d.bodies
	d.dofs, d.pose.dofs = d.pose.dofs, d.dofs
}

// Presently calls read with poses and velocities at the present QPos and QVel; afterwards the derived fields are again those of
// the last evaluation.
func (d *Data) Presently(read func(d *Data)) {
	ox, oy := d.present()
	read(d)
	d.absent(ox, oy)
}

// Shapes appends the outlines of the geoms at the present QPos. The derived fields stay those of the last evaluation.
// Geoms whose length stands on the plane of motion appear as spheres; planes parallel to it are left out.
func (d *Data) Shapes(dst []Shape) []Shape {
	ox, oy := d.present()
	for i := range d.Model.Geoms {
		if s, ok := d.shape(&d.Model.Geoms[i]); ok {
			dst = append(dst, s)
		}
	}
	d.absent(ox, oy)
	return dst
}

// JointMark is a joint as it stands at one instant: what a picture needs and no more.
type JointMark struct {
	Body  int
	Hinge bool
	Root  bool       // one of the joints that let a whole body float: a hinge or slide beside a slide on the world
	Pos   [2]float64 // m: Hinge: its anchor; Slide: the body's origin
	Axis  [2]float64 // Slide: its direction
	Force float64    // of the actuators at the last evaluation, N or N m, counter-clockwise positive
}

// Joints appends the joints at the present QPos, in order.
func (d *Data) Joints(dst []JointMark) []JointMark {
	ox, oy := d.present()
	for k := range d.Model.Joints {
		j := &d.Model.Joints[k]
		mark := JointMark{Body: j.Body, Hinge: j.Type == Hinge, Root: d.Model.Floats(j.Body), Force: d.QFrcActuator[k]}
		mo := &d.dofs[k]
		if mark.Hinge {
			// kinematics leaves w perp(o - anchor), and w is 1 or -1.
			mark.Pos = [2]float64{d.ox - float64(mo.w*mo.vy), d.oy + float64(mo.w*mo.vx)}
			mark.Force *= j.Sign
		} else {
			mark.Pos, mark.Axis = [2]float64{d.bodies[j.Body].x, d.bodies[j.Body].y}, [2]float64{mo.vx, mo.vy}
		}
		dst = append(dst, mark)
	}
	d.absent(ox, oy)
	return dst
}

// Floats reports whether a body of the world has a slide and another joint: it is then carried by no hinge.
func (m *Model) Floats(body int) bool {
	if m.Bodies[body].Parent != 0 {
		return false
	}
	slides, joints := 0, 0
	for i := range m.Joints {
		if m.Joints[i].Body == body {
			joints++
			if m.Joints[i].Type == Slide {
				slides++
			}
		}
	}
	return slides > 0 && joints > 1
}

// CenterOfMass is the centre of all moving mass at the present QPos, m.
func (d *Data) CenterOfMass() (u, v float64) {
	ox, oy := d.present()
	u, v = d.COM()
	d.absent(ox, oy)
	return u, v
}

// COM is the centre of all moving mass as of the last evaluation, m.
func (d *Data) COM() (u, v float64) {
	mass := 0.0
	for b := range d.Model.bodies {
		c := &d.Model.bodies[b]
		if !c.moving || c.mass == 0 {
			continue
		}
		x, y := d.bodyPoint(b, c.comX, c.comY)
		u += float64(c.mass * x)
		v += float64(c.mass * y)
		mass += c.mass
	}
	if mass > 0 {
		u, v = u/mass, v/mass
	}
	return u, v
}

func (d *Data) shape(g *Geom) (Shape, bool) {
	x, y := d.bodyPoint(g.Body, g.Pos[0], g.Pos[1])
	ax, ay := d.bodyAxis(g.Body, g.Axis[0], g.Axis[1])
	s := Shape{Body: g.Body, Radius: g.Radius, A: [2]float64{x, y}, B: [2]float64{x, y}}
	switch {
	case g.Type == Plane && g.OutOfPlane:
		return s, false
	case g.Type == Plane:
		s.Kind, s.B = ShapePlane, [2]float64{ay, -ax}
		return s, true
	case g.Type == Sphere || g.OutOfPlane && g.Type < Box:
		s.Kind = ShapeSphere
		return s, true
	case g.Type == Capsule:
		s.Kind = ShapeCapsule
	default:
		s.Kind = ShapeBox
	}
	h := g.HalfLength
	s.A, s.B = [2]float64{x - float64(h*ax), y - float64(h*ay)}, [2]float64{x + float64(h*ax), y + float64(h*ay)}
	return s, true
}
