package env

import (
	"fmt"
	"math"

	"onestep/engine/formula"
)

// judge holds a person's own reward and end, expressions of a task's quantities after a step.
type judge struct {
	reward, done         func() float64 // nil: the task's own
	rewardText, doneText string
	quantities
}

// of returns reward and end of a step that the task itself would give these. A reward that is not finite counts 0 and ends
// the episode; broken says so.
func (j *judge) of(reward float64, terminated bool) (float64, bool, error) {
	j.refresh()
	if j.done != nil {
		terminated = j.done() != 0
	}
	if j.reward == nil {
		return reward, terminated, nil
	}
	if reward = j.reward(); math.IsNaN(reward) || math.IsInf(reward, 0) {
		return 0, true, fmt.Errorf("the reward %s became %g", j.rewardText, reward)
	}
	return reward, terminated, nil
}

// newJudge compiles the expressions; the empty ones stay nil.
func newJudge(reward, done string, q quantities, scope formula.Scope) (*judge, error) {
	j := &judge{quantities: q, rewardText: reward, doneText: done}
	var err error
	if reward != "" {
		if j.reward, err = formula.Number(reward, scope); err != nil {
			return nil, fmt.Errorf("reward %w", err)
		}
	}
	if done != "" {
		ends, err := formula.Condition(done, scope)
		if err != nil {
			return nil, fmt.Errorf("end %w", err)
		}
		j.done = func() float64 {
			if ends() {
				return 1
			}
			return 0
		}
	}
	return j, nil
}

// judgedBy puts a person's reward and end in place of a task's; what is empty stays.
func judgedBy(e Env, reward, done string) (Env, error) {
	if reward == "" && done == "" {
		return e, nil
	}
	if a, ok := e.(*Articulated); ok {
		return a, a.judgeBy(reward, done)
	}
	j := &judged{Env: e, task: paid(e.Spec(), reward)}
	j.obs, j.action = make([]float64, j.task.ObsDim), make([]float64, j.task.ActDim)
	var err error
	j.own, err = newJudge(reward, done, j, j.scope())
	return j, err
}

// judgeBy puts a person's reward and end in place of the task's; what is empty stays.
func (a *Articulated) judgeBy(reward, done string) error {
	if reward == "" && done == "" {
		return nil
	}
	q := newBodyQuantities(a)
	j, err := newJudge(reward, done, q, q.scope())
	if err != nil {
		return err
	}
	a.own, a.task = j, paid(a.task, reward)
	return nil
}

// paid is a task with another reward, of which one a step is called learned.
func paid(t *Task, reward string) *Task {
	if reward == "" {
		return t
	}
	own := *t
	own.Solved = float64(t.MaxSteps)
	return &own
}

// judged is an environment in closed form with a person's own reward and end.
type judged struct {
	Env
	own    *judge
	task   *Task
	obs    []float64
	action []float64
	steps  int
	ended  bool
	broken error
}

// Spec implements Env.
func (j *judged) Spec() *Task { return j.task }

// Reset implements Env.
func (j *judged) Reset(seed uint64) {
	j.Env.Reset(seed)
	j.steps, j.ended, j.broken = 0, false, nil
}

// Step implements Env. Where the environment itself cannot go on, the episode ends whatever the condition says.
func (j *judged) Step(action []float64) Result {
	if j.ended {
		panic("env: Step after the end of an episode; call Reset first")
	}
	for i := range j.action {
		j.action[i] = clip(action[i], -1, 1)
	}
	r := j.Env.Step(action)
	j.steps++
	final := r.Terminated
	r.Reward, r.Terminated, j.broken = j.own.of(r.Reward, r.Terminated)
	r.Terminated = r.Terminated || final
	r.Truncated = r.Truncated && !r.Terminated
	j.ended = r.Terminated || r.Truncated
	return r
}

// State implements Env: the environment's own, the steps, 1 if the episode has ended.
func (j *judged) State(dst []float64) []float64 {
	return append(j.Env.State(dst), float64(j.steps), flag(j.ended))
}

// Restore implements Env.
func (j *judged) Restore(state []float64) error {
	n := len(state) - 2
	if n < 0 {
		return fmt.Errorf("a state of %d numbers", len(state))
	}
	if err := finite(state[n:]); err != nil {
		return err
	}
	if steps := state[n]; steps < 0 || steps > float64(j.task.MaxSteps) || steps != math.Trunc(steps) {
		return fmt.Errorf("the step count is a whole number in 0..%d, not %g", j.task.MaxSteps, steps)
	}
	if err := j.Env.Restore(state[:n]); err != nil {
		return err
	}
	j.steps, j.ended, j.broken = int(state[n]), state[n+1] != 0, nil
	return nil
}
