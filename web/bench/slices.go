//go:build !js

package main

import (
	"math"
	"slices"
	"time"

	"onestep/web/bench/work"
)

// contender does pieces of work and tells how long that took.
type contender struct {
	name  string
	slice func(item string, n int) (time.Duration, error)
	has   map[string]bool
}

// inPage is a contender of the page's worker, loaded with its options.
func (s *session) inPage(who string, options map[string]any) (*contender, error) {
	about, err := ask[struct {
		Lanes int
		Items []string
	}](s.browser, map[string]any{"op": "load", "who": who, "options": options})
	if err != nil {
		return nil, err
	}
	s.record.loaded(who, about.Lanes)
	c := &contender{name: who, has: map[string]bool{}}
	for _, item := range about.Items {
		c.has[item] = true
	}
	c.slice = func(item string, n int) (time.Duration, error) {
		ms, err := ask[float64](s.browser, map[string]any{"op": "slice", "who": who, "item": item, "n": n})
		return time.Duration(ms * float64(time.Millisecond)), err
	}
	return c, nil
}

// twice is a second place for a contender.
func twice(c *contender) *contender { return &contender{name: again, slice: c.slice, has: c.has} }

// byLoops is a contender on the bodies without code written out for them.
func byLoops(c *contender) *contender {
	slice := func(item string, n int) (time.Duration, error) { return c.slice(item+work.ByLoops, n) }
	return &contender{name: loops, slice: slice, has: c.has}
}

// native is this process.
func native(items []*work.Item) *contender {
	c := &contender{name: "native", has: map[string]bool{}}
	byName := map[string]*work.Item{}
	for _, item := range items {
		byName[item.Name], c.has[item.Name] = item, true
	}
	c.slice = func(item string, n int) (time.Duration, error) {
		start := time.Now()
		byName[item].Run(n)
		return time.Since(start), nil
	}
	return c
}

// Timing is what slices of one contender on one item took, microseconds per repetition.
type Timing struct {
	Contender string    `json:"contender"`
	N         int       `json:"n"` // repetitions in a slice
	Min       float64   `json:"min"`
	P10       float64   `json:"p10"`
	Median    float64   `json:"median"`
	P90       float64   `json:"p90"`
	Slices    []float64 `json:"slices,omitempty"` // in order of time
}

// warmUp is how long a contender works before its slices count: browsers compile hot code meanwhile.
const warmUp = 700 * time.Millisecond

// alternate gives each contender as many slices as there are rounds, in turn; who starts moves on by one each round.
func (s *session) alternate(item string, contenders []*contender) ([]Timing, error) {
	timings := make([]Timing, len(contenders))
	for i, c := range contenders {
		n, err := calibrate(c, item, s.slice)
		if err != nil {
			return nil, err
		}
		timings[i] = Timing{Contender: c.name, N: n}
	}
	return timings, take(item, contenders, timings, s.rounds)
}

// take gives the slices and sums them up.
func take(item string, contenders []*contender, timings []Timing, rounds int) error {
	for round := range rounds {
		for k := range contenders {
			i := (round + k) % len(contenders)
			took, err := contenders[i].slice(item, timings[i].N)
			if err != nil {
				return err
			}
			timings[i].Slices = append(timings[i].Slices, float64(took)/float64(time.Microsecond)/float64(timings[i].N))
		}
	}
	for i := range timings {
		timings[i].summarise()
	}
	return nil
}

// calibrate warms a contender up and returns how many repetitions fill a slice, by the fastest that it has seen: what
// else the machine does must not make slices so short that the timer's ticks show.
func calibrate(c *contender, item string, slice time.Duration) (int, error) {
	n, fastest := 1, time.Duration(math.MaxInt64)
	for start := time.Now(); time.Since(start) < warmUp; {
		took, err := c.slice(item, n)
		if err != nil {
			return 0, err
		}
		if took < min(slice/4, time.Millisecond) { // too few ticks to judge by
			n *= 2
			continue
		}
		fastest = max(min(fastest, took/time.Duration(n)), 1)
		n = max(int(slice/fastest), 1)
	}
	return n, nil
}

func (t *Timing) summarise() {
	sorted := slices.Clone(t.Slices)
	slices.Sort(sorted)
	t.Min, t.P10, t.Median, t.P90 = sorted[0], quantile(sorted, 0.1), quantile(sorted, 0.5), quantile(sorted, 0.9)
}

// quantile interpolates between the order statistics of sorted values.
func quantile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	i := int(math.Floor(at))
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}
