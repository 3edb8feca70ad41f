package physics

import "math"

// pathConst is a spatial tendon: a string through sites, straight from each to the next.
type pathConst struct {
	points []pathPoint
	joints []int // that move any of them
}

// pathPoint is a point of a body, and its coordinate across the plane.
type pathPoint struct {
	body         int
	x, y, across float64
}

// pathState is a string's length, m, and what a joint's motion adds to it, at the last evaluation.
type pathState struct {
	length float64
	coefs  []Coef // of pathConst.joints
}

// buildPaths makes the spatial tendons ready, in the order of Tendons.
func (m *Model) buildPaths() {
	for i := range m.Tendons {
		if len(m.Tendons[i].Sites) == 0 {
			continue
		}
		var p pathConst
		for _, site := range m.Tendons[i].Sites {
			s := &m.Sites[site]
			p.points = append(p.points, pathPoint{s.Body, s.Pos[0], s.Pos[1], s.Offset})
		}
		for k := range m.NV {
			for _, point := range p.points {
				if m.dofMoves(k, point.body) {
					p.joints = append(p.joints, k)
					break
				}
			}
		}
		m.paths = append(m.paths, p)
	}
}

// dofMoves reports whether a dof moves a body.
func (m *Model) dofMoves(k, body int) bool {
	last := m.bodies[body].lastDof
	return last >= 0 && m.isAncestor(k, last)
}

// newPaths makes the room of the strings.
func newPaths(m *Model) []pathState {
	list := make([]pathState, len(m.paths))
	for i := range list {
		for _, k := range m.paths[i].joints {
			list[i].coefs = append(list[i].coefs, Coef{Joint: k})
		}
	}
	return list
}

// stretch computes the strings at the present kinematics: along u from one point to the next,
//
//	length += |p1 - p0|;   J += u . (dp1/dq - dp0/dq)
func (d *Data) stretch() {
	m := d.Model
	for i := range m.paths {
		p, s := &m.paths[i], &d.paths[i]
		s.length = 0
		for c := range s.coefs {
			s.coefs[c].Coef = 0
		}
		for j := 1; j < len(p.points); j++ {
			a, b := &p.points[j-1], &p.points[j]
			ax, ay := d.bodyPoint(a.body, a.x, a.y)
			bx, by := d.bodyPoint(b.body, b.x, b.y)
			ux, uy, uw := bx-ax, by-ay, b.across-a.across
			size := math.Sqrt(float64(ux*ux) + float64(uy*uy) + float64(uw*uw))
			s.length += size
			if a.body == b.body {
				continue
			}
			if size < minVal {
				ux, uy = 1, 0
			} else {
				ux, uy = ux/size, uy/size
			}
			for c := range s.coefs {
				w := &s.coefs[c]
				if m.dofMoves(w.Joint, b.body) {
					vx, vy := d.dofVelocity(w.Joint, bx, by)
					w.Coef += float64(ux*vx) + float64(uy*vy)
				}
				if m.dofMoves(w.Joint, a.body) {
					vx, vy := d.dofVelocity(w.Joint, ax, ay)
					w.Coef -= float64(ux*vx) + float64(uy*vy)
				}
			}
		}
	}
}
