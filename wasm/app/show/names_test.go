package show

import (
	"onestep/wasm/app/panel"
	"onestep/wasm/protocol"
)

// Panels by their numbers in the list.
const (
	Body = iota
	Flow
	Scatter
	Curve
)

// The sets of labels: one for each panel, then its values, then the pointer's.
func (b *bench) valuesOf(panel int) int { return len(b.Panels()) + panel }
func (b *bench) labelsHover() int       { return 2 * len(b.Panels()) }

// all shows every panel, those on demand too.
func (b *bench) all() {
	v := b.stage.View
	v.Panels = nil
	for _, p := range b.Infos() {
		if p.OnDemand {
			v.Panels = append(v.Panels, p.Name)
		}
	}
	b.send(protocol.SetView, v)
}

// evaluation is a row of a training's curve.
func evaluation(steps, one, many float64) []float64 {
	row := make([]float64, protocol.NumEvaluation)
	row[protocol.EvalEnvSteps], row[protocol.EvalEpisodes] = steps, 20
	row[protocol.EvalOneStepMean], row[protocol.EvalOneStepStd] = one, 10
	row[protocol.EvalManyMean], row[protocol.EvalManyStd], row[protocol.EvalManySteps] = many, 5, 20
	row[protocol.EvalVariance], row[protocol.EvalLower], row[protocol.EvalUpper], row[protocol.EvalShift] = 0.04, 0.05, 0.08, 0.03
	return row
}

func (b *bench) body() *panel.Body         { return b.Find("body").(*panel.Body) }
func (b *bench) flow() *panel.Flow         { return b.Find("flow").(*panel.Flow) }
func (b *bench) scatter() *panel.Scatter   { return b.Find("scatter").(*panel.Scatter) }
func (b *bench) learning() *panel.Learning { return b.Find("curve").(*panel.Learning) }
