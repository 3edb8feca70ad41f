package env

import (
	"fmt"
	"strconv"

	"onestep/engine/physics"
)

// Task is everything about a task that never changes. It stands in the task's own file; the page, the headless program,
// exports, tables and the Makefile read it from here. The settings with which agents train on a task are the agents', kept
// under its Base.
type Task struct {
	Name    string `json:"name"`    // "hopper_v5": in links, flags and files
	Base    string `json:"base"`    // "hopper": the name without the version
	Title   string `json:"title"`   // "Hopper-v5": as its family names it
	Label   string `json:"label"`   // "Hopper": in lists
	Family  string `json:"family"`  // "Gymnasium", or "" for a person's own body
	Version int    `json:"version"` // of the family's definition; 0: none
	Group   string `json:"group"`   // the heading that it stands under in lists
	Does    string `json:"does"`    // completes the sentence "the action that ..."
	Text    string `json:"text"`    // the body and its reward, for a person
	Success string `json:"success"` // what success looks like where the return does not tell it, otherwise ""

	MaxSteps      int     `json:"maxSteps"`      // Truncated after so many steps
	ControlPeriod float64 `json:"controlPeriod"` // s of simulated time between two actions
	Solved        float64 `json:"solved"`        // mean return from which this program calls the task learned
	Goal          float64 `json:"goal"`          // one-step return that was aimed at before the published runs

	ObsDim       int        `json:"obsDim"`
	ActDim       int        `json:"actDim"`
	Observations []Quantity `json:"observations,omitempty"` // [ObsDim]
	Actions      []Quantity `json:"actions"`                // [ActDim]
	ActionScale  []float64  `json:"actionScale,omitempty"`  // [ActDim] the family's own action = ActionCenter + ActionScale * action in [-1,1]
	ActionCenter []float64  `json:"actionCenter,omitempty"` // [ActDim]; nil where all are 0

	Body   string `json:"body"`   // its MJCF, in assets/bodies; "" where the task is in closed form
	Travel bool   `json:"travel"` // the body travels, so that the camera follows it; otherwise the view stays on what is fixed
	Target int    `json:"target"` // the body that marks a place to reach; 0: none

	// New builds the task; nil for a person's own body, which NewCustom builds.
	New func() Env `json:"-"`
}

// Quantity is one number of an observation or an action.
type Quantity struct {
	Name  string  `json:"name"`  // "thigh torque"
	Unit  string  `json:"unit"`  // "N m"; "" for a pure number and where it is unknown
	Scale float64 `json:"scale"` // what an entry of 1 stands for, in Unit
	Joint int     `json:"joint"` // the joint that it belongs to, as Jointed counts; -1: none
}

// Families and groups of tasks.
const (
	Gymnasium = "Gymnasium"

	GroupBalance = "Balance"
	GroupReach   = "Reach"
	GroupMove    = "Move"
)

// String is the name with scale and unit: "height (m)", "thigh torque (200 N m)".
func (q Quantity) String() string {
	switch {
	case q.Unit == "":
		return q.Name
	case q.Scale == 1:
		return q.Name + " (" + q.Unit + ")"
	}
	return q.Name + " (" + strconv.FormatFloat(q.Scale, 'g', -1, 64) + " " + q.Unit + ")"
}

// ObsNames are the observations as texts, [ObsDim].
func (t *Task) ObsNames() []string { return texts(t.Observations) }

// ActNames are the actions as texts, [ActDim].
func (t *Task) ActNames() []string { return texts(t.Actions) }

func texts(list []Quantity) []string {
	names := make([]string, len(list))
	for i, q := range list {
		names[i] = q.String()
	}
	return names
}

// GymnasiumID is the task's id in Gymnasium, or "" where it is none of Gymnasium's.
func (t *Task) GymnasiumID() string {
	if t.Family != Gymnasium {
		return ""
	}
	return t.Title
}

// count fills in the dimensions.
func (t *Task) count() { t.ObsDim, t.ActDim = len(t.Observations), len(t.Actions) }

// numbers are quantities without a unit that belong to no joint.
func numbers(names ...string) []Quantity {
	list := make([]Quantity, len(names))
	for i, name := range names {
		list[i] = Quantity{Name: name, Scale: 1, Joint: -1}
	}
	return list
}

// measure is an observation in its unit.
func measure(name, unit string, joint int) Quantity {
	return Quantity{Name: name, Unit: unit, Scale: 1, Joint: joint}
}

// drive fills in what a body says of a task: the control period of so many timesteps, the actions, one for each actuator
// under the given names, and whether it travels. It returns the controls for an action of 0, [ActDim], or nil where all
// are 0.
//
// An action covers the actuator's range of control, +-1 where it has none. Where the actuator is a motor, whose force does
// not depend on the joint, Unit and Scale are those of the force.
func (t *Task) drive(m *physics.Model, frameSkip int, names []string) (center []float64) {
	if len(names) != m.NU {
		panic(fmt.Sprintf("env: %s names %d actions of %d actuators", t.Name, len(names), m.NU))
	}
	t.ControlPeriod = m.Option.Timestep * float64(frameSkip)
	t.Travel = len(m.Joints) > 0 && m.Floats(m.Joints[0].Body)
	center = make([]float64, m.NU)
	centered := true
	for i, a := range m.Actuators {
		lo, hi := -1.0, 1.0
		if a.CtrlLimited {
			lo, hi = a.CtrlRange[0], a.CtrlRange[1]
		}
		q := Quantity{Name: names[i], Scale: (hi - lo) / 2, Joint: a.Joint}
		t.ActionScale, center[i] = append(t.ActionScale, q.Scale), (hi+lo)/2
		centered = centered && center[i] == 0
		if a.Bias == [3]float64{} {
			q.Scale *= a.Gear * a.Gain
			q.Unit = "N m"
			if m.Joints[a.Joint].Type == physics.Slide {
				q.Unit = "N"
			}
		}
		t.Actions = append(t.Actions, q)
	}
	if centered {
		return nil
	}
	t.ActionCenter = center
	return center
}
