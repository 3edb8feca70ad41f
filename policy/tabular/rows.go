package tabular

import (
	"context"
	"encoding/json"
	"math"
)

// Number is a float64 that JSON has as null where it is NaN and as 1e308 where it is infinite.
type Number float64

// infinite stands in JSON for what it has no word for.
const infinite = 1e308

// MarshalJSON implements json.Marshaler.
func (n Number) MarshalJSON() ([]byte, error) {
	v := float64(n)
	switch {
	case math.IsNaN(v):
		return []byte("null"), nil
	case math.IsInf(v, 0):
		v = math.Copysign(infinite, v)
	}
	return json.Marshal(v)
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *Number) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*n = Number(math.NaN())
		return nil
	}
	if err := json.Unmarshal(b, (*float64)(n)); err != nil {
		return err
	}
	if v := float64(*n); math.Abs(v) == infinite {
		*n = Number(math.Inf(int(math.Copysign(1, v))))
	}
	return nil
}

// Row describes pi_k. NaN stands where nothing belongs.
type Row struct {
	K       int    `json:"k"`
	Value   Number `json:"value"`  // rho V^k, regularised where the method is
	GapRho  Number `json:"gapRho"` // rho (V* - V^k)
	GapSup  Number `json:"gapSup"` // max_s (V* - V^k)
	Bound   Number `json:"bound"`  // on what BoundOn of the path names
	Entropy Number `json:"entropy"`
	// Mean over the states that are not terminal of 1 - sum pi^2, the trace of the covariance of the one-hot action.
	Variance    Number `json:"variance"`
	Move        Number `json:"move"` // max_s D_h(pi_(k+1), pi_k)
	Eta         Number `json:"eta"`  // of the step from k
	Capped      bool   `json:"capped,omitempty"`
	Backups     int    `json:"backups"`
	Evaluations int    `json:"evaluations"`
	Updates     int    `json:"updates"`

	*NuRow
	*SurrogateRow
	State *int     `json:"state,omitempty"` // bpmd: the state that moves from k to k+1
	Pi    []Number `json:"pi,omitempty"`    // of a problem with one state
}

// NuRow are measures in nu*, the stationary law of the optimal policy.
type NuRow struct {
	GapNu     Number `json:"gapNu"`     // nu* (V* - V^k)
	KLStar    Number `json:"klStar"`    // nu* D_h(pi*, pi_k), KL for the entropy map
	Potential Number `json:"potential"` // gapNu + (1/eta + tau) klStar, with the eta of the step before k
}

// SurrogateRow are measures of on-policy MDPO.
type SurrogateRow struct {
	T        Number `json:"t"`
	KL       Number `json:"kl"`       // d_k KL(pi_(k+1), pi_k)
	ToClosed Number `json:"toClosed"` // d_k KL(pi_(k+1), closed form)
}

// Row measures pi_k; what belongs to the step from k is NaN until the path has advanced.
func (p *Path) Row() Row {
	nan := Number(math.NaN())
	r := Row{
		K: p.K, Value: Number(dot(p.MDP.Rho, p.V)), GapRho: Number(gapIn(p.MDP.Rho, p.Optimum.V, p.V)), GapSup: Number(p.GapSup()),
		Bound: Number(p.bound.at(p)), Move: nan, Eta: nan,
		Backups: p.Backups, Evaluations: p.Evaluations, Updates: p.Updates,
	}
	for _, s := range p.live {
		r.Entropy += Number(Entropy(p.MDP.row(p.Pi, s)))
		r.Variance += Number(Spread(p.MDP.row(p.Pi, s)))
	}
	if n := Number(len(p.live)); n > 0 {
		r.Entropy /= n
		r.Variance /= n
	}
	if p.Settings.Method == "mdpo-on" {
		r.SurrogateRow = &SurrogateRow{T: nan, KL: nan, ToClosed: nan}
	}
	if p.measuresNu() {
		r.NuRow = p.nuRow()
	}
	if p.MDP.States == 1 {
		for _, v := range p.Pi {
			r.Pi = append(r.Pi, Number(v))
		}
	}
	return r
}

// GapSup is max_s V* - V^k.
func (p *Path) GapSup() (gap float64) {
	gap = math.Inf(-1)
	for s, v := range p.Optimum.V {
		gap = max(gap, v-p.V[s])
	}
	return gap
}

// complete adds what the step from the row's k to the path's k has shown.
func (r *Row) complete(p *Path) {
	r.Move, r.Eta, r.Capped = Number(p.Move), Number(p.Eta), p.Capped
	if r.SurrogateRow != nil {
		*r.SurrogateRow = SurrogateRow{Number(p.T), Number(p.KL), Number(p.ToClosed)}
	}
	if p.Settings.Method == "bpmd" {
		state := p.State
		r.State = &state
	}
}

// Run advances the path to iteration k and returns the rows from the present one to the last.
func (p *Path) Run(ctx context.Context, k int) (rows []Row, err error) {
	rows = append(rows, p.Row())
	for p.K < k {
		if err := ctx.Err(); err != nil {
			return rows, err
		}
		p.Advance()
		rows[len(rows)-1].complete(p)
		rows = append(rows, p.Row())
	}
	return rows, nil
}
