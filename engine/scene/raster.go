package scene

import (
	"image"
	"math"
)

// Raster draws the list over dst, which it does not leave clip of, as a graphics processor draws it: each triangle covers the
// pixels whose centres lie in it, a shared edge belonging to one of its two, and what the shader of package view computes for a
// pixel is computed here. Pixels of dst are those of the list.
func (l *List) Raster(dst *image.RGBA, clip image.Rectangle) {
	clip = clip.Intersect(dst.Rect)
	for i := 0; i+2 < len(l.Indices); i += 3 {
		v := [3]*Vertex{&l.Vertices[l.Indices[i]], &l.Vertices[l.Indices[i+1]], &l.Vertices[l.Indices[i+2]]}
		rasterTriangle(dst, clip, v)
	}
}

// varying are the numbers of a vertex that change over a triangle: premultiplied red, green, blue and alpha, and p.
const varying = 6

func (v *Vertex) varying() [varying]float64 {
	return [varying]float64{float64(v.ColorR), float64(v.ColorG), float64(v.ColorB), float64(v.ColorA), float64(v.Custom0), float64(v.Custom1)}
}

func rasterTriangle(dst *image.RGBA, clip image.Rectangle, v [3]*Vertex) {
	for _, swap := range [3][2]int{{0, 1}, {1, 2}, {0, 1}} { // from the top down
		if a, b := v[swap[0]], v[swap[1]]; b.DstY < a.DstY || b.DstY == a.DstY && b.DstX < a.DstX {
			v[swap[0]], v[swap[1]] = b, a
		}
	}
	x0, y0 := float64(v[0].DstX), float64(v[0].DstY)
	x1, y1 := float64(v[1].DstX)-x0, float64(v[1].DstY)-y0
	x2, y2 := float64(v[2].DstX)-x0, float64(v[2].DstY)-y0
	det := x1*y2 - x2*y1
	if det == 0 {
		return
	}
	at, right, down := v[0].varying(), [varying]float64{}, [varying]float64{}
	f1, f2 := v[1].varying(), v[2].varying()
	for k := range at {
		d1, d2 := f1[k]-at[k], f2[k]-at[k]
		right[k], down[k] = (d1*y2-d2*y1)/det, (d2*x1-d1*x2)/det
	}
	e := edge{float64(v[0].Custom2), float64(v[0].SrcX), float64(v[0].Custom3), float64(v[0].SrcY)}
	first, last := max(clip.Min.Y, center(y0)), min(clip.Max.Y, center(y0+y2))
	for y := first; y < last; y++ {
		yc := float64(y) + 0.5
		a := crossing(v[0], v[2], yc)
		b := crossing(v[0], v[1], yc)
		if yc >= float64(v[1].DstY) {
			b = crossing(v[1], v[2], yc)
		}
		from, to := max(clip.Min.X, center(min(a, b))), min(clip.Max.X, center(max(a, b)))
		if from >= to {
			continue
		}
		var f [varying]float64
		for k := range f {
			f[k] = at[k] + right[k]*(float64(from)+0.5-x0) + down[k]*(yc-y0)
		}
		row := dst.Pix[dst.PixOffset(from, y):]
		for x := 0; x < to-from; x++ {
			blend(row[4*x:4*x+4:4*x+4], &f, e.coverage(f[4], f[5]))
			for k := range f {
				f[k] += right[k]
			}
		}
	}
}

// center is the first pixel whose centre is not before x.
func center(x float64) int { return int(math.Ceil(x - 0.5)) }

// crossing is where the edge from a down to b meets the height y.
func crossing(a, b *Vertex, y float64) float64 {
	x0, y0, x1, y1 := float64(a.DstX), float64(a.DstY), float64(b.DstX), float64(b.DstY)
	if y1 == y0 {
		return x0
	}
	return x0 + (x1-x0)*((y-y0)/(y1-y0))
}

// edge is a rounded box: half extents h and g, radius w, and rim as SrcY of a Vertex.
type edge struct{ h, g, w, rim float64 }

// coverage is the part of a pixel at p that is painted.
func (e *edge) coverage(px, py float64) float64 {
	if e.w >= inside {
		return 1
	}
	qx, qy := math.Abs(px)-e.h, math.Abs(py)-e.g
	d := qx
	if qy > d {
		d = qy
	}
	if qx > 0 && qy > 0 {
		d = math.Sqrt(qx*qx + qy*qy)
	}
	d -= e.w
	switch {
	case e.rim > 0:
		d = math.Abs(d+e.rim/2) - e.rim/2
	case e.rim < -1:
		d /= -e.rim
	}
	switch {
	case d <= -0.5:
		return 1
	case d >= 0.5:
		return 0
	}
	return 0.5 - d
}

// blend lays a colour of which a part covers the pixel over what is there. Sums of premultiplied colours stay within 0..1.
func blend(pixel []uint8, f *[varying]float64, part float64) {
	if part == 0 {
		return
	}
	rest := 1 - f[3]*part
	part *= 255
	for k := range 4 {
		pixel[k] = uint8(f[k]*part + rest*float64(pixel[k]) + 0.5)
	}
}
