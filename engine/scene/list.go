package scene

import "math"

// Vertex is one corner of a triangle. Its fields have the names and the order of Ebitengine's vertex, so
// that package view may hand a slice of them over without a copy.
type Vertex struct {
	DstX, DstY float32 // px
	// SrcX is g of the rounded box. SrcY > 0 draws only a rim of that width inside the edge; SrcY < 0
	// feathers the edge over -SrcY px; 0 is a filled box with a crisp edge.
	SrcX, SrcY                     float32
	ColorR, ColorG, ColorB, ColorA float32 // premultiplied
	Custom0, Custom1               float32 // p, px
	Custom2                        float32 // h, px
	Custom3                        float32 // w, px
}

// Color is red, green, blue and alpha in [0,1], alpha not multiplied in.
type Color [4]float32

// Hex is the opaque colour 0xRRGGBB.
func Hex(rgb uint32) Color {
	return Color{float32(rgb>>16&255) / 255, float32(rgb>>8&255) / 255, float32(rgb&255) / 255, 1}
}

// Alpha returns c with its alpha multiplied by a.
func (c Color) Alpha(a float32) Color {
	c[3] *= a
	return c
}

// Mix is c at t = 0 and d at t = 1.
func (c Color) Mix(d Color, t float32) Color {
	for i := range c {
		c[i] += (d[i] - c[i]) * t
	}
	return c
}

// Rect is a rectangle on the screen, px.
type Rect struct{ X, Y, W, H float64 }

// Contains tells whether the point lies inside.
func (r Rect) Contains(x, y float64) bool {
	return x >= r.X && x < r.X+r.W && y >= r.Y && y < r.Y+r.H
}

// Inset returns r less a margin on each side.
func (r Rect) Inset(left, top, right, bottom float64) Rect {
	return Rect{r.X + left, r.Y + top, math.Max(0, r.W-left-right), math.Max(0, r.H-top-bottom)}
}

// List is a display list: what one draw call draws. Reset keeps the memory, so that a list that is
// rebuilt every frame allocates nothing once it has grown.
type List struct {
	Vertices []Vertex
	Indices  []uint32
}

// Reset empties the list and keeps its memory.
func (l *List) Reset() { l.Vertices, l.Indices = l.Vertices[:0], l.Indices[:0] }

// pad is the reach of a crisp edge's feather beyond the shape, px.
const pad = 1

// inside is a w so large that every fragment is covered: a plain triangle.
const inside = 1e4

// quad appends the rounded box with centre (cx, cy), the unit axis (ux, uy), half extents h and g, radius
// w and SrcY = rim, its colour going from c0 at p.x = -h-w to c1 at p.x = h+w.
func (l *List) quad(cx, cy, ux, uy, h, g, w, rim float64, c0, c1 Color) {
	reach := w + pad
	if rim < 0 {
		reach = w - rim
	}
	ex, ey := h+reach, g+reach
	v := Vertex{SrcX: float32(g), SrcY: float32(rim), Custom2: float32(h), Custom3: float32(w)}
	n := uint32(len(l.Vertices))
	for i := range 4 {
		px, py, c := -ex, -ey, &c0
		if i&1 != 0 {
			px, c = ex, &c1
		}
		if i&2 != 0 {
			py = ey
		}
		v.DstX, v.DstY = float32(cx+ux*px-uy*py), float32(cy+uy*px+ux*py)
		v.Custom0, v.Custom1 = float32(px), float32(py)
		v.color(c)
		l.Vertices = append(l.Vertices, v)
	}
	l.Indices = append(l.Indices, n, n+1, n+2, n+1, n+3, n+2)
}

func (v *Vertex) color(c *Color) {
	a := c[3]
	v.ColorR, v.ColorG, v.ColorB, v.ColorA = c[0]*a, c[1]*a, c[2]*a, a
}

// Dot appends a disc.
func (l *List) Dot(x, y, radius float64, c Color) { l.quad(x, y, 1, 0, 0, 0, radius, 0, c, c) }

// Ring appends a circle's rim of the given width, inside the radius.
func (l *List) Ring(x, y, radius, width float64, c Color) {
	l.quad(x, y, 1, 0, 0, 0, radius, width, c, c)
}

// Glow appends a disc whose edge fades over feather px, half of them inside.
func (l *List) Glow(x, y, radius, feather float64, c Color) {
	l.quad(x, y, 1, 0, 0, 0, radius, -feather, c, c)
}

// Capsule appends the points within radius of the segment from (x0, y0) to (x1, y1), coloured from c0 to
// c1 along it.
func (l *List) Capsule(x0, y0, x1, y1, radius float64, c0, c1 Color) {
	l.capsule(x0, y0, x1, y1, radius, 0, c0, c1)
}

// CapsuleGlow is a Capsule whose edge fades over feather px.
func (l *List) CapsuleGlow(x0, y0, x1, y1, radius, feather float64, c Color) {
	l.capsule(x0, y0, x1, y1, radius, -feather, c, c)
}

func (l *List) capsule(x0, y0, x1, y1, radius, rim float64, c0, c1 Color) {
	dx, dy := x1-x0, y1-y0
	length := math.Sqrt(dx*dx + dy*dy)
	ux, uy := 1.0, 0.0
	if length > 0 {
		ux, uy = dx/length, dy/length
	}
	l.quad((x0+x1)/2, (y0+y1)/2, ux, uy, length/2, 0, radius, rim, c0, c1)
}

// Line is a Capsule of the given width in one colour.
func (l *List) Line(x0, y0, x1, y1, width float64, c Color) {
	l.capsule(x0, y0, x1, y1, width/2, 0, c, c)
}

// Dashes appends a dashed line; on and off are lengths in px.
func (l *List) Dashes(x0, y0, x1, y1, width, on, off float64, c Color) {
	dx, dy := x1-x0, y1-y0
	length := math.Sqrt(dx*dx + dy*dy)
	if length == 0 || on <= 0 || off <= 0 {
		return
	}
	dx, dy = dx/length, dy/length
	for s := 0.0; s < length; s += on + off {
		e := math.Min(s+on, length)
		l.Line(x0+dx*s, y0+dy*s, x0+dx*e, y0+dy*e, width, c)
	}
}

// Box appends a filled rectangle with rounded corners.
func (l *List) Box(r Rect, radius float64, c Color) { l.box(r, radius, 0, c) }

// Frame appends the rim of a rounded rectangle, of the given width inside its edge.
func (l *List) Frame(r Rect, radius, width float64, c Color) { l.box(r, radius, width, c) }

func (l *List) box(r Rect, radius, rim float64, c Color) {
	radius = math.Min(radius, math.Min(r.W, r.H)/2)
	l.quad(r.X+r.W/2, r.Y+r.H/2, 1, 0, r.W/2-radius, r.H/2-radius, radius, rim, c, c)
}

// plain appends a vertex that is covered wherever its triangle is.
func (l *List) plain(x, y float64, c Color) {
	v := Vertex{DstX: float32(x), DstY: float32(y), Custom3: inside}
	v.color(&c)
	l.Vertices = append(l.Vertices, v)
}

// Corner appends a corner for Mesh.
func (l *List) Corner(x, y float64, c Color) { l.plain(x, y, c) }

// Mesh joins the last nx*ny corners, row by row, to a surface whose colour is linear between them.
func (l *List) Mesh(nx, ny int) {
	first := len(l.Vertices) - nx*ny
	if first < 0 {
		panic("scene: a mesh of more corners than there are")
	}
	for j := range ny - 1 {
		for i := range nx - 1 {
			n := uint32(first + j*nx + i)
			l.Indices = append(l.Indices, n, n+1, n+uint32(nx), n+1, n+uint32(nx)+1, n+uint32(nx))
		}
	}
}

// Fill appends an exact axis-aligned rectangle, coloured from top to bottom.
func (l *List) Fill(r Rect, top, bottom Color) {
	n := uint32(len(l.Vertices))
	l.plain(r.X, r.Y, top)
	l.plain(r.X+r.W, r.Y, top)
	l.plain(r.X, r.Y+r.H, bottom)
	l.plain(r.X+r.W, r.Y+r.H, bottom)
	l.Indices = append(l.Indices, n, n+1, n+2, n+1, n+3, n+2)
}

// Triangle appends a plain triangle, its edges not smoothed.
func (l *List) Triangle(x0, y0, x1, y1, x2, y2 float64, c Color) {
	n := uint32(len(l.Vertices))
	l.plain(x0, y0, c)
	l.plain(x1, y1, c)
	l.plain(x2, y2, c)
	l.Indices = append(l.Indices, n, n+1, n+2)
}

// Band appends the area between two curves over the same x, plain; the slices have equal lengths.
func (l *List) Band(x, lo, hi []float64, c Color) {
	for i := range x {
		n := uint32(len(l.Vertices))
		l.plain(x[i], lo[i], c)
		l.plain(x[i], hi[i], c)
		if i > 0 {
			l.Indices = append(l.Indices, n-2, n-1, n, n-1, n+1, n)
		}
	}
}

// Stroke appends polylines point by point: translucent ones show no darker joints, because neighbouring
// segments share their corners (mitred). Begin a line with Move, continue it with To, end it with End.
type Stroke struct {
	List  *List
	Width float64 // px

	n      int
	x, y   float64 // the last point
	ux, uy float64 // direction of the last segment
	c      Color
}

// Move begins a polyline at (x, y).
func (s *Stroke) Move(x, y float64, c Color) { s.n, s.x, s.y, s.c = 1, x, y, c }

// To draws on to (x, y). A point equal to the last one is skipped.
func (s *Stroke) To(x, y float64, c Color) {
	dx, dy := x-s.x, y-s.y
	length := math.Sqrt(dx*dx + dy*dy)
	if !(length > 1e-6) {
		s.c = c
		return
	}
	dx, dy = dx/length, dy/length
	if s.n == 1 {
		s.corner(dx, dy, 1)
	} else {
		// The mitre: the bisector of both directions, longer by 1/cos of the half angle, at most 2.
		mx, my := s.ux+dx, s.uy+dy
		if m := math.Sqrt(mx*mx + my*my); m > 1e-6 {
			mx, my = mx/m, my/m
			s.corner(mx, my, math.Min(2, 1/math.Max(1e-3, mx*dx+my*dy)))
		} else {
			s.corner(dx, dy, 1)
		}
		s.join()
	}
	s.n, s.x, s.y, s.ux, s.uy, s.c = s.n+1, x, y, dx, dy, c
}

// End draws the last corner.
func (s *Stroke) End() {
	if s.n > 1 {
		s.corner(s.ux, s.uy, 1)
		s.join()
	}
	s.n = 0
}

// corner appends both edge vertices at the last point, across the direction (ux, uy).
func (s *Stroke) corner(ux, uy, stretch float64) {
	reach := s.Width/2 + pad
	v := Vertex{Custom2: inside, Custom3: float32(s.Width / 2)}
	v.color(&s.c)
	for _, side := range [2]float64{-1, 1} {
		p := side * reach
		v.DstX, v.DstY = float32(s.x-uy*p*stretch), float32(s.y+ux*p*stretch)
		v.Custom1 = float32(p)
		s.List.Vertices = append(s.List.Vertices, v)
	}
}

// join makes the quad between the last two corners.
func (s *Stroke) join() {
	n := uint32(len(s.List.Vertices)) - 4
	s.List.Indices = append(s.List.Indices, n, n+1, n+2, n+1, n+3, n+2)
}

// Arc strokes the circle's arc from angle a0 to a1 (rad, screen: clockwise from +x).
func (l *List) Arc(x, y, radius, a0, a1, width float64, c0, c1 Color) {
	n := int(math.Ceil(math.Abs(a1-a0)*math.Sqrt(math.Max(radius, 1))/0.7)) + 1
	s := Stroke{List: l, Width: width}
	for i := 0; i <= n; i++ {
		t := float64(i) / float64(n)
		a := a0 + (a1-a0)*t
		px, py, c := x+radius*math.Cos(a), y+radius*math.Sin(a), c0.Mix(c1, float32(t))
		if i == 0 {
			s.Move(px, py, c)
		} else {
			s.To(px, py, c)
		}
	}
	s.End()
}

// Arrowhead appends an open head of two strokes at (x, y), pointing along the unit direction (ux, uy).
func (l *List) Arrowhead(x, y, ux, uy, size, width float64, c Color) {
	for _, side := range [2]float64{-1, 1} {
		dx, dy := -ux*0.8-uy*0.6*side, -uy*0.8+ux*0.6*side
		l.Line(x, y, x+dx*size, y+dy*size, width, c)
	}
}
