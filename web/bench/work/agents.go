package work

import (
	"onestep/engine/rng"
	"onestep/policy/agents"
	"onestep/policy/fpmd"
	"onestep/policy/replay"
)

// Agents are whole updates of every agent as it trains: a batch drawn from the replay, noise drawn, as many sampler
// steps as its defaults have it (4 for FPMD-R, 1 for FPMD-M), the losses, Adam, targets, temperature. FPMD-R with one
// step is there too, because it is the one that does U's work and a little more (Mish, the values of the noisy actions).
func Agents(s Size) []*Item {
	var items []*Item
	for _, alg := range agents.Names() {
		items = append(items, agent(s, alg, alg, nil))
	}
	return append(items, agent(s, fpmd.R.Name, fpmd.R.Name+" K=1", map[string]any{"trainSteps": 1}))
}

func agent(s Size, alg, name string, overrides map[string]any) *Item {
	set := map[string]any{"hidden": s.Hidden, "batch": s.Batch, "particles": s.Particles}
	for k, v := range overrides {
		set[k] = v
	}
	for setting := range set {
		if !agents.Uses(alg, setting) {
			delete(set, setting)
		}
	}
	cfg, _, err := agents.Settings(agents.Browser, "pendulum", alg, set)
	must(err)
	row, err := agents.Find(alg)
	must(err)
	const transitions, run = 4096, 1 << 20
	a, err := row.New(cfg, s.Obs, s.Act, run, 4)
	must(err)
	src := rng.New(5)
	buffer := replay.New(s.Obs, s.Act, transitions)
	for range transitions {
		buffer.Add(normal(src, s.Obs), normal(src, s.Act), float32(src.Normal()), normal(src, s.Obs), false)
	}
	batch := buffer.NewBatch(s.Batch)
	return &Item{Name: s.Name + " " + name, Unit: "update", Run: func(n int) {
		for range n {
			buffer.Sample(batch, src)
			must(a.Update(batch))
		}
	}}
}

// must stops a benchmark that cannot be what it says.
func must(err error) {
	if err != nil {
		panic("work: " + err.Error())
	}
}
