package physics

import (
	"math"
	"slices"
)

// boxBox finds the contacts of two boxes that have each an axis across the plane of motion, by MuJoCo's rule for them
// (engine_collision_box, BoxBox): of the six faces' normals that with the least overlap is the contacts' normal; the box
// whose face it is holds the other's lowest face, edge or corner against that face. Edges that cross meet only where an axis
// leans out of the plane; such boxes pass through each other here.
//
// A contact's distance is half the overlap, as it is in MuJoCo 3.3.8; its later versions have the whole. In three cases 3.3.8
// decides by rounding, and its motion is not reproduced (the notes of a file with
// such pairs say so): boxes of one width across the plane have points
// twice or three times; an overlap of less than about 1e-4 m is taken as one of edges, whose distance is the whole
// overlap; and so are boxes that do not overlap but are within their margin.
type boxBox struct {
	face   [3]vec  // axes of the face that holds the other box, the last its outward normal
	flat   vec     // half extents of its box along them
	at     vec     // of the other box: its centre, seen from that of the face,
	axes   [3]vec  // its axes along those of the face,
	size   vec     // and its half extents
	corner vec     // its lowest corner,
	spans  [2]vec  // and the edges from there that are nearly level,
	level  int     // so many
	points [24]vec // of contact: z is its height over the face
	n      int
}

// onBoxes is the contact of a pair of kind boxOnBox.
func (d *Data) onBoxes(i int, p *pairConst) {
	s1, s2 := d.turned(p.b1, p.solid1), d.turned(p.b2, p.solid)
	var q boxBox
	sign, ok := q.chooseFace(&s1, &s2, p.margin)
	if !ok {
		return
	}
	q.findLowest()
	q.crossEdges()
	q.addCorners()
	on := &s1
	if sign < 0 {
		on = &s2
	}
	normal := vec{}.plus(sign, q.face[2])
	room := p.most()
	for k, x := range q.points[:q.n] {
		if x[2] > p.margin || room == 0 {
			continue
		}
		height := x[2]
		x[2] = float64(0.5*height) + q.flat[2]
		dist := height
		if height < 0 {
			dist = height / 2
		}
		if q.apart(x, p.margin) || slices.Contains(q.points[k+1:q.n], q.points[k]) {
			continue
		}
		at := on.at.plus(x[0], q.face[0]).plus(x[1], q.face[1]).plus(x[2], q.face[2])
		d.touch(i, at, normal, dist)
		room--
	}
}

// chooseFace finds the face with the least overlap; sign is 1 where it is of the first box, -1 of the second.
func (q *boxBox) chooseFace(s1, s2 *solid, margin float64) (sign float64, ok bool) {
	boxes := [2]*solid{s1, s2}
	least := math.Inf(1)
	box, axis, up := 0, 0, 1.0
	for k := range 3 {
		for b, s := range boxes {
			other := boxes[1-b]
			a := s.axes[k]
			away := a.dot(other.at.plus(-1, s.at))
			overlap := s.size[k] - math.Abs(away)
			for l, x := range other.axes {
				overlap += float64(other.size[l] * math.Abs(a.dot(x)))
			}
			if overlap < -margin {
				return 0, false
			}
			if overlap < least {
				least, box, axis, up = overlap, b, k, 1
				if away < 0 {
					up = -1
				}
			}
		}
	}
	s, other := boxes[box], boxes[1-box]
	first, second := (axis+1)%3, (axis+2)%3
	q.face = [3]vec{s.axes[first], s.axes[second], vec{}.plus(up, s.axes[axis])}
	q.flat = vec{s.size[first], s.size[second], s.size[axis]}
	q.size = other.size
	rel := other.at.plus(-1, s.at)
	for k, f := range q.face {
		q.at[k] = f.dot(rel)
		for l, x := range other.axes {
			q.axes[l][k] = f.dot(x)
		}
	}
	return 1 - 2*float64(box), true
}

// findLowest finds the other box's lowest corner and its edges that rise by less than 30 degrees.
func (q *boxBox) findLowest() {
	q.corner = q.at
	q.corner[2] -= q.flat[2]
	for k, a := range q.axes {
		down := -q.size[k]
		if a[2] < 0 {
			down = q.size[k]
		}
		q.corner = q.corner.plus(down, a)
		if math.Abs(a[2]) < 0.5 {
			q.spans[q.level] = vec{}.plus(-2*down, a)
			q.level++
		}
	}
}

// crossEdges are the points in which the other box's low edges, seen from above, cross the border of the face.
func (q *boxBox) crossEdges() {
	if q.level > 0 {
		q.crossEdge(q.corner, q.spans[0])
	}
	if q.level > 1 {
		q.crossEdge(q.corner, q.spans[1])
		q.crossEdge(q.corner.plus(1, q.spans[0]), q.spans[1])
		q.crossEdge(q.corner.plus(1, q.spans[1]), q.spans[0])
	}
}

func (q *boxBox) crossEdge(from, along vec) {
	for k := range 2 {
		if math.Abs(along[k]) <= minVal {
			continue
		}
		for _, side := range [2]float64{-1, 1} {
			t := (float64(q.flat[k]*side) - from[k]) * (1 / along[k])
			if t < 0 || t > 1 || math.Abs(from[1-k]+float64(along[1-k]*t)) > q.flat[1-k] {
				continue
			}
			q.add(from.plus(t, along))
		}
	}
}

// addCorners adds the corners of the face that are below the other box's, and those of the other's that are over the face. The
// lowest is always among them.
func (q *boxBox) addCorners() {
	low, a, b := q.corner, q.spans[0], q.spans[1]
	if q.level > 1 {
		det := float64(a[0]*b[1]) - float64(b[0]*a[1])
		for corner := range 4 {
			at := vec{q.flat[0], q.flat[1]}
			if corner/2 == 0 {
				at[0] = -at[0]
			}
			if corner%2 == 0 {
				at[1] = -at[1]
			}
			x, y := at[0]-low[0], at[1]-low[1]
			u, v := (float64(x*b[1])-float64(y*b[0]))*(1/det), (float64(y*a[0])-float64(x*a[1]))*(1/det)
			if u > 0 && v > 0 && u < 1 && v < 1 {
				at[2] = low[2] + float64(u*a[2]) + float64(v*b[2])
				q.add(at)
			}
		}
	}
	q.add(low)
	over := func(x vec) {
		if math.Abs(x[0]) < q.flat[0] && math.Abs(x[1]) < q.flat[1] {
			q.add(x)
		}
	}
	if q.level > 0 {
		over(low.plus(1, a))
	}
	if q.level > 1 {
		over(low.plus(1, b))
		over(low.plus(1, a).plus(1, b))
	}
}

func (q *boxBox) add(x vec) {
	q.points[q.n] = x
	q.n++
}

// apart reports whether MuJoCo drops a contact, seen from the centre of the face's box, since it is more than 1 % outside one
// box and not inside the other.
func (q *boxBox) apart(x vec, margin float64) bool {
	rel := x.plus(-1, q.at)
	var local vec
	for k, a := range q.axes {
		local[k] = a.dot(rel)
	}
	in1, in2 := side(x, q.flat, margin), side(local, q.size, margin)
	return in1 > 0 && in2 >= 0 || in2 > 0 && in1 >= 0
}

// side is 1 where a point is more than 1 % outside a box, -1 more than 1 % inside, 0 between.
func side(x, size vec, margin float64) int {
	const ratio = 1.01
	inside := true
	for k, s := range size {
		s += margin
		if math.Abs(x[k]) > float64(s*ratio) {
			return 1
		}
		inside = inside && math.Abs(x[k]) < s/ratio
	}
	if inside {
		return -1
	}
	return 0
}
