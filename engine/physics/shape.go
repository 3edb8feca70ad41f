package physics

// Shape is the outline of one geom in the plane of motion, in world coordinates at one instant: what
// a picture needs and no more. A sphere has A == B.
type Shape struct {
	Kind   ShapeKind
	Body   int        // index of the body that carries it; 0 is the world
	A, B   [2]float64 // ends of the axis (u, v), m; Plane: a point on it and the direction along it
	Radius float64    // m; for a box half its thickness
}

// ShapeKind is the form of a Shape.
type ShapeKind int

// The forms.
const (
	ShapeCapsule ShapeKind = iota
	ShapeSphere
	ShapePlane
	ShapeBox
)
