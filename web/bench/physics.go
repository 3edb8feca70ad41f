//go:build !js

package main

import (
	"fmt"
	"io/fs"
	"math"
	"path"
	"slices"
	"strings"

	"onestep/assets"
	"onestep/web/bench/work"
)

// BodyResult compares this engine with MuJoCo's on one task.
type BodyResult struct {
	Task      string   `json:"task"`
	Timings   []Timing `json:"timings"`   // microseconds per environment step: onestep, mujoco, native, by loops, onestep again, each from the same rollout
	AsTask    []Timing `json:"asTask"`    // the same through the task: reward, observation, restart where it ends
	Error     float64  `json:"error"`     // largest difference of qpos after crossSteps environment steps, MuJoCo's solver run to convergence
	AtDefault float64  `json:"atDefault"` // the same with the solver's own tolerance
	SameBits  bool     `json:"sameBits"`  // qpos here natively and as wasm
}

// The two rollouts that are compared: their length in environment steps, and the tolerance at which MuJoCo's solver has
// converged (its own is 1e-8).
const (
	crossSteps     = 50
	crossTolerance = 1e-15
)

// The largest error allowed after crossSteps, absolute: the trajectories' bar, see engine/physics.
const crossBar = 1e-9

func (s *session) physics() error {
	bodies := work.Bodies()
	files, err := modelFiles()
	if err != nil {
		return err
	}
	mujoco, err := s.inPage("mujoco", map[string]any{"bodies": bodies, "files": files})
	if err != nil {
		return err
	}
	items := work.All(bodies)
	ours, err := s.inPage("onestep", map[string]any{"bodies": bodies, "items": names(items)})
	if err != nil {
		return err
	}
	here := native(items)
	wanted := bodies
	if s.items != "" {
		if wanted, err = chosen(bodies, s.items); err != nil {
			return err
		}
	}
	for _, b := range wanted {
		fmt.Fprintf(s.log, "  %s\n", b.Task)
		if err := s.sameModel(b); err != nil {
			return err
		}
		r := BodyResult{Task: b.Task}
		if err := s.cross(b, &r); err != nil {
			return err
		}
		if r.Timings, err = s.alternate(b.Task, []*contender{ours, mujoco, here, byLoops(ours), twice(ours)}); err != nil {
			return err
		}
		if r.AsTask, err = s.alternate(b.Task+" task", []*contender{ours, here}); err != nil {
			return err
		}
		s.record.Physics = append(s.record.Physics, r)
	}
	return nil
}

// chosen returns the bodies of the tasks that -items names.
func chosen(bodies []*work.Body, names string) ([]*work.Body, error) {
	var list []*work.Body
	for _, name := range strings.Split(names, ",") {
		i := slices.IndexFunc(bodies, func(b *work.Body) bool { return b.Task == name })
		if i < 0 {
			tasks := make([]string, len(bodies))
			for k, b := range bodies {
				tasks[k] = b.Task
			}
			return nil, fmt.Errorf("-items: there is no %q among %v", name, tasks)
		}
		list = append(list, bodies[i])
	}
	return list, nil
}

func names(items []*work.Item) []string {
	list := make([]string, len(items))
	for i, item := range items {
		list[i] = item.Name
	}
	return list
}

// modelFiles are the texts of assets/bodies by name.
func modelFiles() (map[string]string, error) {
	files := map[string]string{}
	list, err := fs.Glob(assets.Bodies, "bodies/*.xml")
	for _, name := range list {
		text, err := assets.Bodies.ReadFile(name)
		if err != nil {
			return nil, err
		}
		files[path.Base(name)] = string(text)
	}
	return files, err
}

// sameModel demands that both compilers made the same of a model file.
func (s *session) sameModel(b *work.Body) error {
	m, err := call[struct {
		NQ, NV, NU int
		Masses     []float64
		Timestep   float64
		RK4        bool
		Solver     int
		Iterations int
		Tolerance  float64
	}](s.browser, "mujoco", "model", b.Task)
	if err != nil {
		return err
	}
	if m.NQ != b.NQ || m.NV != b.NV || m.NU != b.NU || m.Timestep != b.Timestep || m.RK4 != b.RK4 || len(m.Masses) != len(b.Masses) {
		return fmt.Errorf("%s: MuJoCo compiles %+v", b.Task, m)
	}
	const newton = 2
	if m.Solver != newton {
		return fmt.Errorf("%s: MuJoCo's solver is %d, not Newton's", b.Task, m.Solver)
	}
	for i, mass := range b.Masses {
		if math.Abs(mass-m.Masses[i]) > 1e-12*(1+mass) { // rounding of a sum of a few terms
			return fmt.Errorf("%s: body %d weighs %v kg here and %v kg in MuJoCo", b.Task, i, mass, m.Masses[i])
		}
	}
	return nil
}

// cross runs the same rollout in both engines.
func (s *session) cross(b *work.Body, r *BodyResult) error {
	here := append([]float64(nil), b.Rollout(crossSteps)...)
	ours, err := call[[]float64](s.browser, "onestep", "rollout", b.Task, crossSteps)
	if err != nil {
		return err
	}
	exact, err := call[[]float64](s.browser, "mujoco", "rollout", b.Task, crossSteps, crossTolerance)
	if err != nil {
		return err
	}
	usual, err := call[[]float64](s.browser, "mujoco", "rollout", b.Task, crossSteps, 1e-8)
	if err != nil {
		return err
	}
	r.SameBits = difference(here, ours) == 0
	r.Error, r.AtDefault = difference(ours, exact), difference(ours, usual)
	if !(r.Error <= crossBar) {
		return fmt.Errorf("%s: qpos differs from MuJoCo's by %.3g after %d environment steps, more than %g", b.Task, r.Error, crossSteps, crossBar)
	}
	if !r.SameBits {
		return fmt.Errorf("%s: qpos differs between this process and the browser", b.Task)
	}
	return nil
}

// difference is the largest absolute difference of two vectors of one length; NaN where there is one.
func difference(a, b []float64) float64 {
	if len(a) != len(b) {
		return math.Inf(1)
	}
	worst := 0.0
	for i := range a {
		worst = max(worst, math.Abs(a[i]-b[i]))
	}
	return worst
}
