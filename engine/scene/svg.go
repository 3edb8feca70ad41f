package scene

import (
	"fmt"
	"io"
	"math"
	"strings"
)

// SVG writes a list as SVG elements: each box, disc, capsule and line as one element of its own, so that a figure can be
// edited. Colours along a shape become linear gradients, soft edges a blur. Errors of w are its own to remember.
func (l *List) SVG(w io.Writer) {
	for i := 0; i+2 < len(l.Indices); {
		at := l.Indices[i:]
		n := at[0]
		if len(at) >= 6 && at[1] == n+1 && at[2] != n+1 && at[3] == n+1 && at[4] == at[2]+1 && at[5] == at[2] {
			l.quadSVG(w, n, at[2])
			i += 6
			continue
		}
		fmt.Fprintf(w, "<path d=\"M%sL%sL%sZ\" %s/>\n", l.point(n), l.point(at[1]), l.point(at[2]), paint("fill", l.mean(n, at[1], at[2])))
		i += 3
	}
}

func (l *List) point(i uint32) string {
	v := &l.Vertices[i]
	return fmt.Sprintf("%.2f %.2f", v.DstX, v.DstY)
}

// mean is the mean colour of corners, its alpha apart.
func (l *List) mean(corners ...uint32) Color {
	var c Color
	for _, i := range corners {
		v := &l.Vertices[i]
		c[0] += v.ColorR
		c[1] += v.ColorG
		c[2] += v.ColorB
		c[3] += v.ColorA
	}
	if c[3] > 0 {
		for k := range 3 {
			c[k] /= c[3]
		}
	}
	c[3] /= float32(len(corners))
	return c
}

// paint is a colour as an attribute.
func paint(name string, c Color) string {
	level := func(x float32) int { return int(math.Round(255 * math.Max(0, math.Min(1, float64(x))))) }
	s := fmt.Sprintf("%s=\"#%02x%02x%02x\"", name, level(c[0]), level(c[1]), level(c[2]))
	if c[3] < 0.999 {
		s += fmt.Sprintf(" %s-opacity=\"%.3f\"", strings.TrimSuffix(name, "-color"), c[3]) // of stop-color it is stop-opacity
	}
	return s
}

// quadSVG writes the quad of the corners n, n+1 and m, m+1, which is a plain one, a part of a stroke, or a rounded box.
func (l *List) quadSVG(w io.Writer, n, m uint32) {
	v := &l.Vertices[n]
	switch {
	case v.Custom3 >= inside:
		l.plainSVG(w, n, m)
	case v.Custom2 >= inside:
		l.strokeSVG(w, n, m)
	default:
		l.boxSVG(w, n, m)
	}
}

// plainSVG writes a plain quad. A gradient of SVG goes one way, from the side n to the side m; where the colours differ along
// the sides too, the quad is cut into strips.
func (l *List) plainSVG(w io.Writer, n, m uint32) {
	far := float32(0)
	for _, side := range [...]uint32{n, m} {
		a, b := l.mean(side), l.mean(side+1)
		far = max(far, b[3]-a[3], a[3]-b[3])
		for k := range 3 {
			far = max(far, a[3]*b[3]*(b[k]-a[k]), a[3]*b[3]*(a[k]-b[k]))
		}
	}
	strips := uint32(min(16, 1+int(far/0.02)))
	for i := range strips {
		t0, t1 := float64(i)/float64(strips), float64(i+1)/float64(strips)
		color := func(side uint32) Color { return l.along(side, float32(t0+t1)/2) }
		at := func(side uint32, t float64) (x, y float64) {
			p, q := &l.Vertices[side], &l.Vertices[side+1]
			return float64(p.DstX) + t*float64(q.DstX-p.DstX), float64(p.DstY) + t*float64(q.DstY-p.DstY)
		}
		ax, ay := at(n, t0)
		bx, by := at(n, t1)
		cx, cy := at(m, t1)
		dx, dy := at(m, t0)
		fill := l.gradient(w, color(n), color(m), ax, ay, dx, dy, "fill", n<<4|i)
		fmt.Fprintf(w, "<path shape-rendering=\"crispEdges\" d=\"M%.2f %.2fL%.2f %.2fL%.2f %.2fL%.2f %.2fZ\" %s/>\n", ax, ay, bx, by, cx, cy, dx, dy, fill)
	}
}

// along is the colour between the corners n and n+1, t of the way.
func (l *List) along(n uint32, t float32) Color {
	a, b := &l.Vertices[n], &l.Vertices[n+1]
	c := Color{a.ColorR + t*(b.ColorR-a.ColorR), a.ColorG + t*(b.ColorG-a.ColorG), a.ColorB + t*(b.ColorB-a.ColorB), a.ColorA + t*(b.ColorA-a.ColorA)}
	if c[3] > 0 {
		for k := range 3 {
			c[k] /= c[3]
		}
	}
	return c
}

func (l *List) strokeSVG(w io.Writer, n, m uint32) {
	v, u := l.Vertices, func(i uint32) (x, y float64) {
		return float64(l.Vertices[i].DstX+l.Vertices[i+1].DstX) / 2, float64(l.Vertices[i].DstY+l.Vertices[i+1].DstY) / 2
	}
	x0, y0 := u(n)
	x1, y1 := u(m)
	stroke := l.gradient(w, l.mean(n), l.mean(m), x0, y0, x1, y1, "stroke", n<<4)
	fmt.Fprintf(w, "<path d=\"M%.2f %.2fL%.2f %.2f\" stroke-width=\"%.2f\" %s/>\n", x0, y0, x1, y1, 2*v[n].Custom3, stroke)
}

// boxSVG writes a rounded box: a disc, a capsule or a rectangle, filled, as a rim, or soft.
func (l *List) boxSVG(w io.Writer, n, m uint32) {
	v := &l.Vertices[n]
	h, g, r, rim := float64(v.Custom2), float64(v.SrcX), float64(v.Custom3), float64(v.SrcY)
	a, b, d := v, &l.Vertices[n+1], &l.Vertices[m+1]
	cx, cy := float64(a.DstX+d.DstX)/2, float64(a.DstY+d.DstY)/2
	turn := math.Atan2(float64(b.DstY-a.DstY), float64(b.DstX-a.DstX))
	sin, cos := math.Sincos(turn)
	paintAs, extra, inset := "fill", "", 0.0
	switch {
	case rim > 0:
		paintAs, inset = "stroke", rim/2
		extra = fmt.Sprintf(" fill=\"none\" stroke-width=\"%.2f\"", rim)
	case rim < 0:
		extra = fmt.Sprintf(" filter=\"blur(%.1fpx)\"", -rim/4)
	}
	reach := h + r
	color := l.gradient(w, l.mean(n), l.mean(n+1), cx-cos*reach, cy-sin*reach, cx+cos*reach, cy+sin*reach, paintAs, n<<4)
	if h == 0 && g == 0 {
		fmt.Fprintf(w, "<circle cx=\"%.2f\" cy=\"%.2f\" r=\"%.2f\" %s%s/>\n", cx, cy, math.Max(0, r-inset), color, extra)
		return
	}
	if g == 0 && rim == 0 {
		if paintAs == "fill" {
			color = l.gradient(w, l.mean(n), l.mean(n+1), cx-cos*reach, cy-sin*reach, cx+cos*reach, cy+sin*reach, "stroke", n<<4)
		}
		fmt.Fprintf(w, "<path d=\"M%.2f %.2fL%.2f %.2f\" stroke-linecap=\"round\" stroke-width=\"%.2f\" %s/>\n", cx-cos*h, cy-sin*h, cx+cos*h, cy+sin*h, 2*r, color)
		return
	}
	width, height := 2*math.Max(0, h+r-inset), 2*math.Max(0, g+r-inset)
	fmt.Fprintf(w, "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" rx=\"%.2f\" transform=\"rotate(%.3f %.2f %.2f)\" %s%s/>\n",
		cx-width/2, cy-height/2, width, height, math.Max(0, r-inset), turn*180/math.Pi, cx, cy, color, extra)
}

// gradient is the attribute of a colour that goes from c0 to c1 along a line; where they differ it writes a gradient first,
// under a name that the first corner, times 16 and with its strip, and the list's place in the picture make unique.
func (l *List) gradient(w io.Writer, c0, c1 Color, x0, y0, x1, y1 float64, name string, first uint32) string {
	far := float32(0)
	for k := range c0 {
		far = max(far, c0[k]-c1[k], c1[k]-c0[k])
	}
	if far < 0.02 {
		return paint(name, c0.Mix(c1, 0.5))
	}
	id := fmt.Sprintf("g%p-%d-%s", l, first, name)
	fmt.Fprintf(w, "<linearGradient id=\"%s\" gradientUnits=\"userSpaceOnUse\" x1=\"%.2f\" y1=\"%.2f\" x2=\"%.2f\" y2=\"%.2f\"><stop %s/><stop offset=\"1\" %s/></linearGradient>\n",
		id, x0, y0, x1, y1, paint("stop-color", c0), paint("stop-color", c1))
	return fmt.Sprintf("%s=\"url(#%s)\"", name, id)
}
