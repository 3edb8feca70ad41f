package tabular

// SplitMix is the generator SplitMix64 of Steele, Lea and Flood (OOPSLA 2014), with which the reference problems,
// their noise and their samples are defined; engine/rng has other bits.
type SplitMix uint64

// Uint64 is the next draw.
func (s *SplitMix) Uint64() uint64 {
	*s += 0x9E3779B97F4A7C15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// Float64 is uniform in [0, 1).
func (s *SplitMix) Float64() float64 { return float64(s.Uint64()>>11) * 0x1p-53 }

// Below is floor(u n), uniform on 0..n-1.
func (s *SplitMix) Below(n int) int { return int(s.Float64() * float64(n)) }
