package env

import "onestep/engine/physics"

// What the environments in closed form are beside Env.
func (j *judged) handled() Handled { return j.Env.(Handled) }

// Grab implements Handled.
func (j *judged) Grab(body int, at [2]float64) { j.handled().Grab(body, at) }

// Drag implements Handled.
func (j *judged) Drag(to [2]float64) { j.handled().Drag(to) }

// Release implements Handled.
func (j *judged) Release() { j.handled().Release() }

// Push implements Handled.
func (j *judged) Push(direction float64) { j.handled().Push(direction) }

// Joints implements Jointed.
func (j *judged) Joints(dst []physics.JointMark) []physics.JointMark {
	return j.Env.(Jointed).Joints(dst)
}

// RestoreObservation puts the environment where the observation was made; the episode's clock starts anew.
func (j *judged) RestoreObservation(obs []float64) error {
	err := j.Env.(interface{ RestoreObservation(obs []float64) error }).RestoreObservation(obs)
	if err == nil {
		j.steps, j.ended, j.broken = 0, false, nil
	}
	return err
}
