package analysis

import "onestep/engine/rng"

// Streams of a cloud's seed.
const (
	streamNoise = iota
	streamData
	streamFloor
)

// floorClouds is the number of clouds of the target whose mean distance is the floor.
const floorClouds = 4

// Cloud measures samples of a model of a target by Monte Carlo, and knows what the same estimator gives for the
// target itself.
type Cloud struct {
	N      int
	Noise  []float64 // [N*d] draws of N(0, I), to be scaled by the source's standard deviation
	Data   []float64 // [N*d] the target: its quantiles on the line, draws in the plane
	Target Target

	Floor       float64 // mean W2 of a few clouds of N fresh draws of the target: a perfect model measures this
	EnergyFloor float64 // the same for the energy distance

	distance *Distance
}

// Measured is what a cloud of samples gives.
type Measured struct {
	W2     float64 // to the target, see Distance.W2
	Energy float64
	Shift  float64 // distance of the means
	Std    float64 // root of the trace of the samples' covariance
}

// NewCloud draws what is needed for clouds of n points from the streams of a seed. keepOn is as in EulerLaw.After;
// where it says no, ok is false.
func NewCloud(target Target, n int, seed uint64, keepOn func() bool) (c *Cloud, ok bool) {
	d := target.Dim()
	src := rng.New(seed)
	c = &Cloud{N: n, Noise: make([]float64, n*d), Data: make([]float64, n*d), Target: target, distance: NewDistance(n, d)}
	rng.NormalFill(src.Split(streamNoise), c.Noise)
	if line, onLine := target.(Line); onLine && d == 1 {
		for i := range c.Data {
			if i%128 == 0 && keepOn != nil && !keepOn() {
				return nil, false
			}
			c.Data[i] = line.Quantile((float64(i) + 0.5) / float64(n))
		}
	} else {
		target.Sample(c.Data, src.Split(streamData))
	}
	fresh, draws := make([]float64, n*d), src.Split(streamFloor)
	for range floorClouds {
		if keepOn != nil && !keepOn() {
			return nil, false
		}
		target.Sample(fresh, draws)
		c.Floor += float64(c.distance.W2(fresh, c.Data) / floorClouds)
		c.EnergyFloor += float64(c.distance.Energy(fresh, c.Data) / floorClouds)
	}
	return c, true
}

// Measure compares samples x [N*d] with the target.
func (c *Cloud) Measure(x []float64) Measured {
	return Measured{W2: c.distance.W2(x, c.Data), Energy: c.distance.Energy(x, c.Data), Shift: c.distance.Shift(x, c.Data), Std: c.distance.Spread(x)}
}
