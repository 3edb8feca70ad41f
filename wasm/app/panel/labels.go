package panel

import (
	"slices"

	"onestep/engine/plot"
)

// LabelSet is a list of labels with a number that grows when it has changed.
type LabelSet struct {
	Version int
	List    []plot.Label // positions in device pixels
	spare   []plot.Label
}

// edit begins a new list; done ends it and keeps the old one where both are equal.
func (l *LabelSet) edit() []plot.Label { return l.spare[:0] }

func (l *LabelSet) done(list []plot.Label) {
	if slices.Equal(list, l.List) {
		l.spare = list
		return
	}
	l.List, l.spare = list, l.List
	l.Version++
}
