package show

import (
	"testing"

	"onestep/engine/view"
)

func BenchmarkSoftware(b *testing.B) {
	t := &testing.T{}
	s := newBench(t)
	s.load(policyFile(t, "fpmd-m", nil))
	s.frames(60)
	var soft view.Software
	for i, p := range s.Panels() {
		b.Run(s.Infos()[i].Name, func(b *testing.B) {
			for b.Loop() {
				p.Dirty = true
				soft.Paint(p)
			}
		})
	}
}
