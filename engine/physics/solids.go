package physics

import (
	"math"
	"slices"

	"onestep/engine/num"
)

// vec is a vector of space: along u and v of the plane of motion, and across it.
type vec [3]float64

func (a vec) dot(b vec) float64 {
	return float64(a[0]*b[0]) + float64(a[1]*b[1]) + float64(a[2]*b[2])
}

func (a vec) plus(s float64, b vec) vec {
	return vec{a[0] + float64(s*b[0]), a[1] + float64(s*b[1]), a[2] + float64(s*b[2])}
}

func (a vec) cross(b vec) vec {
	return vec{float64(a[1]*b[2]) - float64(a[2]*b[1]), float64(a[2]*b[0]) - float64(a[0]*b[2]), float64(a[0]*b[1]) - float64(a[1]*b[0])}
}

func (a vec) length() float64 { return math.Sqrt(a.dot(a)) }

// solid is a box, cylinder or ellipsoid, geom 2 of a pair, as the plane of motion cuts it out of space.
type solid struct {
	at    vec    // centre in its body
	axes  [3]vec // unit vectors in its body
	size  vec    // half extents along them; of a cylinder the radius twice, then half the length
	reach float64
}

// upright reports whether one of a box's axes stands on the plane of motion.
func (g *Geom) upright() bool {
	return slices.ContainsFunc(g.Frame[:], func(a [3]float64) bool { return a[0] == 0 && a[1] == 0 })
}

func newSolid(g *Geom) *solid {
	s := &solid{at: vec{g.Pos[0], g.Pos[1], g.Offset}, size: g.Size, reach: vec(g.Size).length()}
	for i, a := range g.Frame {
		s.axes[i] = a
	}
	return s
}

// turned returns the solid as it stands in the world.
func (d *Data) turned(b int, s *solid) solid {
	t := *s
	t.at[0], t.at[1] = d.bodyPoint(b, s.at[0], s.at[1])
	for i, a := range s.axes {
		t.axes[i][0], t.axes[i][1] = d.bodyAxis(b, a[0], a[1])
	}
	return t
}

// touch appends a contact at a point with a unit normal of space.
func (d *Data) touch(i int, at, normal vec, dist float64) {
	c := Contact{Pair: i, Dist: dist, Pos: [2]float64{at[0], at[1]}, Normal: [2]float64{normal[0], normal[1]}, Out: normal[2]}
	c.Tangent = [2]float64{-normal[1], normal[0]}
	if flat := num.Hypot(normal[0], normal[1]); normal[2] != 0 && flat >= minVal {
		c.Tangent = [2]float64{-normal[1] / flat, normal[0] / flat}
	}
	*d.contact() = c
}

// onPlane is the contact of a solid with a plane, each by the rule of MuJoCo (engine_collision_primitive, PlaneBox and
// PlaneCylinder; engine_collision_convex, PlaneConvex).
func (d *Data) onPlane(i int, p *pairConst) {
	s := d.turned(p.b2, p.solid)
	x, y := d.bodyPoint(p.b1, p.x1, p.y1)
	n := vec{0, 0, p.aw}
	n[0], n[1] = d.bodyAxis(p.b1, p.ax, p.ay)
	height := n.dot(s.at.plus(-1, vec{x, y, p.w1}))
	if height-s.reach > p.margin {
		return
	}
	// point is a point of the solid, relative to its centre, at the given height above the plane.
	point := func(at vec, height float64) {
		d.touch(i, at.plus(1, s.at).plus(-height/2, n), n, height)
	}
	switch p.kind {
	case planeBox:
		planeBoxPoints(&s, n, height, p.margin, point)
	case planeCylinder:
		planeCylinderPoints(&s, n, height, p.margin, point)
	case planeEllipsoid:
		var at vec
		scale := 0.0
		for k, a := range s.axes {
			r := -s.size[k] * a.dot(n)
			scale += float64(r * r)
			at = at.plus(s.size[k]*r, a)
		}
		at = vec{}.plus(1/math.Sqrt(scale), at)
		if h := height + at.dot(n); h <= p.margin {
			point(at, h)
		}
	}
}

// planeBoxPoints are up to four corners below the centre.
func planeBoxPoints(s *solid, n vec, height, margin float64, point func(vec, float64)) {
	count := 0
	for corner := range 8 {
		var at vec
		for k, a := range s.axes {
			size := s.size[k]
			if corner>>k&1 == 0 {
				size = -size
			}
			at = at.plus(size, a)
		}
		h := n.dot(at)
		if h > 0 || height+h > margin {
			continue
		}
		point(at, height+h)
		if count++; count == 4 {
			return
		}
	}
}

// planeCylinderPoints are the lowest point of the rim, that above it on the other rim, and two more of the lower rim that
// make a triangle with the first.
func planeCylinderPoints(s *solid, n vec, height, margin float64, point func(vec, float64)) {
	axis := s.axes[2]
	along := n.dot(axis)
	if along > 0 {
		axis, along = vec{}.plus(-1, axis), -along
	}
	down := vec{}.plus(along, axis).plus(-1, n)
	if l := down.length(); l >= minVal {
		down = vec{}.plus(s.size[0]/l, down)
	} else { // the disk is parallel to the plane
		down = vec{}.plus(s.size[0], s.axes[0])
	}
	side := n.dot(down)
	axis, along = vec{}.plus(s.size[2], axis), float64(along*s.size[2])
	if height+along+side > margin {
		return
	}
	point(down.plus(1, axis), height+along+side)
	if h := height - along + side; h <= margin {
		point(down.plus(-1, axis), h)
	}
	if h := height + along - float64(side/2); h <= margin {
		across := down.cross(axis)
		across = vec{}.plus(s.size[0]*math.Sqrt(3)/2/across.length(), across)
		corner := axis.plus(-0.5, down)
		point(corner.plus(1, across), h)
		point(corner.plus(-1, across), h)
	}
}

// balls is the contact of two spheres of space.
func (d *Data) balls(i int, p *pairConst, c1 vec, r1 float64, c2 vec, r2 float64) {
	n := c2.plus(-1, c1)
	gap := n.length()
	dist := gap - r1 - r2
	switch {
	case dist > p.margin:
		return
	case gap < minVal:
		n = vec{1, 0, 0}
	default:
		n = vec{n[0] / gap, n[1] / gap, n[2] / gap}
	}
	d.touch(i, c1.plus(r1+float64(dist/2), n), n, dist)
}

// ballOnSolid is the contact of a sphere, geom 1, with a box or cylinder (engine_collision_box, SphereBox;
// engine_collision_primitive, SphereCylinder).
func (d *Data) ballOnSolid(i int, p *pairConst) {
	s := d.turned(p.b2, p.solid)
	c := vec{0, 0, p.w1}
	c[0], c[1] = d.bodyPoint(p.b1, p.x1, p.y1)
	if p.kind == sphereBox {
		d.ballOnBox(i, p, c, &s)
	} else {
		d.ballOnCylinder(i, p, c, &s)
	}
}

func (d *Data) ballOnBox(i int, p *pairConst, c vec, s *solid) {
	var local, nearest vec
	rel := c.plus(-1, s.at)
	for k, a := range s.axes {
		local[k] = a.dot(rel)
		nearest[k] = min(max(local[k], -s.size[k]), s.size[k])
	}
	out := nearest.plus(-1, local)
	dist := out.length()
	if dist-p.r1 > p.margin {
		return
	}
	world := func(v vec) vec {
		return vec{}.plus(v[0], s.axes[0]).plus(v[1], s.axes[1]).plus(v[2], s.axes[2])
	}
	if dist > minVal {
		n := vec{}.plus(1/dist, out)
		at := vec{}.plus(0.5, nearest).plus(0.5, local.plus(p.r1, n))
		d.touch(i, world(at).plus(1, s.at), world(n), dist-p.r1)
		return
	}
	closest, n := 2*(s.size[0]+s.size[1]+s.size[2]), vec{} // the centre is inside: out by the nearest face
	for face := range 6 {
		k, sign := face/2, float64(2*(face%2)-1)
		if depth := math.Abs(float64(sign*s.size[k]) - local[k]); depth < closest {
			closest, n = depth, vec{}
			n[k] = -sign
		}
	}
	d.touch(i, world(local.plus((p.r1-closest)/2, n)).plus(1, s.at), world(n), -closest-p.r1)
}

func (d *Data) ballOnCylinder(i int, p *pairConst, c vec, s *solid) {
	radius, half, axis := s.size[0], s.size[2], s.axes[2]
	rel := c.plus(-1, s.at)
	x := axis.dot(rel)
	radial := rel.plus(-x, axis)
	square := radial.dot(radial)
	onSide, onCap := math.Abs(x) < half, square < radius*radius
	if onSide && onCap { // the centre is inside: out by the nearer of both
		onCap = half-math.Abs(x) < radius-math.Sqrt(square)
		onSide = !onCap
	}
	end := math.Copysign(half, x)
	if x == 0 {
		end = -half
	}
	switch {
	case onSide:
		d.balls(i, p, c, p.r1, s.at.plus(x, axis), radius)
	case onCap:
		n := vec{}.plus(math.Copysign(1, end), axis)
		dist := n.dot(c.plus(-1, s.at.plus(end, axis))) - p.r1
		if dist <= p.margin {
			d.touch(i, c.plus(-p.r1-float64(dist/2), n), vec{}.plus(-1, n), dist)
		}
	default: // the rim
		d.balls(i, p, c, p.r1, s.at.plus(end, axis).plus(radius/math.Sqrt(square), radial), 0)
	}
}
