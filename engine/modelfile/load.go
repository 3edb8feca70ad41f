package modelfile

import (
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
	return &File{Model: m, Notes: c.notes}, nil
}
