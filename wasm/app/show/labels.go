package show

import "onestep/engine/plot"

// The sets of labels: one for each panel, what belongs to the pointer, and the numbers that change while
// the body moves.
const (
	LabelsBody = iota
	LabelsFlow
	LabelsScatter
	LabelsCurve
	LabelsHover
	LabelsValues
	LabelsGhost
	NumLabelSets
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
	if len(list) == len(l.List) {
		same := true
		for i := range list {
			if list[i] != l.List[i] {
				same = false
				break
			}
		}
		if same {
			l.spare = list
			return
		}
	}
	l.List, l.spare = list, l.List
	l.Version++
}

// Cursor is the pointer's shape over what lies under it, a CSS keyword.
func (s *Session) Cursor() string {
	m := &s.mouse
	switch {
	case m.scrubs || m.inside && s.probe.shown.ready && s.spec.ActDim == 1 && s.panels[Flow].Clip.Contains(m.x, m.y):
		return "ew-resize"
	case m.inside && s.dotsUI.hover >= 0:
		return "pointer"
	}
	return "default"
}

// Labels are the texts for the page to show over the canvas; compare the versions.
func (s *Session) Labels() *[NumLabelSets]LabelSet { return &s.labels }
