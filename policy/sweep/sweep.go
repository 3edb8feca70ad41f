// Package sweep expands a plan of trainings, tasks x settings x agents x seeds, into numbered runs. It starts nothing:
// whatever runs a number, a loop on one machine or an array job of a scheduler, gets the same run for it.
//
// A plan is a JSON file:
//
//	{
//	  "name": "layer norm",
//	  "blocks": [{
//	    "tasks": ["hopper", "walker2d"],
//	    "agents": ["fpmd-m", "sac"],
//	    "settings": [{"name": "base"}, {"name": "held", "config": {"policyLRDone": 190000}}],
//	    "seeds": [11, 12, 13, 14, 15],
//	    "steps": 250000, "k": 20, "bestOf": 1, "episodes": 20, "trial": true
//	  }]
//	}
//
// Numbers begin at 0 and count blocks, tasks, settings, agents and seeds, the seeds fastest. A plan that grows at its
// end keeps the numbers and folders of the runs that it had.
package sweep

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"onestep/engine/strict"
)

// MaxRuns bounds the runs of a plan.
const MaxRuns = 10_000

// Plan is a set of trainings.
type Plan struct {
	Name   string  `json:"name"`
	Blocks []Block `json:"blocks"`
}

// Block is a product of tasks, settings, agents and seeds that share a budget.
type Block struct {
	Tasks    []string  `json:"tasks"`
	Agents   []string  `json:"agents"`
	Settings []Setting `json:"settings,omitempty"` // none: the preset as it is
	Seeds    []uint64  `json:"seeds"`
	Steps    int       `json:"steps,omitempty"`    // environment steps; 0: the task's default
	Many     int       `json:"k,omitempty"`        // sampler steps of the evaluation that is not one-step; 0: the program's default
	BestOf   int       `json:"bestOf,omitempty"`   // candidates of a third evaluation; 0: none
	Episodes int       `json:"episodes,omitempty"` // per evaluation; 0: the program's default
	Trial    bool      `json:"trial,omitempty"`    // evaluate from the starts that settings are chosen on
}

// Setting is a named change of the settings.
type Setting struct {
	Name   string         `json:"name"`
	Preset string         `json:"preset,omitempty"` // to start from; "": the program's default
	Config map[string]any `json:"config,omitempty"` // over the preset, by JSON names
}

// Run is one training of a plan.
type Run struct {
	Index   int
	Task    string
	Agent   string
	Setting Setting // the zero Setting where the block names none
	Seed    uint64
	Block   *Block
}

// Read parses and checks a plan: its form, its names, the bound on its runs, and that no two runs share a folder. Whether
// a task, an agent or a setting exists is for the program to say.
func Read(b []byte) (*Plan, error) {
	p := &Plan{}
	if err := strict.Known(b, p); err != nil {
		return nil, fmt.Errorf("this is no plan: %w", err)
	}
	if len(p.Blocks) == 0 {
		return nil, errors.New("the plan has no blocks")
	}
	total := 0
	for i := range p.Blocks {
		n, err := p.Blocks[i].check()
		if err != nil {
			return nil, fmt.Errorf("block %d: %w", i, err)
		}
		if total += n; total > MaxRuns {
			return nil, fmt.Errorf("the plan has more than %d runs", MaxRuns)
		}
	}
	folders := map[string]int{}
	for _, r := range p.Runs() {
		if other, taken := folders[r.Folder()]; taken {
			return nil, fmt.Errorf("runs %d and %d are both %s", other, r.Index, r.Folder())
		}
		folders[r.Folder()] = r.Index
	}
	return p, nil
}

// word is what the name of a folder is made of.
var word = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)

// check returns the number of runs.
func (b *Block) check() (int, error) {
	for _, part := range []struct {
		name  string
		empty bool
	}{{"tasks", len(b.Tasks) == 0}, {"agents", len(b.Agents) == 0}, {"seeds", len(b.Seeds) == 0}} {
		if part.empty {
			return 0, fmt.Errorf("it names no %s", part.name)
		}
	}
	names := slices.Concat(b.Tasks, b.Agents)
	for _, s := range b.Settings {
		names = append(names, s.Name)
	}
	for _, name := range names {
		if !word.MatchString(name) {
			return 0, fmt.Errorf("%.80q cannot name a run: letters, digits, '_', '.' and '-' can, 64 at most", name)
		}
	}
	if b.Steps < 0 || b.Many < 0 || b.BestOf < 0 || b.Episodes < 0 {
		return 0, errors.New("steps, k, bestOf and episodes are at least 0")
	}
	total := max(len(b.Settings), 1)
	for _, n := range []int{len(b.Tasks), len(b.Agents), len(b.Seeds)} {
		if total *= n; total > MaxRuns {
			return 0, fmt.Errorf("it has more than %d runs", MaxRuns)
		}
	}
	return total, nil
}

// Runs lists the runs by their numbers.
func (p *Plan) Runs() []Run {
	var runs []Run
	for i := range p.Blocks {
		b := &p.Blocks[i]
		settings := b.Settings
		if len(settings) == 0 {
			settings = []Setting{{}}
		}
		for _, task := range b.Tasks {
			for _, setting := range settings {
				for _, agent := range b.Agents {
					for _, seed := range b.Seeds {
						runs = append(runs, Run{len(runs), task, agent, setting, seed, b})
					}
				}
			}
		}
	}
	return runs
}

// Folder is the run's place below the folder of the sweep: its task, agent, setting and seed.
func (r *Run) Folder() string {
	parts := []string{r.Task, r.Agent, strconv.FormatUint(r.Seed, 10)}
	if r.Setting.Name != "" {
		parts = slices.Insert(parts, 2, r.Setting.Name)
	}
	return strings.Join(parts, "-")
}

// Group names what the runs that differ in their seed alone have in common.
func (r *Run) Group() string {
	return strings.TrimSuffix(r.Folder(), "-"+strconv.FormatUint(r.Seed, 10))
}

// Args are the arguments of `fpmd train` that make the run in the folder out.
func (r *Run) Args(out string) []string {
	args := []string{"-task", r.Task, "-alg", r.Agent, "-seed", strconv.FormatUint(r.Seed, 10)}
	if r.Setting.Preset != "" {
		args = append(args, "-preset", r.Setting.Preset)
	}
	if len(r.Setting.Config) > 0 {
		config, err := json.Marshal(r.Setting.Config)
		if err != nil {
			panic("sweep: settings that came from JSON and are none: " + err.Error())
		}
		args = append(args, "-config", string(config))
	}
	for _, count := range []struct {
		flag string
		n    int
	}{{"-steps", r.Block.Steps}, {"-k", r.Block.Many}, {"-best-of", r.Block.BestOf}, {"-episodes", r.Block.Episodes}} {
		if count.n > 0 {
			args = append(args, count.flag, strconv.Itoa(count.n))
		}
	}
	if r.Block.Trial {
		args = append(args, "-trial")
	}
	return append(args, "-json", "-out", out)
}

// indexVariables hold the number of a task of an array job, by scheduler. All of them may begin at 0.
var indexVariables = []struct{ variable, scheduler string }{
	{"SLURM_ARRAY_TASK_ID", "Slurm"},
	{"JOB_COMPLETION_INDEX", "a Kubernetes Indexed Job"},
	{"PBS_ARRAY_INDEX", "PBS"},
	{"AWS_BATCH_JOB_ARRAY_INDEX", "AWS Batch"},
}

// Index reads the number of a run from what an array job sets. It is an error that no variable is set, that one is no
// number, and that two disagree.
func Index(lookup func(variable string) (string, bool)) (int, error) {
	index, from := -1, ""
	for _, v := range indexVariables {
		text, set := lookup(v.variable)
		if !set {
			continue
		}
		n, err := strconv.Atoi(text)
		switch {
		case err != nil || n < 0:
			return 0, fmt.Errorf("%s, which %s sets, is %.40q and no number of a run", v.variable, v.scheduler, text)
		case from != "" && n != index:
			return 0, fmt.Errorf("%s says run %d and %s run %d", from, index, v.variable, n)
		}
		index, from = n, v.variable
	}
	if from == "" {
		names := make([]string, len(indexVariables))
		for i, v := range indexVariables {
			names[i] = v.variable
		}
		return 0, fmt.Errorf("no number of a run: give one, or run under a scheduler that sets %s", strings.Join(names, ", "))
	}
	return index, nil
}
