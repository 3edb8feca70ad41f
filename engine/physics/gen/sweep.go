package main

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The key of a sweep tells the moving bodies by one word each: '@' for the world or the letter of the body that carries it
// ('A' is the first), then its joints:
//
//	X, Y  slide along an axis of the plane, before any turn
//	S     slide along some other axis
//	H     hinge at the body's origin
//	O     hinge off the body's origin
//
// '.' alone: a body that stands in the world unturned and carries none. At most one hinge a body. '~' in front: all in a fluid, with boxes that stand in the plane. Physics spells it
// (Model.WrittenOut).

// known is the symbolic state of one body in the written code; "0" and "1" are those numbers.
type known struct {
	x, y, c, s, angle string
	w, vx, vy, ax, ay string
	mx, my, in        string // with all that it carries
	torque, fx, fy    string
	drag              [3]string // torque and force of the fluid
	dofs              []int
	parent            int // -1: the world
	anchorX, anchorY  string
	hinge             int // its dof, -1
	fixed             bool
	moving            int // how many moving bodies come before it
}

// motion is the symbolic motion of a dof with unit speed.
type motion struct{ w, vx, vy string }

// line is one written statement; let is the name that it introduces, if any.
type line struct{ let, text string }

type sweep struct {
	lines  []line
	bodies []known
	dofs   []motion
	chain  [][]int
	fluid  bool
	first  int // the first body that moves
	moving int // bodies
}

// let gives an expression a name, unless it is one already or a number.
func (s *sweep) let(name, expr string) string {
	if expr == "0" || expr == "1" || !strings.ContainsAny(expr, " *[") && !strings.HasPrefix(expr, "-") {
		return expr
	}
	s.lines = append(s.lines, line{name, name + " := " + expr})
	return name
}

func (s *sweep) put(format string, args ...any) {
	s.lines = append(s.lines, line{"", fmt.Sprintf(format, args...)})
}

var word = regexp.MustCompile(`[a-z]\w*`)

// flush writes the lines but those whose names nobody reads.
func (s *sweep) flush(b *bytes.Buffer) {
	read := map[string]bool{}
	var kept []string
	for i := len(s.lines) - 1; i >= 0; i-- {
		l := &s.lines[i]
		if l.let != "" && !read[l.let] {
			continue
		}
		_, right, _ := strings.Cut(l.text, "=")
		for _, w := range word.FindAllString(right, -1) {
			read[w] = true
		}
		kept = append(kept, l.text)
	}
	slices.Reverse(kept)
	fmt.Fprintln(b, strings.Join(kept, "\n"))
}

func mul(a, b string) string {
	switch {
	case a == "0" || b == "0":
		return "0"
	case a == "1":
		return b
	case b == "1":
		return a
	}
	return factor(a) + "*" + factor(b)
}

func factor(a string) string {
	if strings.Contains(a, " ") {
		return "(" + a + ")"
	}
	return a
}

func add(a, b string) string {
	switch {
	case a == "0":
		return b
	case b == "0":
		return a
	case strings.HasPrefix(b, "-"):
		return a + " - " + b[1:]
	}
	return a + " + " + b
}

func sub(a, b string) string {
	switch {
	case a == b:
		return "0"
	case b == "0":
		return a
	case a == "0":
		return "-" + factor(b)
	}
	return a + " - " + b
}

// parse makes the tree of a key.
func parse(key string) (s *sweep, joints string) {
	words, fluid := strings.CutPrefix(key, "~")
	s = &sweep{fluid: fluid}
	last := map[int]int{-1: -1} // body to its nearest dof
	s.first = -1
	for i, word := range strings.Fields(words) {
		if word == "." {
			s.bodies = append(s.bodies, known{parent: -1, hinge: -1, fixed: true})
			continue
		}
		if s.first < 0 {
			s.first = i
		}
		k := known{parent: int(word[0]) - 'A', hinge: -1, moving: s.moving}
		s.moving++
		at := last[k.parent]
		for _, j := range word[1:] {
			var chain []int
			if at >= 0 {
				chain = append(chain, s.chain[at]...)
			}
			at = len(s.chain)
			s.chain = append(s.chain, append(chain, at))
			k.dofs = append(k.dofs, at)
			if j == 'H' || j == 'O' {
				k.hinge = at
			}
			joints += string(j)
		}
		last[i] = at
		s.bodies = append(s.bodies, k)
	}
	s.dofs = make([]motion, len(s.chain))
	return s, joints
}

// writeSweep writes kinematics, bias, inertia, springs and QFrcSmooth of one tree as two blocks without a loop: the angles,
// whose sines and cosines are then taken together, and the rest.
func writeSweep(b *bytes.Buffer, key string) {
	s, joints := parse(key)
	nb, nv := len(s.bodies)+1, len(s.dofs)
	size := 0
	for _, c := range s.chain {
		size += len(c)
	}
	fmt.Fprintf(b, "\nfunc sweep%s(d *Data) {\n", identifier.Replace(key))
	fmt.Fprintf(b, "b, c := (*[%d]bodyState)(d.bodies), (*[%d]bodyConst)(d.Model.bodies)\n", nb, nb)
	fmt.Fprintf(b, "o, j := (*[%d]dofState)(d.dofs), (*[%d]dofConst)(d.Model.dofs)\n", nv, nv)
	fmt.Fprintf(b, "q, v := (*[%d]float64)(d.QPos), (*[%d]float64)(d.QVel)\n", nv, nv)
	if s.fluid {
		fmt.Fprintf(b, "f := (*[%d]fluidConst)(d.Model.fluid)\n", s.moving)
	}
	s.angles(joints)
	s.put("turn(d.bodies[1:])")
	s.flush(b)
	s.lines = nil
	for i := range s.bodies {
		if !s.bodies[i].fixed {
			s.outwards(i, joints)
		}
	}
	fmt.Fprintf(b, "m := (*[%d]float64)(d.M)\n", size)
	fmt.Fprintf(b, "bias, passive := (*[%d]float64)(d.QFrcBias), (*[%d]float64)(d.QFrcPassive)\n", nv, nv)
	fmt.Fprintf(b, "smooth, actuator := (*[%d]float64)(d.QFrcSmooth), (*[%d]float64)(d.QFrcActuator)\n", nv, nv)
	row := make([]int, nv)
	for k := 1; k < nv; k++ {
		row[k] = row[k-1] + len(s.chain[k-1])
	}
	for i := len(s.bodies) - 1; i >= 0; i-- {
		if !s.bodies[i].fixed {
			s.inwards(i, row)
		}
	}
	s.flush(b)
	fmt.Fprint(b, "}\n")
}

func (s *sweep) angles(joints string) {
	for i := range s.bodies {
		k := &s.bodies[i]
		if k.fixed {
			continue
		}
		k.angle = "0"
		if k.parent >= 0 {
			k.angle = s.bodies[k.parent].angle
		}
		if h := k.hinge; h >= 0 {
			k.angle = s.let(fmt.Sprintf("a%d", i+1), add(k.angle, fmt.Sprintf("j[%d].sign*(q[%d]-j[%d].ref)", h, h, h)))
		}
		s.put("b[%d].angle = %s", i+1, k.angle)
	}
}

// outwards places a body and finds its velocity and acceleration, as kinematics does, and what it needs itself, as bias does.
func (s *sweep) outwards(i int, joints string) {
	n := i + 1
	k := &s.bodies[i]
	p := known{x: "0", y: "0", c: "1", s: "0", w: "0", vx: "0", vy: "0", ax: "gx", ay: "gy"}
	if k.parent >= 0 {
		p = s.bodies[k.parent]
	} else if i == s.first {
		s.let("gx", "b[0].ax")
		s.let("gy", "b[0].ay")
	}
	name := func(v string) string { return fmt.Sprintf("%s%d", v, n) }
	x := add(p.x, sub(mul(p.c, fmt.Sprintf("c[%d].x", n)), mul(p.s, fmt.Sprintf("c[%d].y", n))))
	y := add(p.y, add(mul(p.s, fmt.Sprintf("c[%d].x", n)), mul(p.c, fmt.Sprintf("c[%d].y", n))))
	cs, sn := p.c, p.s
	for _, e := range k.dofs {
		at := fmt.Sprintf("(q[%d]-j[%d].ref)", e, e)
		mo := &s.dofs[e]
		ax, ay := fmt.Sprintf("j[%d].ax", e), fmt.Sprintf("j[%d].ay", e)
		switch joints[e] {
		case 'X':
			*mo = motion{"0", "1", "0"}
			x = add(x, at)
		case 'Y':
			*mo = motion{"0", "0", "1"}
			y = add(y, at)
		case 'S':
			ux := s.let(fmt.Sprintf("ux%d", e), sub(mul(cs, ax), mul(sn, ay)))
			uy := s.let(fmt.Sprintf("uy%d", e), add(mul(sn, ax), mul(cs, ay)))
			*mo = motion{"0", ux, uy}
			x, y = add(x, mul(ux, at)), add(y, mul(uy, at))
		case 'H':
			x, y = s.let(name("x"), x), s.let(name("y"), y)
			k.anchorX, k.anchorY = x, y
			cs, sn = s.turned(n)
		case 'O':
			k.anchorX = s.let(name("hx"), sub(add(x, mul(cs, ax)), mul(sn, ay)))
			k.anchorY = s.let(name("hy"), add(add(y, mul(sn, ax)), mul(cs, ay)))
			cs, sn = s.turned(n)
			x = fmt.Sprintf("%s - (%s)", k.anchorX, sub(mul(cs, ax), mul(sn, ay)))
			y = fmt.Sprintf("%s - (%s)", k.anchorY, add(mul(sn, ax), mul(cs, ay)))
		}
	}
	k.x, k.y, k.c, k.s = s.let(name("x"), x), s.let(name("y"), y), cs, sn
	if i == s.first {
		s.put("d.ox, d.oy = %s, %s", k.x, k.y)
	}
	s.put("b[%d].x, b[%d].y = %s, %s", n, n, k.x, k.y)
	if k.hinge < 0 {
		s.put("b[%d].c, b[%d].s = %s, %s", n, n, cs, sn)
	}
	s.speeds(k, &p, n)
	s.own(k, n)
}

func (s *sweep) turned(n int) (c, sn string) {
	return s.let(fmt.Sprintf("c%d", n), fmt.Sprintf("b[%d].c", n)), s.let(fmt.Sprintf("s%d", n), fmt.Sprintf("b[%d].s", n))
}

// speeds follows the second half of kinematics.
func (s *sweep) speeds(k *known, p *known, n int) {
	ox, oy := s.bodies[s.first].x, s.bodies[s.first].y
	w, vx, vy, ax, ay := p.w, p.vx, p.vy, p.ax, p.ay
	for _, e := range k.dofs {
		mo := &s.dofs[e]
		if e == k.hinge {
			sign := s.let(fmt.Sprintf("g%d", e), fmt.Sprintf("j[%d].sign", e))
			*mo = motion{sign, s.let(fmt.Sprintf("ux%d", e), mul(sign, sub(k.anchorY, oy))), s.let(fmt.Sprintf("uy%d", e), mul(sign, sub(ox, k.anchorX)))}
		}
		s.put("o[%d].w, o[%d].vx, o[%d].vy = %s, %s, %s", e, e, e, mo.w, mo.vx, mo.vy)
		qd := s.let(fmt.Sprintf("v%d", e), fmt.Sprintf("v[%d]", e))
		turn := add(mul("2", w), mul(mo.w, qd))
		if turn != "0" && (mo.vx != "0" || mo.vy != "0") {
			t := s.let(fmt.Sprintf("t%d", e), mul(qd, turn))
			ax = s.let(fmt.Sprintf("ax%d_%d", n, e), sub(ax, mul(t, mo.vy)))
			ay = s.let(fmt.Sprintf("ay%d_%d", n, e), add(ay, mul(t, mo.vx)))
		}
		vx = s.let(fmt.Sprintf("vx%d_%d", n, e), add(vx, mul(mo.vx, qd)))
		vy = s.let(fmt.Sprintf("vy%d_%d", n, e), add(vy, mul(mo.vy, qd)))
		w = s.let(fmt.Sprintf("w%d_%d", n, e), add(w, mul(mo.w, qd)))
	}
	k.w, k.vx, k.vy, k.ax, k.ay = w, vx, vy, ax, ay
	s.put("b[%d].w, b[%d].vx, b[%d].vy = %s, %s, %s", n, n, n, w, vx, vy)
}

// own is what a body needs itself: moments about the origin and the wrench of its motion.
func (s *sweep) own(k *known, n int) {
	name := func(v string) string { return fmt.Sprintf("%s%d", v, n) }
	field := func(f string) string { return fmt.Sprintf("c[%d].%s", n, f) }
	s.let(name("m"), field("mass"))
	rx := sub(add(sub(k.x, s.bodies[s.first].x), mul(k.c, field("comX"))), mul(k.s, field("comY")))
	ry := add(add(sub(k.y, s.bodies[s.first].y), mul(k.s, field("comX"))), mul(k.c, field("comY")))
	rx, ry = s.let(name("rx"), rx), s.let(name("ry"), ry)
	mx := s.let(name("mx"), mul(name("m"), rx))
	my := s.let(name("my"), mul(name("m"), ry))
	k.mx, k.my = mx, my
	k.in = s.let(name("in"), field("inertia")+" + "+mul(factor(add(mul(mx, mx), mul(my, my))), field("invMass")))
	k.torque = s.let(name("tq"), sub(mul(mx, k.ay), mul(my, k.ax)))
	w2 := s.let(name("ww"), mul(k.w, k.w))
	k.fx = s.let(name("fx"), sub(mul(name("m"), k.ax), mul(w2, mx)))
	k.fy = s.let(name("fy"), sub(mul(name("m"), k.ay), mul(w2, my)))
	k.drag = [3]string{"0", "0", "0"}
	if s.fluid {
		s.drag(k, n, rx, ry)
	}
}

// drag is the wrench of the fluid on a body about the origin: Data.fluid with a box that stands in the plane.
func (s *sweep) drag(k *known, n int, rx, ry string) {
	name := func(v string) string { return fmt.Sprintf("%s%d", v, n) }
	box := func(f string) string { return fmt.Sprintf("f[%d].%s", k.moving, f) }
	px := s.let(name("px_"), sub(k.vx, mul(k.w, ry)))
	py := s.let(name("py_"), add(k.vy, mul(k.w, rx)))
	vx := s.let(name("ix"), add(mul(k.c, px), mul(k.s, py)))
	vy := s.let(name("iy"), sub(mul(k.c, py), mul(k.s, px)))
	fx, fy := "-"+mul(box("viscous"), vx), "-"+mul(box("viscous"), vy)
	for i := range 2 {
		ex, ey := box(fmt.Sprintf("edge[%d][0]", i)), box(fmt.Sprintf("edge[%d][1]", i))
		along := s.let(fmt.Sprintf("e%d_%d", n, i), add(mul(ex, vx), mul(ey, vy)))
		drag := s.let(fmt.Sprintf("d%d_%d", n, i), fmt.Sprintf("%s*math.Abs(%s)*%s", box(fmt.Sprintf("edgeDrag[%d]", i)), along, along))
		fx, fy = sub(fx, mul(ex, drag)), sub(fy, mul(ey, drag))
	}
	fx, fy = s.let(name("jx"), fx), s.let(name("jy"), fy)
	gx := s.let(name("kx"), sub(mul(k.c, fx), mul(k.s, fy)))
	gy := s.let(name("ky"), add(mul(k.s, fx), mul(k.c, fy)))
	torque := fmt.Sprintf("-%s*%s - %s*math.Abs(%s)*%s", box("viscousRotation"), k.w, box("spinDrag"), k.w, k.w)
	k.drag = [3]string{s.let(name("kt"), sub(add(torque, mul(rx, gy)), mul(ry, gx))), gx, gy}
}

// inwards adds to a body what it carries and writes its dofs' bias, rows of M and forces.
func (s *sweep) inwards(i int, row []int) {
	n := i + 1
	k := &s.bodies[i]
	carried := known{mx: "0", my: "0", in: "0", torque: "0", fx: "0", fy: "0", drag: [3]string{"0", "0", "0"}}
	for c := len(s.bodies) - 1; c > i; c-- {
		if e := &s.bodies[c]; e.parent == i && !e.fixed {
			carried.mx, carried.my, carried.in = add(carried.mx, e.mx), add(carried.my, e.my), add(carried.in, e.in)
			carried.torque, carried.fx, carried.fy = add(carried.torque, e.torque), add(carried.fx, e.fx), add(carried.fy, e.fy)
			for x := range e.drag {
				carried.drag[x] = add(carried.drag[x], e.drag[x])
			}
		}
	}
	sum := func(v, carried, own string) string {
		if carried == "0" {
			return own
		}
		return s.let(fmt.Sprintf("%s%dc", v, n), add(carried, own))
	}
	k.mx, k.my, k.in = sum("mx", carried.mx, k.mx), sum("my", carried.my, k.my), sum("in", carried.in, k.in)
	k.torque, k.fx, k.fy = sum("tq", carried.torque, k.torque), sum("fx", carried.fx, k.fx), sum("fy", carried.fy, k.fy)
	for x, v := range []string{"kt", "kx", "ky"} {
		k.drag[x] = sum(v, carried.drag[x], k.drag[x])
	}
	if len(k.dofs) > 0 {
		s.let(fmt.Sprintf("all%d", n), fmt.Sprintf("c[%d].carried", n))
	}
	for _, e := range k.dofs {
		mo := s.dofs[e]
		all := fmt.Sprintf("all%d", n)
		name := func(v string) string { return fmt.Sprintf("%s%d", v, e) }
		l := s.let(name("l"), sub(add(mul(k.in, mo.w), mul(k.mx, mo.vy)), mul(k.my, mo.vx)))
		px := s.let(name("px"), sub(mul(all, mo.vx), mul(mo.w, k.my)))
		py := s.let(name("py"), add(mul(all, mo.vy), mul(mo.w, k.mx)))
		for at, a := range s.chain[e] {
			u := s.dofs[a]
			entry := add(add(mul(u.w, l), mul(u.vx, px)), mul(u.vy, py))
			if a == e {
				entry += fmt.Sprintf(" + j[%d].armature", e)
			}
			s.put("m[%d] = %s", row[e]+at, entry)
		}
		bias := s.let(name("bias"), add(add(mul(mo.w, k.torque), mul(mo.vx, k.fx)), mul(mo.vy, k.fy)))
		s.put("bias[%d] = %s", e, bias)
		s.let(name("p"), fmt.Sprintf("-j[%d].stiffness*(q[%d]-j[%d].springRef) - j[%d].damping*v%d", e, e, e, e, e))
		if s.fluid {
			s.let(name("pf"), add(name("p"), factor(add(add(mul(mo.w, k.drag[0]), mul(mo.vx, k.drag[1])), mul(mo.vy, k.drag[2])))))
			name = func(v string) string { return fmt.Sprintf("%sf%d", v, e) }
		}
		s.put("passive[%d] = %s", e, name("p"))
		s.put("smooth[%d] = %s - %s + actuator[%d]", e, name("p"), bias, e)
	}
}
