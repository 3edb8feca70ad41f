package modelfile

import (
	"fmt"
	"io/fs"

	"onestep/engine/physics"
)

// Options are what the caller decides about a file.
type Options struct {
	// SumMargins takes the sum of two geoms' contact margins, as MuJoCo 3.5 and later do, not the larger.
	SumMargins bool
}

// File is a compiled model file.
type File struct {
	Model *physics.Model
	Notes []string // what the reader left out that a person may miss
}

// Parse compiles the text of one MJCF file, which includes no other.
func Parse(name string, text []byte, opts Options) (*File, error) {
	return Load(Files{name: text}, name, opts)
}

// Load compiles the MJCF file of that name; files holds it and all that it includes.
func Load(files fs.FS, name string, opts Options) (*File, error) {
	root, err := (&reader{files: files}).main(name)
	if err != nil {
		return nil, err
	}
	c := newCompiler(root)
	c.option.SumMargins = opts.SumMargins
	spec, err := c.compile(root)
	if err != nil {
		return nil, err
	}
	m, err := physics.NewModel(*spec)
	if err != nil {
		return nil, &Error{File: name, Message: err.Error()}
	}
	c.noteThrough(m)
	return &File{Model: m, Notes: c.notes}, nil
}

// noteThrough says of which forms geoms pass through each other that would touch in MuJoCo, once for two forms, and that boxes
// that touch are not always MuJoCo's.
func (c *compiler) noteThrough(m *physics.Model) {
	names := map[physics.GeomType]string{physics.Sphere: "spheres", physics.Capsule: "capsules", physics.Ellipsoid: "ellipsoids",
		physics.Cylinder: "cylinders", physics.Box: "boxes"}
	called := func(g *physics.Geom) string {
		if g.Name == "" {
			return fmt.Sprintf("(of body %q)", m.Bodies[g.Body].Name)
		}
		return fmt.Sprintf("%q", g.Name)
	}
	for _, p := range m.Pairs {
		if g1, g2 := &m.Geoms[p.G1], &m.Geoms[p.G2]; g1.Type == physics.Box && g2.Type == physics.Box {
			c.note(c.bodies[0].node, "boxes may move otherwise than in MuJoCo 3.3.8, which decides by rounding, where they overlap by less than 0.1 mm, "+
				"are only within their margin or are equally wide across the plane: geoms %s and %s", called(g1), called(g2))
			break
		}
	}
	said := map[[2]physics.GeomType]bool{}
	for _, p := range m.Through {
		g1, g2 := &m.Geoms[p.G1], &m.Geoms[p.G2]
		if forms := [2]physics.GeomType{g1.Type, g2.Type}; !said[forms] {
			said[forms] = true
			c.note(c.bodies[0].node, "%s and %s pass through each other here, as geoms %s and %s do", names[g1.Type], names[g2.Type],
				called(g1), called(g2))
		}
	}
}
