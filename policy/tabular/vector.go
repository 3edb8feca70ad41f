package tabular

// Products are rounded before they are added, so that every machine ends in the same bits: gonum's floats.Dot and
// floats.AddScaled sum in another order where they are assembly, and are fused where they are inlined on arm64.

// dot is Σ x_i y_i, summed from the first on; y is as long as x.
func dot(x, y []float64) (sum float64) {
	for i, v := range x {
		sum += float64(v * y[i])
	}
	return sum
}

// addScaled adds a*x to y, which is as long.
func addScaled(y []float64, a float64, x []float64) {
	for i, v := range x {
		y[i] += float64(a * v)
	}
}
