package modelfile_test

import (
	"io/fs"
	"testing"

	"onestep/assets"
	"onestep/engine/modelfile"
	"onestep/engine/physics"
)

// FuzzParse feeds the reader anything: no panic, no unbounded allocation; and a model that it accepts can be simulated.
func FuzzParse(f *testing.F) {
	names, err := fs.Glob(assets.Bodies, "bodies/*.xml")
	if err != nil || len(names) == 0 {
		f.Fatal("no bodies", err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(assets.Bodies, name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(bodyWith(`<geom type="box" size="1 2 3" euler="10 20 30"/>`)))
	f.Add([]byte(beside(`<actuator><position joint="hinge" kp="5"/></actuator>`)))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := modelfile.Parse("fuzz.xml", text, modelfile.Options{})
		if err != nil {
			return
		}
		d := physics.NewData(file.Model)
		for range 3 {
			d.Step()
		}
		d.Shapes(nil)
	})
}
