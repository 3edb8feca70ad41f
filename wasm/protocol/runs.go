package protocol

// Comparison asks for statistics (package stats) of groups of runs that differ in their seed alone.
type Comparison struct {
	Groups [][]float64   `json:"groups"` // [groups][runs] one score a run
	Tau    []float64     `json:"tau"`    // thresholds of the performance profile
	Curves [][][]float64 `json:"curves"` // [groups][points][runs] values at common places of the axis; a point without runs has neither mean nor interval
}

// Statistic is a number with its 95 % bootstrap interval {low, high}. null stands for what cannot be said: the interval of one
// run, or anything of none.
type Statistic struct {
	Value    *float64    `json:"value"`
	Interval *[2]float64 `json:"interval"`
}

// ComparedInfo answers a Comparison.
type ComparedInfo struct {
	IQM         []Statistic   `json:"iqm"`         // [groups] interquartile mean
	Profile     [][]Statistic `json:"profile"`     // [groups][thresholds] share of runs above
	Improvement [][]Statistic `json:"improvement"` // [groups][groups] probability that a run of the row scores above one of the column
	Curves      [][]Statistic `json:"curves"`      // [groups][points] mean
}

// GaugeInfo is what a training costs on this machine, as measured for a moment.
type GaugeInfo struct {
	StepSeconds       float64 `json:"stepSeconds"`       // of an environment step with its updates
	EvaluationSeconds float64 `json:"evaluationSeconds"` // of an evaluation whose episodes take all of their steps
	Seconds           float64 `json:"seconds"`           // of the whole run in one worker
}

// ScoreRequest asks for one more episode of a policy with one step and with many. The two begin alike and draw the same noise, and
// the n-th episode is the n-th of every evaluation.
type ScoreRequest struct {
	Of        string    `json:"of"`        // names what is scored; the answer repeats it
	ManySteps int       `json:"manySteps"` // 2..32
	Latency   float64   `json:"latency"`   // s of simulated time that one evaluation of the network takes
	One       []float64 `json:"one"`       // [episodes] returns of the episodes before, with one step
	Many      []float64 `json:"many"`      // [episodes] the same with many
}

// ScoredInfo answers a ScoreRequest: all returns so far, and what they say.
type ScoredInfo struct {
	Of         string    `json:"of"`
	One        []float64 `json:"one"`
	Many       []float64 `json:"many"`
	OneMean    Statistic `json:"oneMean"`
	ManyMean   Statistic `json:"manyMean"`
	Difference Statistic `json:"difference"` // mean of many - one, episode by episode

	Problem string `json:"problem,omitempty"` // why there are none
	Burst   string `json:"burst,omitzero"`    // the episode played last, where it ended since its body or its reward left the finite numbers
}

// GridRequest asks for more episodes of one way of acting (package grid), which begin behind those that were played. Without
// episodes the answer is the grid of the policy with empty cells.
type GridRequest struct {
	K        int       `json:"k"`
	BestOf   int       `json:"bestOf"`
	Episodes int       `json:"episodes"` // 0..MostGridEpisodes
	Returns  []float64 `json:"returns"`  // [episodes before]
	Timed    bool      `json:"timed"`    // the time of an action is measured too
	Latency  float64   `json:"latency"`  // simulated time that one evaluation of the network takes, s, 0..1
}

// MostGridEpisodes are played at once, and ten times as many in all.
const MostGridEpisodes = 100

// GridProgress tells how far a cell is.
type GridProgress struct {
	Done float64 `json:"done"` // 0..1
}
