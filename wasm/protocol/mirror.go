package protocol

import "encoding/json"

// MirrorRequest asks for a path of mirror descent.
type MirrorRequest struct {
	Column   int             `json:"column"`            // 0 or 1, where it is shown
	Problem  string          `json:"problem,omitempty"` // a name of package tabular
	Grid     json.RawMessage `json:"grid,omitempty"`    // or a drawing, tabular.Grid
	Settings json.RawMessage `json:"settings"`          // tabular.Settings
}

// MirrorPathInfo heads a path.
type MirrorPathInfo struct {
	Column     int             `json:"column"`
	Problem    string          `json:"problem"`
	About      string          `json:"about"`
	States     int             `json:"states"`
	Actions    int             `json:"actions"`
	Gamma      float64         `json:"gamma"`
	Terminal   []int           `json:"terminal"`
	Layout     []string        `json:"layout,omitempty"` // of a grid
	Cells      [][2]int        `json:"cells,omitempty"`
	Settings   json.RawMessage `json:"settings"` // with every default
	Optimum    float64         `json:"optimum"`  // rho V*
	BoundOn    string          `json:"boundOn"`
	Note       string          `json:"note"`
	Iterations int             `json:"iterations"`
	Frames     []int           `json:"frames"` // the k of each frame
	Seconds    float64         `json:"seconds"`
}

// MirrorProgressInfo says how far a path is.
type MirrorProgressInfo struct {
	Column int `json:"column"`
	K      int `json:"k"`
	Of     int `json:"of"`
}

// MirrorLearning asks for a map to be learned.
type MirrorLearning struct {
	Seed uint64 `json:"seed"`
}

// MirrorGenerationInfo is a map that learns.
type MirrorGenerationInfo struct {
	Generation int       `json:"generation"`
	Of         int       `json:"of"`
	W          []float64 `json:"w"` // [5] of a mixed map
	Shortfall  float64   `json:"shortfall"`
}

// MirrorComparedInfo are maps and steps on grids that none has learned on.
type MirrorComparedInfo struct {
	Bars []MirrorBar `json:"bars"`
}

// MirrorBar is the mean share of V*(rho) that a map and a step leave.
type MirrorBar struct {
	Name      string  `json:"name"`
	Eta       float64 `json:"eta"`
	Shortfall float64 `json:"shortfall"`
}

// MirrorMapRequest asks for the curves of a mirror map.
type MirrorMapRequest struct {
	Map   json.RawMessage `json:"map"`   // tabular.Map
	Start []float64       `json:"start"` // [3] the point of the simplex that distances are measured to
}

// MirrorCurvesInfo heads them. The lattice has the points (i, j, n-i-j)/n, i from 0, j from 0 to n-i, j fastest.
type MirrorCurvesInfo struct {
	Points  int `json:"points"`
	Lattice int `json:"lattice"` // n
}
