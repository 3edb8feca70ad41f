package show

import (
	"maps"

	"onestep/wasm/app/panel"
	"onestep/wasm/protocol"
)

// Panels by their numbers in the list.
const (
	Body = iota
	Flow
	Scatter
	Curve
	Training
)

// The sets of labels: one for each panel, then its values, then the pointer's.
func (b *bench) valuesOf(panel int) int { return len(b.Panels()) + panel }
func (b *bench) labelsHover() int       { return 2 * len(b.Panels()) }

// all shows every panel: the one on demand in a row below the others.
func (b *bench) all() {
	places := maps.Clone(b.places)
	for name, p := range places {
		places[name] = protocol.Place{X: p.X, Y: 0.75 * p.Y, W: p.W, H: 0.75 * p.H}
	}
	for _, p := range b.Infos() {
		if p.OnDemand {
			places[p.Name] = protocol.Place{Y: 0.76, W: 1, H: 0.24}
		}
	}
	b.send(protocol.Arrange, places)
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
