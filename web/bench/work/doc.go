// Package work holds what the benchmarks measure of this program: pieces of work that can be repeated any number of
// times. The same list, in the same order, runs natively and in the browser, so a number names an item in both.
package work

// Item is one piece of work.
type Item struct {
	Name  string
	Unit  string  // what one repetition is
	Flops float64 // floating-point operations of one repetition, 0 where that says nothing
	Run   func(n int)
}

// All lists every item: the networks', then those of the bodies. Its order is the items' numbering.
func All(bodies []*Body) []*Item {
	items := []*Item{Product(1024, 128, 128), Latency()}
	for _, size := range Sizes {
		items = append(items, Update(size))
		items = append(items, Agents(size)...)
	}
	for _, b := range bodies {
		items = append(items, b.Items()...)
	}
	return items
}
