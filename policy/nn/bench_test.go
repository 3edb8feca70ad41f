package nn_test

import (
	"math"
	"testing"
	"time"

	"onestep/policy/kernel"
	"onestep/policy/nn"
)

// BenchmarkForward is one action of a walker's policy at the size of the published comparison, 39-256-256-256-6
// with a batch of 1, and the same network without times. It reports the shortest mean of a slice of runs.
func BenchmarkForward(b *testing.B) {
	for _, c := range []struct {
		name   string
		config nn.Config
	}{
		{"plain", nn.Config{CondDim: 33, XDim: 6, OutDim: 6, Hidden: []int{256, 256, 256}, Activation: nn.SiLU}},
		{"mean flow", nn.Config{CondDim: 17, XDim: 6, NumTimes: 2, OutDim: 6, Hidden: []int{256, 256, 256}}},
	} {
		var times []int
		for range c.config.NumTimes {
			times = append(times, 1)
		}
		f := newFixture[float32](c.name, c.config, 1, 1, times...)
		y := make([]float32, c.config.OutDim)
		b.Run(c.name, func(b *testing.B) {
			best := math.Inf(1)
			for b.Loop() {
				const runs = 200 // long against a browser's clock of 0.1 ms
				start := time.Now()
				for range runs {
					f.net.Forward(y, f.params, f.in, f.ws)
				}
				best = min(best, time.Since(start).Seconds()/runs)
			}
			b.ReportMetric(0, "ns/op") // of a slice: says nothing
			b.ReportMetric(best*1e6, "µs-min")
			b.ReportMetric(float64(kernel.Lanes()), "lanes")
		})
	}
}
