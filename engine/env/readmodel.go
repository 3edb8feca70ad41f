package env

import (
	"fmt"
	"io"
	"io/fs"
	"path"

	"onestep/engine/modelfile"
)

// ReadModel reads the model file of that name and those that it includes, by their last parts, as a person drops them on the
// page.
func ReadModel(files fs.FS, name string) (*Model, error) {
	r := &recorder{files: files, read: modelfile.Files{}, from: map[string]string{}}
	if _, err := modelfile.Load(r, name, modelfile.Options{}); err != nil {
		return nil, err
	}
	m := &Model{Name: path.Base(name), Files: map[string]string{}}
	for file, text := range r.read {
		m.Files[file] = string(text)
	}
	return m, nil
}

// recorder keeps what is read.
type recorder struct {
	files fs.FS
	read  modelfile.Files
	from  map[string]string // where each of them is
}

// Open implements fs.FS.
func (r *recorder) Open(name string) (fs.File, error) {
	f, err := r.files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxCustomBytes+1))
	base := path.Base(name)
	switch before := r.from[base]; {
	case err != nil:
		return nil, err
	case before != "" && before != name:
		return nil, fmt.Errorf("%s and %s have one name", before, name)
	}
	r.from[base], r.read[base] = name, text
	return r.read.Open(base)
}
