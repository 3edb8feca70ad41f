package physics

// pose is room for where the bodies stand, apart from the last evaluation.
type pose struct {
	bodies []bodyState
	dofs   []dofState
}

// Shapes appends the outlines of the geoms at the present QPos. The derived fields stay those of the last evaluation.
// Geoms whose length stands on the plane of motion appear as spheres; planes parallel to it are left out.
func (d *Data) Shapes(dst []Shape) []Shape {
	m := d.Model
	copy(d.pose.bodies, d.bodies) // for those that never move
	ox, oy := d.ox, d.oy
	d.swapPose()
	d.kinematics()
	for i := range m.Geoms {
		if s, ok := d.shape(&m.Geoms[i]); ok {
			dst = append(dst, s)
		}
	}
	d.swapPose()
	d.ox, d.oy = ox, oy
	return dst
}

func (d *Data) swapPose() {
	d.bodies, d.pose.bodies = d.pose.bodies, d.bodies
	d.dofs, d.pose.dofs = d.pose.dofs, d.dofs
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
	case g.Type == Sphere || g.OutOfPlane && g.Type != Box:
		s.Kind = ShapeSphere
		return s, true
	case g.Type == Capsule:
		s.Kind = ShapeCapsule
	default:
		s.Kind = ShapeBox
	}
	h := g.HalfLength
	s.A, s.B = [2]float64{x - h*ax, y - h*ay}, [2]float64{x + h*ax, y + h*ay}
	return s, true
}
