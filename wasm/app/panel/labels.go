package panel

import (
	"slices"

	"onestep/engine/env"
	"onestep/engine/plot"
	"onestep/policy/flow"
	"onestep/wasm/app/lang"
	"onestep/wasm/app/weights"
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

// wordsOf are the words of a policy's family where it acts by n candidates, in the language.
func wordsOf(policy *weights.Policy, n int) flow.Words {
	w := policy.Words(n)
	for _, text := range []*string{&w.Title, &w.Time, &w.Actions, &w.Taken, &w.Mean, &w.Spread, &w.OneStep, &w.Best} {
		*text = lang.Text(*text)
	}
	return w
}

// named is an action or an observation with its name in the language.
func named(q env.Quantity) env.Quantity {
	q.Name = lang.Text(q.Name)
	return q
}
