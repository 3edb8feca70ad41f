package physics

import "math"

// Contact is a point at which two geoms are closer than their margin. The force on geom 2's body is
// NormalForce Normal + TangentForce Tangent; on geom 1's body the opposite.
type Contact struct {
	Pair    int        // index into Model.Pairs
	Dist    float64    // m, negative where the geoms overlap
	Pos     [2]float64 // m
	Normal  [2]float64 // from geom 1 to geom 2; shorter than 1 where the geoms are offset across the plane
	Out     float64    // the normal's part across the plane
	Tangent [2]float64 // unit vector in the plane

	NormalForce  float64 // N
	TangentForce float64 // N, along Tangent
}

// farTolerance is how much further than the margin a capsule is from a plane fixed to the world where it is not looked at
// closely, m. In a world of 1e10 m (maxValue) numbers are 2e-6 m apart.
const farTolerance = 1e-5

// collide fills Contacts, pair by pair.
func (d *Data) collide() {
	d.Contacts = d.Contacts[:0]
	m := d.Model
	for i := range m.contacts {
		p := &m.contacts[i]
		if p.kind == planeCapsule {
			if p.b1 == 0 { // height and rise as in planeCapsule, but for rounding
				b := &d.bodies[p.b2]
				height := float64(p.ax*b.x) + float64(p.ay*b.y) + float64(b.c*p.up) + float64(b.s*p.across) - p.level
				if height-math.Abs(float64(b.c*p.rise)+float64(b.s*p.lean)) > farTolerance {
					continue
				}
			}
			d.planeCapsule(i, p)
			continue
		}
		if p.solid != nil {
			d.solid(i, p)
			continue
		}
		x2, y2 := d.bodyPoint(p.b2, p.x2, p.y2)
		x1, y1 := d.bodyPoint(p.b1, p.x1, p.y1)
		dx, dy := x2-x1, y2-y1
		if float64(dx*dx)+float64(dy*dy) > p.reach2 {
			continue
		}
		ax, ay := d.bodyAxis(p.b1, p.ax, p.ay)
		bx, by := d.bodyAxis(p.b2, p.bx, p.by)
		switch p.kind {
		case planeSphere:
			d.planePoint(i, p, x1, y1, ax, ay, x2, y2, -ay, ax)
		case sphereSphere:
			d.spheres(i, p, x1, y1, x2, y2, p.dw, false)
		case sphereCapsule:
			t := 0.0
			if n := float64(bx*bx) + float64(by*by) + float64(p.bw*p.bw); n >= minVal {
				t = clip(-(float64(bx*dx) + float64(by*dy) + float64(p.bw*p.dw)) / n)
			}
			d.spheres(i, p, x1, y1, x2+float64(t*bx), y2+float64(t*by), p.dw+float64(t*p.bw), false)
		case capsuleCapsule:
			d.capsules(i, p, x1, y1, ax, ay, x2, y2, bx, by)
		case wall:
			d.wall(i, p, x2, y2, bx, by)
		}
	}
}

// bodyAxis turns a direction of a body's frame into the world.
func (d *Data) bodyAxis(b int, x, y float64) (wx, wy float64) {
	s := &d.bodies[b]
	return float64(s.c*x) - float64(s.s*y), float64(s.s*x) + float64(s.c*y)
}

// planeCapsule tests both end spheres against the plane, the end towards +axis first. The tangent is the
// capsule's axis within the plane.
func (d *Data) planeCapsule(i int, p *pairConst) {
	body := &d.bodies[p.b2]
	c, s := body.c, body.s
	x, y := body.x+float64(c*p.x2)-float64(s*p.y2), body.y+float64(s*p.x2)+float64(c*p.y2)
	bx, by := float64(c*p.bx)-float64(s*p.by), float64(s*p.bx)+float64(c*p.by)
	x1, y1, nx, ny := p.x1, p.y1, p.ax, p.ay
	if p.b1 != 0 {
		x1, y1 = d.bodyPoint(p.b1, x1, y1)
		nx, ny = d.bodyAxis(p.b1, nx, ny)
	}
	height := float64((x-x1)*nx) + float64((y-y1)*ny)
	rise := float64(bx*nx) + float64(by*ny)
	if height-math.Abs(rise)-p.r2 >= p.margin {
		return
	}
	tx, ty := bx-float64(rise*nx), by-float64(rise*ny)
	if n := math.Sqrt(float64(tx*tx) + float64(ty*ty)); n < minVal {
		tx, ty = ny, -nx
	} else {
		tx, ty = tx/n, ty/n
	}
	d.planePoint(i, p, x1, y1, nx, ny, x+bx, y+by, tx, ty)
	d.planePoint(i, p, x1, y1, nx, ny, x-bx, y-by, tx, ty)
}

// solid finds the contacts of a pair whose geom 2 is a box, cylinder or ellipsoid.
func (d *Data) solid(i int, p *pairConst) {
	if p.kind < sphereCylinder {
		d.onPlane(i, p)
		return
	}
	x2, y2 := d.bodyPoint(p.b2, p.x2, p.y2)
	x1, y1 := d.bodyPoint(p.b1, p.x1, p.y1)
	if dx, dy := x2-x1, y2-y1; float64(dx*dx)+float64(dy*dy) > p.reach2 {
		return
	}
	switch p.kind {
	case capsuleOnBox:
		d.onBox(i, p)
	case boxOnBox:
		d.onBoxes(i, p)
	default:
		d.ballOnSolid(i, p)
	}
}

// wall is the contact with a plane that is parallel to the plane of motion: it is always there, its normal has no part in the
// plane, and what it does is friction. A capsule's length is the first friction direction.
func (d *Data) wall(i int, p *pairConst, x, y, bx, by float64) {
	tx, ty := p.ax, p.ay
	if n := math.Sqrt(float64(bx*bx) + float64(by*by)); n >= minVal {
		tx, ty = bx/n, by/n
	}
	at := func(x, y, dist float64) {
		if dist < p.margin {
			*d.contact() = Contact{Pair: i, Dist: dist, Pos: [2]float64{x, y}, Out: p.bw, Tangent: [2]float64{tx, ty}}
		}
	}
	at(x+bx, y+by, p.dw)
	if p.double {
		at(x-bx, y-by, p.aw)
	}
}

// planePoint is the contact of a sphere at (x, y) with the plane through (x1, y1): its point lies in the middle of
// the overlap.
func (d *Data) planePoint(i int, p *pairConst, x1, y1, nx, ny, x, y, tx, ty float64) {
	dist := float64((x-x1)*nx) + float64((y-y1)*ny) - p.r2
	if dist >= p.margin {
		return
	}
	back := p.r2 + float64(dist/2)
	c := d.contact()
	c.Pair, c.Dist, c.Out, c.NormalForce, c.TangentForce = i, dist, 0, 0, 0
	c.Pos[0], c.Pos[1] = x-float64(nx*back), y-float64(ny*back)
	c.Normal[0], c.Normal[1], c.Tangent[0], c.Tangent[1] = nx, ny, tx, ty
}

// contact lengthens Contacts by one, which still holds old numbers.
func (d *Data) contact() *Contact {
	d.Contacts = d.Contacts[:len(d.Contacts)+1]
	return &d.Contacts[len(d.Contacts)-1]
}

// spheres is the contact of two spheres, or of two capsules at their nearest points, dw apart across the plane. It
// reports whether there is one. Where the points coincide and the axes are not parallel (cross), the normal stands on the plane.
func (d *Data) spheres(i int, p *pairConst, x1, y1, x2, y2, dw float64, cross bool) bool {
	dx, dy := x2-x1, y2-y1
	square := float64(dx*dx) + float64(dy*dy) + float64(dw*dw)
	if square > p.near {
		return false
	}
	gap := math.Sqrt(square)
	dist := gap - p.r1 - p.r2
	if dist >= p.margin {
		return false
	}
	c := Contact{Pair: i, Dist: dist}
	switch {
	case gap >= minVal:
		c.Normal, c.Out = [2]float64{dx / gap, dy / gap}, dw/gap
	case cross:
		c.Out = 1
	default:
		c.Normal = [2]float64{1, 0}
	}
	c.Tangent = [2]float64{-c.Normal[1], c.Normal[0]}
	if flat := math.Sqrt(float64(dx*dx) + float64(dy*dy)); c.Out != 0 && flat >= minVal {
		c.Tangent = [2]float64{-dy / flat, dx / flat}
	}
	at := p.r1 + float64(dist/2)
	c.Pos = [2]float64{x1 + float64(c.Normal[0]*at), y1 + float64(c.Normal[1]*at)}
	*d.contact() = c
	return true
}

func clip(t float64) float64 {
	if t > 1 {
		return 1
	}
	if t < -1 {
		return -1
	}
	return t
}

// capsules finds the nearest points of the segments (x1, y1, 0) + s a and (x2, y2, dw) + t b, |s|, |t| <= 1: the minimum of
// the distance squared, clipped to the segments one after the other; where the axes are parallel, up to two
// contacts at the ends.
func (d *Data) capsules(i int, p *pairConst, x1, y1, ax, ay, x2, y2, bx, by float64) {
	dx, dy := x1-x2, y1-y2
	ma, mb, mc := float64(ax*ax)+float64(ay*ay)+float64(p.aw*p.aw), -(float64(ax*bx) + float64(ay*by) + float64(p.aw*p.bw)), float64(bx*bx)+float64(by*by)+float64(p.bw*p.bw)
	u, v := -(float64(ax*dx) + float64(ay*dy) - float64(p.aw*p.dw)), float64(bx*dx)+float64(by*dy)-float64(p.bw*p.dw)
	det := float64(ma*mc) - float64(mb*mb)
	if math.Abs(det) >= minVal {
		s, t := (float64(mc*u)-float64(mb*v))/det, (float64(ma*v)-float64(mb*u))/det
		if s > 1 {
			s, t = 1, (v-mb)/mc
		} else if s < -1 {
			s, t = -1, (v+mb)/mc
		}
		if t > 1 {
			t = 1
			s = clip((u - mb) / ma)
		} else if t < -1 {
			t = -1
			s = clip((u + mb) / ma)
		}
		d.spheres(i, p, x1+float64(s*ax), y1+float64(s*ay), x2+float64(t*bx), y2+float64(t*by), p.dw+float64(t*p.bw)-float64(s*p.aw), true)
		return
	}
	n := 0
	at := func(s, t float64) bool {
		return d.spheres(i, p, x1+float64(s*ax), y1+float64(s*ay), x2+float64(t*bx), y2+float64(t*by), p.dw+float64(t*p.bw)-float64(s*p.aw), false)
	}
	count := func(hit bool) {
		if hit {
			n++
		}
	}
	count(at(1, clip((v-mb)/mc)))
	count(at(-1, clip((v+mb)/mc)))
	if n < 2 {
		count(at(clip((u-mb)/ma), 1))
	}
	if n < 2 {
		at(clip((u+mb)/ma), -1)
	}
}
