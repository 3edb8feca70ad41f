package modelfile

import (
	"math"
	"slices"

	"onestep/engine/num"
	"onestep/engine/physics"
)

// fit is how far an axis may miss the plane or its normal: far above the rounding of angles given with six digits,
// far below an error of modelling.
const fit = 1e-5

// plane is the plane of motion: the numbers of the axes u and v of space and of the one across, and the direction that
// counter-clockwise rotation is about.
type plane struct {
	kind    physics.PlaneAxes
	u, v, w int
	normal  vec3
}

var planes = []plane{
	{physics.XZ, 0, 2, 1, vec3{0, -1, 0}},
	{physics.XY, 0, 1, 2, vec3{0, 0, 1}},
	{physics.YZ, 1, 2, 0, vec3{1, 0, 0}},
}

func (p *plane) flat(v vec3) [2]float64 { return [2]float64{v[p.u], v[p.v]} }

// findPlane takes the plane across the first hinge, or, where there is none, the first that all slides lie in.
func (c *compiler) findPlane() (plane, error) {
	fits := planes
	for _, b := range c.bodies {
		for _, j := range b.joints {
			a := b.world.rot.apply(j.axis)
			if j.slide {
				in := slices.DeleteFunc(slices.Clone(fits), func(p plane) bool { return math.Abs(a.dot(p.normal)) > fit })
				if len(in) > 0 {
					fits = in
				}
				continue
			}
			for _, p := range planes {
				if math.Abs(math.Abs(a.dot(p.normal))-1) < fit*fit {
					return p, nil
				}
			}
			return plane{}, j.errorf("a hinge about %.4g %.4g %.4g of space: planar models turn about x, y or z", a[0], a[1], a[2])
		}
	}
	return fits[0], nil
}

// flatBody is a body's frame in the plane: turned says that it is not the frame of the file, which leaves the plane,
// but one along the axes of space.
type flatBody struct {
	leaves bool
	angle  float64 // of the frame in the plane, absolute
}

// project turns bodies in space into bodies in the plane.
func (c *compiler) project(root *node) (*physics.Spec, error) {
	masses, err := c.masses()
	if err != nil {
		return nil, err
	}
	for _, b := range c.bodies {
		b.world = b.at
		if b != c.bodies[0] {
			b.world = c.bodies[b.parent].world.mul(b.at)
		}
	}
	p, err := c.findPlane()
	if err != nil {
		return nil, err
	}
	s := &physics.Spec{Name: c.name, Plane: p.kind, Option: c.option}
	if !c.noGravity {
		s.Option.Gravity = p.flat(c.gravity)
	}
	flat := make([]flatBody, len(c.bodies))
	c.plane, c.flat = p, flat
	joints, bodies := map[string]int{}, map[string]int{}
	at := indices{bodies, joints, map[string]int{}, map[string]int{}, map[string]int{}}
	for i, b := range c.bodies {
		f, pb := c.projectBody(p, flat, i)
		flat[i] = f
		pb.Inertial = projectInertia(p, f, b, masses[i])
		pb.Simple = c.simple(i, &masses[i])
		s.Bodies = append(s.Bodies, pb)
		if b.name != "" {
			if _, twice := bodies[b.name]; twice {
				return nil, b.errorf("a second body of this name")
			}
			bodies[b.name] = i
		}
		for _, j := range b.joints {
			if n := j.name(); n != "" {
				if _, twice := joints[n]; twice {
					return nil, j.errorf("a second joint of this name")
				}
				joints[n] = len(s.Joints)
			}
			pj, err := projectJoint(p, f, b, &j)
			if err != nil {
				return nil, err
			}
			pj.Body = i
			if len(s.Joints) == physics.MaxJoints {
				return nil, j.errorf("more than %d joints", physics.MaxJoints)
			}
			s.Joints = append(s.Joints, pj)
		}
		for _, g := range b.geoms {
			pg, err := c.projectGeom(p, f, b, &g)
			if err != nil {
				return nil, err
			}
			pg.Body = i
			if len(s.Geoms) == physics.MaxGeoms {
				return nil, g.errorf("more than %d geoms", physics.MaxGeoms)
			}
			if pg.Name != "" {
				at.geoms[pg.Name] = len(s.Geoms)
			}
			s.Geoms = append(s.Geoms, pg)
		}
		for _, x := range b.sites {
			if x.name != "" {
				at.sites[x.name] = len(s.Sites)
			}
			s.Sites = append(s.Sites, physics.Site{Name: x.name, Body: i, Pos: f.point(p, b, x.at.pos), Offset: b.world.pos.add(b.world.rot.apply(x.at.pos))[p.w]})
		}
	}
	for _, n := range c.pairs {
		if c.noPairs {
			break
		}
		p, err := c.pair(n, at.geoms)
		if err != nil {
			return nil, err
		}
		s.Explicit = append(s.Explicit, p)
	}
	for _, n := range c.excludes {
		e, err := c.exclude(n, bodies)
		if err != nil {
			return nil, err
		}
		s.Exclude = append(s.Exclude, e)
	}
	for i, e := range c.tendons {
		t, err := c.tendon(e, at)
		if err != nil {
			return nil, err
		}
		if _, twice := at.tendons[t.Name]; twice {
			return nil, e.errorf("a second tendon of this name")
		}
		if t.Name != "" {
			at.tendons[t.Name] = i
		}
		s.Tendons = append(s.Tendons, t)
	}
	for _, e := range c.equalities {
		q, active, err := c.equality(e, at)
		if err != nil {
			return nil, err
		}
		if active {
			s.Equalities = append(s.Equalities, q)
		}
	}
	for _, e := range c.actuators {
		a, err := c.actuator(e, at, s)
		if err != nil {
			return nil, err
		}
		s.Actuators = append(s.Actuators, a)
	}
	return s, nil
}

// masses are the bodies' inertias after the compiler's bounds, the fusing of static bodies and the total.
func (c *compiler) masses() ([]inertia, error) {
	out := make([]inertia, len(c.bodies))
	for i, b := range c.bodies[1:] {
		m, err := c.bodyInertia(b)
		if err != nil {
			return nil, err
		}
		m.mass = math.Max(m.mass, c.boundMass)
		for k := range 3 {
			m.principal[k] = math.Max(m.principal[k], c.boundInertia)
		}
		if p := m.principal; p[0]+p[1] < p[2] || p[0]+p[2] < p[1] || p[1]+p[2] < p[0] {
			if !c.balance {
				return nil, b.errorf("the inertia has a moment larger than the sum of the others; balanceinertia mends it")
			}
			mean := (p[0] + p[1] + p[2]) / 3
			m.principal = vec3{mean, mean, mean}
		}
		out[i+1] = m
	}
	if c.fuse {
		for _, b := range c.bodies {
			if b.lift != 0 && len(b.joints) == 0 {
				return nil, b.errorf("gravcomp of a body without joints together with fusestatic cannot be represented")
			}
		}
		out = c.fuseStatic(out)
	}
	sum := 0.0
	for _, m := range out {
		sum += m.mass
	}
	if c.totalMass > 0 && sum > 0 {
		scale := c.totalMass / sum
		for i := range out {
			out[i].mass *= scale
			out[i].principal = out[i].principal.scale(scale)
		}
	}
	return out, nil
}

// projectBody places body i. A frame that the file turns within the plane only stays as it is.
func (c *compiler) projectBody(p plane, flat []flatBody, i int) (flatBody, physics.Body) {
	b := c.bodies[i]
	out := physics.Body{Name: b.name, Parent: b.parent, Lift: b.lift}
	if i == 0 {
		return flatBody{}, out
	}
	parent := flat[b.parent]
	f := flatBody{leaves: math.Abs(b.world.rot.apply(p.normal).dot(p.normal)-1) > fit*fit}
	if f.leaves {
		out.Angle = -parent.angle
	} else if !parent.leaves {
		out.Angle = num.Atan2(b.at.rot[p.v][p.u], b.at.rot[p.u][p.u])
		f.angle = parent.angle + out.Angle
	} else {
		out.Angle = num.Atan2(b.world.rot[p.v][p.u], b.world.rot[p.u][p.u])
		f.angle = out.Angle
	}
	out.Pos = parent.point(p, c.bodies[b.parent], b.at.pos)
	return f, out
}

// simple reports whether MuJoCo takes a body for one with slides alone, whose inverse weight is that of its mass in all
// directions, not the mean over three (user_model, body_simple 2).
func (c *compiler) simple(i int, m *inertia) bool {
	const same = 1e-6
	b := c.bodies[i]
	up := c.bodies[b.parent]
	if i == 0 || len(b.joints) == 0 || m.com.norm() > same || b.parent != 0 && (up.parent != 0 || len(up.joints) > 0) {
		return false
	}
	for k, row := range m.axes {
		if math.Abs(row[k]-1) > same {
			return false
		}
	}
	for _, j := range b.joints {
		along := 0
		for _, x := range j.axis {
			if math.Abs(x) > minMass {
				along++
			}
		}
		if !j.slide || j.pos != (vec3{}) || along != 1 {
			return false
		}
	}
	return !slices.ContainsFunc(c.bodies[i+1:], func(child *body) bool { return child.parent == i })
}

// vector turns a vector of the body's frame into its frame in the plane.
func (f flatBody) vector(p plane, b *body, v vec3) [2]float64 {
	if !f.leaves {
		return p.flat(v)
	}
	return p.flat(b.world.rot.apply(v))
}

func (f flatBody) point(p plane, b *body, v vec3) [2]float64 { return f.vector(p, b, v) }

func projectInertia(p plane, f flatBody, b *body, m inertia) physics.Inertial {
	out := physics.Inertial{Mass: m.mass, COM: f.point(p, b, m.com), Principal: m.principal}
	axes := m.axes
	if f.leaves {
		axes = b.world.rot.mul(axes)
	}
	for i := range out.Axes {
		a := axes.column(i)
		out.Axes[i] = [3]float64{a[p.u], a[p.v], a[p.w]}
		out.Inertia += float64(m.principal[i] * a[p.w] * a[p.w])
	}
	return out
}

func projectJoint(p plane, f flatBody, b *body, j *joint) (physics.Joint, error) {
	out := j.out
	along := b.world.rot.apply(j.axis).dot(p.normal)
	if j.slide {
		out.Anchor = f.point(p, b, j.pos)
		if math.Abs(along) > fit {
			return out, j.errorf("the slide leaves the plane of motion")
		}
		a := f.vector(p, b, j.axis)
		n := num.Hypot(a[0], a[1])
		out.Axis = [2]float64{a[0] / n, a[1] / n}
		return out, nil
	}
	if math.Abs(math.Abs(along)-1) > fit*fit {
		return out, j.errorf("the hinge's axis is not across the plane of motion")
	}
	out.Anchor, out.Sign = f.point(p, b, j.pos), math.Copysign(1, along)
	return out, nil
}

func (c *compiler) projectGeom(p plane, f flatBody, b *body, g *geom) (physics.Geom, error) {
	out := g.out
	out.Pos = f.point(p, b, g.at.pos)
	out.Offset = b.world.pos.add(b.world.rot.apply(g.at.pos))[p.w]
	out.Radius, out.HalfLength = g.size[0], g.size[1]
	if g.kind == physics.Sphere {
		out.HalfLength = 0
		return out, nil
	}
	axis := g.at.rot.column(2)
	if g.kind > physics.Capsule {
		solidFrame(p, f, b, g, &out)
	}
	if g.kind == physics.Box || g.kind == physics.Ellipsoid {
		axis = c.boxOutline(p, b, g, &out)
	}
	across := b.world.rot.apply(axis)[p.w]
	along := math.Abs(across)
	flat := f.vector(p, b, axis)
	n := num.Hypot(flat[0], flat[1])
	touches := out.ConType != 0 || out.ConAffinity != 0
	switch {
	case along < fit:
		out.Axis = [2]float64{flat[0] / n, flat[1] / n}
	case along > 1-fit:
		out.OutOfPlane, out.Across = true, math.Copysign(1, across)
	case touches && g.kind <= physics.Capsule:
		return out, g.errorf("its axis neither lies in the plane of motion nor stands on it")
	case n > 0: // seen from the side
		out.Axis = [2]float64{flat[0] / n, flat[1] / n}
		out.HalfLength *= n
	}
	if g.kind == physics.Plane {
		out.Radius, out.HalfLength = 0, 0
		if b != c.bodies[0] && touches && c.moves(b) {
			return out, g.errorf("a plane on a body that moves")
		}
	}
	return out, nil
}

func (c *compiler) moves(b *body) bool {
	for ; b != c.bodies[0]; b = c.bodies[b.parent] {
		if len(b.joints) > 0 {
			return true
		}
	}
	return false
}

// solidFrame sets a solid's axes and half extents in space.
func solidFrame(p plane, f flatBody, b *body, g *geom, out *physics.Geom) {
	const rounding = 1e-15 // of the sine of a right angle
	out.Size = g.size
	if g.kind == physics.Cylinder {
		out.Size = [3]float64{g.size[0], g.size[0], g.size[1]}
	}
	for k := range out.Frame {
		axis := g.at.rot.column(k)
		flat := f.vector(p, b, axis)
		out.Frame[k] = [3]float64{flat[0], flat[1], b.world.rot.apply(axis)[p.w]}
		for i, x := range out.Frame[k] {
			if math.Abs(x) < rounding {
				out.Frame[k][i] = 0
			}
		}
	}
}

// boxOutline chooses, of the box's axes, the two nearest to the plane for its outline and returns the first.
func (c *compiler) boxOutline(p plane, b *body, g *geom, out *physics.Geom) vec3 {
	across := 0
	best := -1.0
	for k := range 3 {
		if a := math.Abs(b.world.rot.apply(g.at.rot.column(k)).dot(p.normal)); a > best+1e-9 {
			across, best = k, a
		}
	}
	first, second := (across+1)%3, (across+2)%3
	out.HalfLength, out.Radius = g.size[first], g.size[second]
	return g.at.rot.column(first)
}
