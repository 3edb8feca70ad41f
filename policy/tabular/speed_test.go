package tabular

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkIteration is one iteration of the largest problems that the lab offers: a grid of 40 x 40 cells, whose bar is 30 a
// second, and the deep sea of 30 rows with a lookahead of 8, whose bar is 100 ms.
func BenchmarkIteration(b *testing.B) {
	grid, err := openGrid(40).MDP("grid")
	if err != nil {
		b.Fatal(err)
	}
	sea, err := Problem("deepsea:30,0.95")
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		m *MDP
		s Settings
	}{
		{grid, Settings{Method: "h-pmd", Step: Rule{Kind: "constant", Eta: 1}}},
		{grid, Settings{Method: "h-pmd", H: 4, Step: Rule{Kind: "adaptive"}}},
		{grid, Settings{Method: "h-pmd", Map: Map{Kind: "tsallis", Q: 1.5}, Step: Rule{Kind: "constant", Eta: 1}}},
		{grid, Settings{Method: "h-pmd", Map: Map{Kind: "mixed", W: []float64{0.25, 0.11, 0.02, 0.12, 0.06}}, Step: Rule{Kind: "constant", Eta: 1}}},
		{grid, Settings{Method: "bpmd", Tau: 0.05, Step: Rule{Kind: "constant", Eta: 1}}},
		{sea, Settings{Method: "h-pmd", H: 8, Step: Rule{Kind: "adaptive"}}},
	} {
		b.Run(strings.Trim(fmt.Sprintf("%s/%s-%s-h%d", c.m.Name, c.s.Method, c.s.Map.Kind, max(1, c.s.H)), "-"), func(b *testing.B) {
			p, err := NewPath(c.m, c.s)
			if err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			for range b.N {
				p.Advance()
				p.Row()
			}
		})
	}
}

// openGrid is a square without walls, from one corner to the goal in the other.
func openGrid(side int) *Grid {
	g := &Grid{Slip: 0.1, Step: -0.01, Gamma: 0.95}
	for range side {
		g.Layout = append(g.Layout, strings.Repeat(".", side))
	}
	g.Layout[side-1] = "S" + strings.Repeat(".", side-2) + "G"
	return g
}
