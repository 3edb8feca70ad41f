package physics_test

import (
	"testing"

	"onestep/engine/physics"
	"onestep/engine/physics/reference"
)

// BenchmarkControlPeriod measures one environment step: frame-skip timesteps along the reference trajectory ctrl, begun
// anew after 200 periods.
func BenchmarkControlPeriod(b *testing.B) {
	for _, name := range bodies {
		b.Run(name, func(b *testing.B) {
			var file reference.Trajectories
			if err := reference.Read("traj_"+name, &file); err != nil {
				b.Skip(err)
			}
			run := file.Runs["ctrl"]
			d := physics.NewData(compile(b, name, ""))
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if i%len(run.Ctrl) == 0 {
					d.SetState(run.QPos0, run.QVel0)
				}
				copy(d.Ctrl, run.Ctrl[i%len(run.Ctrl)])
				for range file.FrameSkip {
					d.Step()
				}
				i++
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "steps/s")
		})
	}
}
