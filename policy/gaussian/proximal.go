package gaussian

import (
	"onestep/engine/num"
	"onestep/policy/kernel"
)

// Proximal is what holds a policy near an older one, a term of a Loss (Tomar, Shani, Efroni, Ghavamzadeh, "Mirror Descent
// Policy Optimization", arXiv 2005.09814, equation 9):
//
//	Weight mean_b D(s_b),   D = KL(pi(.|s), pi_old(.|s)) = sum_j log(so/sigma) + (sigma^2 + (mu-mo)^2)/(2 so^2) - 1/2
//
// The squashing cancels, so that this is the divergence of two Gaussians. With a Weight of kappa - alpha the loss is the
// mean of kappa log pi(a|s) + (alpha-kappa) log pi_old(a|s) - Q(s,a), which is how the authors' code writes it. The zero
// value is no term.
type Proximal[T kernel.Float] struct {
	Params []T // of the older policy's network [NumParams]; nil: none
	Weight T   // in units of scaled reward
	// Floor is the least log so. Once so is small, (mu-mo)^2/so^2 freezes the mean.
	Floor T
	// Sampled estimates D by log pi(a|s) - log pi_old(a|s) at the loss's own action [the authors' code].
	Sampled bool
}

// add adds the gradient of the term in the head [batch*2 dim] to dHead and returns the term. old is the head of the older
// policy, noise that of the loss.
func (p *Proximal[T]) add(dHead, head, old, noise []T, batch int) T {
	d := len(noise) / batch
	weight := float64(p.Weight) / float64(batch)
	var sum float64
	for b := range batch {
		for j := range d {
			m, k := b*2*d+j, b*2*d+d+j // of the mean and of the log std
			logStd, oldLogStd := float64(clipLogStd(head[k])), float64(max(clipLogStd(old[k]), p.Floor))
			delta, sigma, precision := float64(head[m])-float64(old[m]), num.Exp(logStd), num.Exp(-2*oldLogStd)
			// D = log so - l + (delta^2 + sigma^2)/(2 so^2) - 1/2;       dD/dmu = delta/so^2,  dD/dl = sigma^2/so^2 - 1
			value, dMu, dL := float64(delta*delta)+float64(sigma*sigma), delta, float64(sigma*sigma)
			half := 0.5
			if p.Sampled {
				// D = log so - l + x^2/(2 so^2) - e^2/2,  x = delta + sigma e;   dD/dmu = x/so^2,  dD/dl = x sigma e/so^2 - 1
				e := float64(noise[b*d+j])
				dMu += float64(sigma * e)
				value, dL, half = float64(dMu*dMu), float64(dMu*float64(sigma*e)), float64(0.5*float64(e*e))
			}
			sum += oldLogStd - logStd + float64(0.5*float64(value*precision)) - half
			dHead[m] += T(weight * float64(dMu*precision))
			if head[k] > MinLogStd && head[k] < MaxLogStd {
				dHead[k] += T(weight * (float64(dL*precision) - 1))
			}
		}
	}
	return T(float64(weight * sum))
}

// decay adds the gradient of rate (mean mu^2 + mean l^2) to dHead and returns the term.
func decay[T kernel.Float](dHead, head []T, rate T, dim int) T {
	var sum float64
	count := float64(len(head) / 2)
	for i, h := range head {
		inside := true
		if i%(2*dim) >= dim {
			inside = h > MinLogStd && h < MaxLogStd
			h = clipLogStd(h)
		}
		sum += float64(float64(h) * float64(h))
		if inside {
			dHead[i] += T(2 * float64(rate) * float64(h) / count)
		}
	}
	return T(float64(rate) * sum / count)
}
