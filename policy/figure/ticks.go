package figure

import (
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
)

// ticks marks the multiples of 1, 2 or 5 times a power of ten, four to nine of them, with a true minus sign.
func ticks(least, most float64) []plot.Tick {
	step := stepOf(most - least)
	if !(step > 0) || math.IsInf(step, 0) {
		return nil
	}
	decimals := max(0, -int(math.Floor(float64(math.Log10(step))+1e-9)))
	var list []plot.Tick
	for i := math.Ceil(least/step - 1e-9); i*step <= most+float64(1e-9*step); i++ {
		label := strconv.FormatFloat(float64(i*step)+0, 'f', decimals, 64) // + 0: no minus before zero
		list = append(list, plot.Tick{Value: i * step, Label: strings.Replace(label, "-", "−", 1)})
	}
	return list
}

// stepOf is the largest such step that fits at least four times into the span.
func stepOf(span float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(span/4)))
	for _, m := range []float64{5, 2} {
		if 4*m*power <= span {
			return m * power
		}
	}
	return power
}
