package physics

import (
	"math"
	"math/bits"
)

// capsuleBox finds the contacts of a capsule, geom 1, with a box: spheres of the capsule's radius at the point of its axis
// that is nearest to the box and, where the axis goes on along a face or an edge, at a second point as far along as both
// reach (the rule of engine_collision_box, CapsuleBox). All is in the frame of the box.
type capsuleBox struct {
	centre, half vec // of the capsule's axis, and half of it
	size         vec // half extents of the box

	nearest  float64 // squared distance of the nearest points
	at       float64 // that of the axis, -1 to 1
	found    bool
	onFace   bool
	face     int     // of the box, that an end of the axis is over; -1: the end is inside
	edge     int     // or: the axis of the box along which the nearest edge runs,
	edgeAt   float64 // the point on it, -1 to 1,
	atCorner bool    // whether that is its end,
	corner   int     // and which: a bit for each axis, 1 for the positive side
}

// onBox is the contact of a pair of kind capsuleOnBox.
func (d *Data) onBox(i int, p *pairConst) {
	s := d.turned(p.b2, p.solid)
	c, h := vec{0, 0, p.w1}, vec{0, 0, p.aw}
	c[0], c[1] = d.bodyPoint(p.b1, p.x1, p.y1)
	h[0], h[1] = d.bodyAxis(p.b1, p.ax, p.ay)
	rel := c.plus(-1, s.at)
	var q capsuleBox
	for k, a := range s.axes {
		q.centre[k], q.half[k], q.size[k] = a.dot(rel), a.dot(h), s.size[k]
	}
	q.nearest = p.margin + float64(2*(p.r1+h.length()+q.size[0]+q.size[1]+q.size[2]))
	q.tryFaces()
	q.tryEdges()
	if !q.found {
		return
	}
	d.ballOnBox(i, p, c.plus(q.at, h), &s)
	if more, ok := q.second(); ok {
		d.ballOnBox(i, p, c.plus(q.at+more, h), &s)
	}
}

// tryFaces looks at the ends of the axis that are over a face, or inside.
func (q *capsuleBox) tryFaces() {
	for _, end := range [2]float64{-1, 1} {
		at := q.centre.plus(end, q.half)
		outside, face, square := 0, -1, 0.0
		for k, x := range at {
			if over := math.Abs(x) - q.size[k]; over > 0 {
				outside, face = outside+1, k
				square += float64(over * over)
			}
		}
		if outside <= 1 && square < q.nearest {
			q.nearest, q.at, q.found, q.onFace, q.face = square, end, true, true, face
		}
	}
}

// tryEdges looks at the nearest points of the axis and each edge.
func (q *capsuleBox) tryEdges() {
	for j := range 3 {
		for corner := range 8 {
			if corner>>j&1 == 0 {
				q.tryEdge(j, corner)
			}
		}
	}
}

// tryEdge takes the edge along axis j that begins in the given corner. The nearest points of two segments, clipped to them
// one after the other, are those of capsules.
func (q *capsuleBox) tryEdge(j, corner int) {
	var middle vec
	for k := range middle {
		middle[k] = q.size[k]
		if corner>>k&1 == 0 {
			middle[k] = -middle[k]
		}
	}
	middle[j] = 0
	dif := middle.plus(-1, q.centre)
	s := q.size[j]
	ma, mb, mc := s*s, -s*q.half[j], q.half.dot(q.half)
	u, v := float64(-s*dif[j]), q.half.dot(dif)
	det := float64(ma*mc) - float64(mb*mb)
	if math.Abs(det) < minVal {
		return
	}
	x, t := (float64(mc*u)-float64(mb*v))/det, (float64(ma*v)-float64(mb*u))/det // on the edge, on the axis
	end := 0                                                                     // of the edge: -1, 1, or 0 within
	bound := func(x float64) float64 {
		if x > 1 {
			end = 1
		} else if x < -1 {
			end = -1
		}
		return clip(x)
	}
	if outside := x; outside > 1 || outside < -1 {
		x = bound(x)
		t = (v - float64(x*mb)) / mc
	}
	if t > 1 || t < -1 {
		t = clip(t)
		x = bound((u - float64(t*mb)) / ma)
	}
	dif = dif.plus(-t, q.half)
	dif[j] += float64(s * x)
	if square := dif.dot(dif); square < q.nearest-minVal {
		q.nearest, q.at, q.found, q.onFace = square, t, true, false
		q.edge, q.edgeAt, q.atCorner, q.corner = j, x, end != 0, corner
		if end == 1 {
			q.corner += 1 << j
		}
	}
}

// second returns how far along the axis from the nearest point the second one is.
func (q *capsuleBox) second() (more float64, ok bool) {
	direction := 0 // of the axis, a bit for each axis of the box
	for k, h := range q.half {
		if h > 0 {
			direction |= 1 << k
		}
	}
	switch {
	case q.onFace && q.face < 0:
		return 0, false
	case q.onFace:
		return q.alongFace(), true
	case q.atCorner:
		return q.fromCorner(direction ^ q.corner)
	}
	return q.fromEdge(direction, (direction^q.corner)&^(1<<q.edge))
}

// reach is how far along the axis it takes to cross the box along axis k.
func (q *capsuleBox) reach(k int, extent float64) float64 { return extent / math.Abs(q.half[k]) }

// alongFace: an end is over a face, and the axis goes on over it, up to its border or to the other end.
func (q *capsuleBox) alongFace() float64 {
	at := q.centre.plus(q.at, q.half)
	more := 2.0
	for k := range at {
		if k == q.face {
			continue
		}
		for _, side := range [2]float64{1, -1} {
			if t := (float64(side*q.size[k]) - at[k]) / q.half[k] * -q.at; t > 0 && t < more {
				more = t
			}
		}
	}
	return -q.at * more
}

// fromCorner: the nearest point of the box is a corner. The axis may go on along an edge there, or over a face. The bits of
// differ say along which axes of the box it points away from the corner.
func (q *capsuleBox) fromCorner(differ int) (float64, bool) {
	ahead := 1.0
	switch bits.OnesCount(uint(differ)) {
	case 1:
	case 2:
		ahead, differ = -1, 7-differ
	default:
		return 0, false
	}
	k := bits.TrailingZeros(uint(differ))
	if h := q.half[k]; float64(h*h) > 0.5*q.half.dot(q.half) {
		return ahead * min(1-float64(ahead*q.at), q.reach(k, 2*q.size[k])), true
	}
	k1, k2 := (k+1)%3, (k+2)%3
	return -ahead * min(1+float64(ahead*q.at), q.reach(k1, 2*q.size[k1]), q.reach(k2, 2*q.size[k2])), true
}

// fromEdge: the nearest point of the box is within an edge, which the axis crosses. It goes on over the face that it makes
// the smaller angle with.
func (q *capsuleBox) fromEdge(direction, differ int) (float64, bool) {
	if bits.OnesCount(uint(differ)) != 1 {
		return 0, false
	}
	along, over := (q.edge+1)%3, (q.edge+2)%3
	if math.Abs(q.half[along]) > math.Abs(q.half[over]) {
		over = along
	}
	ahead := -1.0
	if differ>>over&1 == 1 {
		ahead = 1
	}
	rest := 1 + q.edgeAt
	if (direction>>q.edge&1 == 1) == (ahead == 1) {
		rest = 1 - q.edgeAt
	}
	return ahead * min(1-float64(ahead*q.at), q.reach(over, 2*q.size[over]), q.reach(q.edge, q.size[q.edge]*rest)), true
}
