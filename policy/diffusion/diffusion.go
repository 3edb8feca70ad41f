// Package diffusion is the noise schedule of the diffusion policy DPMD (Ma et al., "Efficient Online
// Reinforcement Learning for Diffusion Policy", ICML 2025) and the step that takes noise away.
//
// Notation: level l runs from Levels (noise) to 0 (action), a real number where steps are skipped or added.
//
//	x_l  = sqrt(abar(l)) X1 + sqrt(1 - abar(l)) eps,   eps ~ N(0, I)
//	abar = f(l/Levels)/f(0),   f(tau) = cos^2(pi/2 (tau + s)/(1 + s)),   s = 0.008
//
// the cosine schedule of Nichol and Dhariwal (arXiv 2102.09672, equation 17), whose beta is clipped at 0.999. The
// network eps(x, i | s) predicts the noise of level l = i + 1.
//
// This program's time, noise at t = 0 and action at t = 1, is t = 1 - l/Levels.
package diffusion

import (
	"math"

	"onestep/engine/num"
)

// Levels is the number of noise levels that the network is trained on, DPMD's 20 denoising steps [code].
const Levels = 20

const (
	offset  = 0.008 // s
	maxBeta = 0.999 // of one level's step
)

// AlphaBar is the share of the signal's variance at a level in [0, Levels]: 1 at 0.
func AlphaBar(level float64) float64 {
	if level > Levels-1 {
		// beta_l = 1 - abar(l)/abar(l-1) at most 0.999
		return max(cosine(level), (1-maxBeta)*cosine(Levels-1))
	}
	return cosine(level)
}

func cosine(level float64) float64 {
	return square(num.Cos(angle(level))) / square(num.Cos(angle(0)))
}

func angle(level float64) float64 {
	return math.Pi / 2 * ((level/Levels + offset) / (1 + offset))
}

func square(x float64) float64 { return float64(x * x) }

// Time is the network's time argument at a level: the integers 0..Levels-1 in training [code].
func Time(level float64) float64 { return level - 1 }

// Step holds the coefficients of a step from one level to a lower one:
//
//	xhat = clip(Signal x - Noise eps(x), -1, 1)         the action that the network sees behind the noise
//	x'   = Clean xhat + Keep x + Std z,  z ~ N(0, I)
//
// It is DDIM (Song et al., arXiv 2010.02502, equation 12) with the noise that xhat leaves in x, and Std their
// sigma: 0, or for ancestral sampling that of the posterior, which is DDPM (Ho et al., arXiv 2006.11239).
type Step struct{ Signal, Noise, Clean, Keep, Std float64 }

// NewStep returns the step between two levels, from > to >= 0; ancestral chooses DDPM.
func NewStep(from, to float64, ancestral bool) Step {
	a, b := AlphaBar(from), AlphaBar(to)
	variance := 0.0
	if ancestral {
		variance = (1 - b) / (1 - a) * (1 - a/b)
	}
	keep := math.Sqrt(max(1-b-variance, 0) / (1 - a))
	return Step{
		Signal: 1 / math.Sqrt(a), Noise: math.Sqrt(1/a - 1),
		Clean: math.Sqrt(b) - float64(keep*math.Sqrt(a)), Keep: keep, Std: math.Sqrt(variance),
	}
}
