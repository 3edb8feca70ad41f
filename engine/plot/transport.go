package plot

import (
	"math"

	"onestep/engine/scene"
)

// Ramp colours the way from the start (0) to the end (1) through a middle.
type Ramp struct{ Start, Middle, End scene.Color }

// At is the colour at t in [0,1].
func (r *Ramp) At(t float64) scene.Color {
	t = math.Max(0, math.Min(1, t))
	if t < 0.5 {
		return r.Start.Mix(r.Middle, float32(2*t))
	}
	return r.Middle.Mix(r.End, float32(2*t-1))
}

// Paths are the ways of n particles in dim dimensions, recorded at steps+1 equally spaced times in [0,1].
type Paths struct {
	Steps, N, Dim int
	X             []float32 // [(Steps+1)*N*Dim], time outermost
	Weights       []float32 // [N] of mean 1; a dot's area grows with its weight as it nears its end. Empty: all alike
}

// radius is the radius of particle i at time t, where radius belongs to the weight 1.
func (p *Paths) radius(i int, t, radius float64) float64 {
	if len(p.Weights) != p.N {
		return radius
	}
	grown := math.Max(0.4, math.Min(2.4, math.Sqrt(float64(p.Weights[i]))))
	return radius * (1 + t*(grown-1))
}

// At is coordinate d of particle i at time t, linear between the records.
func (p *Paths) At(t float64, i, d int) float64 {
	s := math.Max(0, math.Min(1, t)) * float64(p.Steps)
	k := min(int(s), p.Steps-1)
	a, b := p.X[(k*p.N+i)*p.Dim+d], p.X[((k+1)*p.N+i)*p.Dim+d]
	return float64(a) + (s-float64(k))*(float64(b)-float64(a))
}

// Ends is the last record, [N*Dim].
func (p *Paths) Ends() []float32 { return p.X[p.Steps*p.N*p.Dim : (p.Steps+1)*p.N*p.Dim] }

// Starts is the first record, [N*Dim].
func (p *Paths) Starts() []float32 { return p.X[:p.N*p.Dim] }

// Range is the least interval that holds coordinate d of every record.
func (p *Paths) Range(d int) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for i := d; i < len(p.X); i += p.Dim {
		lo, hi = math.Min(lo, float64(p.X[i])), math.Max(hi, float64(p.X[i]))
	}
	return lo, hi
}

// Field is a velocity in one dimension on a grid: V[k*NY+j] at time (k+1/2)/NT and height
// Lo + (j+1/2)(Hi-Lo)/NY.
type Field struct {
	NT, NY int
	Lo, Hi float64
	V      []float32 // [NT*NY]
}

// Draw appends one short arrow for each point of the grid, along (1, v) as it looks on the screen.
func (f *Field) Draw(l *scene.List, a *Axes, pixel float64, c scene.Color) {
	if f.NT*f.NY == 0 || len(f.V) < f.NT*f.NY {
		return
	}
	length := 0.36 * math.Min(a.Frame.W/float64(f.NT), a.Frame.H/float64(f.NY)*1.6)
	perT, perY := a.Frame.W/(a.X.Hi-a.X.Lo), a.Frame.H/(a.Y.Hi-a.Y.Lo)
	for k := range f.NT {
		for j := range f.NY {
			y := f.Lo + (float64(j)+0.5)*(f.Hi-f.Lo)/float64(f.NY)
			px, py := a.Point((float64(k)+0.5)/float64(f.NT), y)
			ux, uy := perT, -perY*float64(f.V[k*f.NY+j])
			norm := math.Sqrt(ux*ux + uy*uy)
			if !(norm > 0) || math.IsInf(norm, 0) {
				continue
			}
			ux, uy = ux/norm, uy/norm
			x1, y1 := px+ux*length, py+uy*length
			l.Capsule(px-ux*length, py-uy*length, x1, y1, 0.6*pixel, c.Alpha(0.35), c)
			l.Arrowhead(x1, y1, ux, uy, 4*pixel, 1.2*pixel, c)
		}
	}
}

// Lines draws the ways of the first n particles over time, coordinate d upwards, coloured by time.
func (p *Paths) Lines(l *scene.List, a *Axes, d, n int, width float64, ramp *Ramp, alpha float32) {
	s := scene.Stroke{List: l, Width: width}
	for i := range min(n, p.N) {
		for k := range p.Steps + 1 {
			t := float64(k) / float64(p.Steps)
			x, y := a.Point(t, float64(p.X[(k*p.N+i)*p.Dim+d]))
			c := ramp.At(t).Alpha(alpha)
			if k == 0 {
				s.Move(x, y, c)
				continue
			}
			if p.Steps == 1 {
				// One straight way still shows the colour in the middle.
				x0, y0 := a.Point(0, float64(p.X[i*p.Dim+d]))
				s.To((x0+x)/2, (y0+y)/2, ramp.At(0.5).Alpha(alpha))
			}
			s.To(x, y, c)
		}
		s.End()
	}
}

// Knots marks the records between start and end of the first n particles: where a step ends.
func (p *Paths) Knots(l *scene.List, a *Axes, d, n int, radius float64, ramp *Ramp, alpha float32) {
	for k := 1; k < p.Steps; k++ {
		t := float64(k) / float64(p.Steps)
		c := ramp.At(t).Alpha(alpha)
		for i := range min(n, p.N) {
			x, y := a.Point(t, float64(p.X[(k*p.N+i)*p.Dim+d]))
			l.Dot(x, y, radius, c)
		}
	}
}

// Particles draws every particle at time t.
func (p *Paths) Particles(l *scene.List, a *Axes, d int, t, radius float64, c scene.Color) {
	for i := range p.N {
		x, y := a.Point(t, p.At(t, i, d))
		l.Dot(x, y, p.radius(i, t, radius), c)
	}
}

// Cloud draws two chosen coordinates of every particle at time t with the ways behind them: the picture
// for two and more dimensions.
func (p *Paths) Cloud(l *scene.List, a *Axes, dx, dy, n int, t, radius, width float64, ramp *Ramp, alpha float32) {
	s := scene.Stroke{List: l, Width: width}
	for i := range min(n, p.N) {
		for k := range p.Steps + 1 {
			time := float64(k) / float64(p.Steps)
			at := (k*p.N + i) * p.Dim
			x, y := a.Point(float64(p.X[at+dx]), float64(p.X[at+dy]))
			c := ramp.At(time).Alpha(alpha)
			if k == 0 {
				s.Move(x, y, c)
			} else {
				s.To(x, y, c)
			}
		}
		s.End()
	}
	c := ramp.At(t).Alpha(0.85)
	for i := range p.N {
		x, y := a.Point(p.At(t, i, dx), p.At(t, i, dy))
		l.Dot(x, y, p.radius(i, t, radius), c)
	}
}

// Plane is a velocity in two dimensions on a square grid at NT times: V[((k*N+j)*N+i)*2] and the next are its two
// components at time (k+1/2)/NT, at ((2 i + 1)/N - 1, (2 j + 1)/N - 1) Half.
type Plane struct {
	NT, N int
	Half  float64
	V     []float32 // [NT*N*N*2]
}

// Place is the coordinate of row or column i.
func (p *Plane) Place(i int) float64 { return (float64(2*i+1)/float64(p.N) - 1) * p.Half }

// Draw appends one arrow for each point of the grid at the recorded time nearest to t; its length grows with the speed,
// up to the distance of two points, and is that at the speed full.
func (p *Plane) Draw(l *scene.List, a *Axes, t, full, pixel float64, c scene.Color) {
	if p.NT*p.N == 0 || len(p.V) < p.NT*p.N*p.N*2 {
		return
	}
	k := max(0, min(int(t*float64(p.NT)), p.NT-1))
	most := 0.86 * math.Min(a.Frame.W, a.Frame.H) / float64(p.N)
	perX, perY := a.Frame.W/(a.X.Hi-a.X.Lo), a.Frame.H/(a.Y.Hi-a.Y.Lo)
	full *= math.Sqrt(perX * perY)
	for j := range p.N {
		for i := range p.N {
			v := p.V[((k*p.N+j)*p.N+i)*2:]
			ux, uy := perX*float64(v[0]), -perY*float64(v[1])
			speed := math.Sqrt(ux*ux + uy*uy)
			if !(speed > 0) || math.IsInf(speed, 0) {
				continue
			}
			length := most * math.Min(1, speed/full)
			ux, uy = ux/speed*length/2, uy/speed*length/2
			x, y := a.Point(p.Place(i), p.Place(j))
			l.Capsule(x-ux, y-uy, x+ux, y+uy, 0.6*pixel, c.Alpha(0.35), c)
			if length > 4*pixel {
				l.Arrowhead(x+ux, y+uy, 2*ux/length, 2*uy/length, 3.5*pixel, 1.2*pixel, c)
			}
		}
	}
}
