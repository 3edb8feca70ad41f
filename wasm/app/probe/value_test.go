package probe

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"onestep/policy/fpmd"
)

func TestLambdaIsWhereTheScheduleRests(t *testing.T) {
	c := fpmd.Config{EntropyPerDim: -1.5, NoiseScale: 0.1}
	assert.InDelta(t, 0.54, lambdaOf(&c), 0.005, "algorithm notes: noise anneals to a std of 0.054")
	c.LambdaFloor = 1
	assert.Equal(t, 1.0, lambdaOf(&c))
	c.FixedLambda = 0.5
	assert.Equal(t, 0.5, lambdaOf(&c))
}
