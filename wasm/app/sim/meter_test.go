package sim

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMeterTakesTheMedianOfItsMemory(t *testing.T) {
	var m meter
	m.init()
	assert.True(t, math.IsNaN(m.median()))
	for i := range 200 {
		m.add(float64(i))
	}
	assert.Equal(t, 168.0, m.median(), "the last 64 are 136..199")
}
