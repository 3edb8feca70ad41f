package show

import "onestep/wasm/app/panel"

// The panels by their numbers in the list, and the sets of labels: one for each panel, then its values, then the pointer's.
const (
	Body = iota
	Flow
	Scatter
	Curve

	valuesOf    = 4
	labelsHover = 8
)

func (b *bench) body() *panel.Body         { return b.Find("body").(*panel.Body) }
func (b *bench) flow() *panel.Flow         { return b.Find("flow").(*panel.Flow) }
func (b *bench) scatter() *panel.Scatter   { return b.Find("scatter").(*panel.Scatter) }
func (b *bench) learning() *panel.Learning { return b.Find("curve").(*panel.Learning) }
