//go:build !js

package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"onestep/web/bench/work"
)

// ItemResult is one piece of work by those who can do it.
type ItemResult struct {
	Item    string   `json:"item"`
	Unit    string   `json:"unit"`
	Flops   float64  `json:"flops,omitempty"` // per repetition
	Timings []Timing `json:"timings"`         // microseconds per repetition
}

// peers are the libraries, as the page's modules are named.
var peers = []string{"ort", "tfjs", "jax"}

func (s *session) learning() error {
	items := work.All(nil)
	ours, err := s.inPage("onestep", map[string]any{"bodies": []any{}, "items": names(items)})
	if err != nil {
		return err
	}
	contenders := []*contender{ours}
	for _, who := range peers {
		c, err := s.inPage(who, map[string]any{"sizes": pageSizes()})
		if err != nil {
			return err
		}
		contenders = append(contenders, c)
	}
	if err := s.sameUpdates(); err != nil {
		return err
	}
	contenders = append(contenders, native(items), twice(ours))
	wanted, err := s.wanted(items)
	if err != nil {
		return err
	}
	for _, item := range wanted {
		fmt.Fprintf(s.log, "  %s\n", item.Name)
		r := ItemResult{Item: item.Name, Unit: item.Unit, Flops: item.Flops}
		var able []*contender
		for _, c := range contenders {
			if c.has[item.Name] {
				able = append(able, c)
			}
		}
		if r.Timings, err = s.alternate(item.Name, able); err != nil {
			return err
		}
		s.record.Learning = append(s.record.Learning, r)
	}
	return nil
}

// wanted returns the items that -items names.
func (s *session) wanted(items []*work.Item) ([]*work.Item, error) {
	if s.items == "" {
		return items, nil
	}
	var list []*work.Item
	for _, name := range strings.Split(s.items, ",") {
		i := slices.IndexFunc(items, func(item *work.Item) bool { return item.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("-items: there is no %q among %v", name, names(items))
		}
		list = append(list, items[i])
	}
	return list, nil
}

// pageSizes are the sizes in the page's words.
func pageSizes() map[string]any {
	sizes := map[string]any{}
	for _, z := range work.Sizes {
		sizes[z.Name] = map[string]any{
			"obs": z.Obs, "act": z.Act, "hidden": z.Hidden, "batch": z.Batch, "particles": z.Particles,
			"sourceStd": z.SourceStd, "noiseStd": z.NoiseStd, "gamma": z.Gamma, "tau": z.Tau, "lr": z.LR,
		}
	}
	return sizes
}

// sameUpdates demands that the libraries do the same work: the losses of three updates from the same numbers agree.
func (s *session) sameUpdates() error {
	const tolerance = 1e-3 // relative; float32 in another order, and after an update a best candidate may change
	for _, z := range work.Sizes {
		var first []float64
		for _, who := range peers {
			losses, err := ask[[]float64](s.browser, map[string]any{"op": "check", "who": who, "item": z.Name})
			if err != nil {
				return err
			}
			if first == nil {
				first = losses
				continue
			}
			for i, x := range losses {
				if !(math.Abs(x-first[i]) <= tolerance*math.Abs(first[i])) || len(losses) != len(first) {
					return fmt.Errorf("%s does other work than %s at %s: losses %v and %v", who, peers[0], z.Name, losses, first)
				}
			}
		}
		s.record.Losses[z.Name] = first
	}
	return nil
}
