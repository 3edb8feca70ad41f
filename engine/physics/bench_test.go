package physics_test

import (
	"testing"
	"time"

	"onestep/engine/physics"
	"onestep/engine/physics/reference"
)

// BenchmarkEpisode measures 200 control periods along the reference trajectory ctrl. Beside the mean it reports the
// control periods per second of the fastest episode, which other programs on the machine disturb least.
func BenchmarkEpisode(b *testing.B) {
	for _, name := range bodies {
		b.Run(name, func(b *testing.B) {
			var file reference.Trajectories
			if err := reference.Read("traj_"+name, &file); err != nil {
				b.Skip(err)
			}
			run := file.Runs["ctrl"]
			d := physics.NewData(compile(b, name, ""))
			best := time.Hour
			b.ReportAllocs()
			for b.Loop() {
				start := time.Now()
				d.SetState(run.QPos0, run.QVel0)
				for _, u := range run.Ctrl {
					copy(d.Ctrl, u)
					for range file.FrameSkip {
						d.Step()
					}
				}
				best = min(best, time.Since(start))
			}
			b.ReportMetric(float64(len(run.Ctrl))/best.Seconds(), "periods/s(best)")
		})
	}
}
