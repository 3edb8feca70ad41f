package protocol

// LabRequest asks for what is exact about a target and a source: the fields of analysis.Spec, and of the picture.
type LabRequest struct {
	Target     string      `json:"target"`
	Mean       float64     `json:"mean"`
	Std        float64     `json:"std"`
	Modes      [][]float64 `json:"modes,omitempty"`  // {weight, mean, std} of each mode of a mixture
	Points     []float64   `json:"points,omitempty"` // [n*2] of a drawing
	Lambda     float64     `json:"lambda"`
	Step       int         `json:"step"`
	Wells      float64     `json:"wells"`
	Difference float64     `json:"difference"`

	SourceStd float64 `json:"sourceStd"` // c
	Steps     int     `json:"steps"`     // K of the picture
}

// LabTraining asks for a network.
type LabTraining struct {
	LabRequest
	Variant string `json:"variant"` // "rectified" or "meanflow"
	Seed    uint64 `json:"seed"`
	Updates int    `json:"updates"`
}

// LabLawInfo heads what is exact about a target.
type LabLawInfo struct {
	Dim         int       `json:"dim"`
	Steps       int       `json:"steps"`
	Particles   int       `json:"particles"` // of the paths
	Low         float64   `json:"low"`       // the picture's axis, or both of them
	High        float64   `json:"high"`
	Mean        []float64 `json:"mean"`     // [dim] where one step ends
	Variance    float64   `json:"variance"` // trace; its root is the exact one-step error
	Samples     int       `json:"samples"`  // behind each estimate, of the fit's rows and of the plane's
	Floor       float64   `json:"floor"`    // what the estimators give for the target itself
	EnergyFloor float64   `json:"energyFloor"`
	FieldTimes  int       `json:"fieldTimes"`
	FieldPoints int       `json:"fieldPoints"`
}

// LabFitInfo heads what a network has learned so far.
type LabFitInfo struct {
	Variant   string  `json:"variant"`
	Updates   int     `json:"updates"`
	Total     int     `json:"total"`
	Seconds   float64 `json:"seconds"` // of work on the fit, measuring included
	Loss      float64 `json:"loss"`
	Steps     int     `json:"steps"`
	Particles int     `json:"particles"`
	Done      bool    `json:"done"`
}
