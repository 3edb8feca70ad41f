// Package reference reads what MuJoCo computed for the planar bodies: compiled constants, single evaluations and
// trajectories, for the tests of engine. The files are made with MuJoCo 3.3.8 (one with 3.14) in double precision
// with the solver run to convergence; they lie compressed in testdata. The variable ONESTEP_MUJOCO_DATA names a
// folder to use in their place, of .json or .json.gz files in the same format: planar_models, states_NAME, traj_NAME,
// any of them absent, fields of states and runs absent at will.
package reference

import (
	"compress/gzip"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

//go:embed testdata
var builtIn embed.FS

// Folder returns the files in use and whether they are the built-in ones.
func Folder() (files fs.FS, own bool) {
	if dir := os.Getenv("ONESTEP_MUJOCO_DATA"); dir != "" {
		return os.DirFS(fromRoot(dir)), false
	}
	sub, err := fs.Sub(builtIn, "testdata")
	if err != nil {
		panic(err)
	}
	return sub, true
}

// fromRoot takes a relative folder from the module's root: tests run in their packages' folders.
func fromRoot(dir string) string {
	if filepath.IsAbs(dir) {
		return dir
	}
	root := "."
	for range 20 {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			return filepath.Join(root, dir)
		}
		root = filepath.Join(root, "..")
	}
	return dir
}

// Names returns the files' names without .json and .gz that begin with prefix, in order.
func Names(prefix string) ([]string, error) {
	files, _ := Folder()
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		base := strings.TrimSuffix(e.Name(), ".gz")
		if strings.HasPrefix(base, prefix) && strings.HasSuffix(base, ".json") {
			names = append(names, strings.TrimSuffix(base, ".json"))
		}
	}
	return names, nil
}

// Read decodes the file of that name into v.
func Read(name string, v any) error {
	files, _ := Folder()
	for _, suffix := range []string{".json", ".json.gz"} {
		f, err := files.Open(name + suffix)
		if err != nil {
			continue
		}
		defer f.Close()
		var r io.Reader = f
		if path.Ext(suffix) == ".gz" {
			if r, err = gzip.NewReader(f); err != nil {
				return fmt.Errorf("reference: %s: %w", name, err)
			}
		}
		if err := json.NewDecoder(r).Decode(v); err != nil {
			return fmt.Errorf("reference: %s: %w", name, err)
		}
		return nil
	}
	return fmt.Errorf("reference: no file %s", name)
}

// States is a states_NAME file.
type States struct {
	Model  string
	MuJoCo string
	States []State
}

// State is one evaluation. Absent fields are nil.
type State struct {
	QPos, QVel, Ctrl []float64
	M                [][]float64
	QFrcBias         []float64 `json:"qfrc_bias"`
	QFrcPassive      []float64 `json:"qfrc_passive"`
	QFrcFluid        []float64 `json:"qfrc_fluid"`
	QFrcActuator     []float64 `json:"qfrc_actuator"`
	QAccSmooth       []float64 `json:"qacc_smooth"`
	QFrcConstraint   []float64 `json:"qfrc_constraint"`
	QAcc             []float64
	NCon, NEFC       *int
	EFC              []Row
	Contacts         []Contact
}

// Row is one constraint row.
type Row struct {
	Type                                        int
	Pos, Margin, Vel, ARef, K, B, Imp, R, Force float64
	J                                           []float64
}

// Contact is one contact, in space.
type Contact struct {
	Geom1, Geom2 int
	Dist         float64
	Pos          []float64
	Frame        []float64
}

// Trajectories is a traj_NAME file.
type Trajectories struct {
	Model     string
	MuJoCo    string
	FrameSkip int `json:"frame_skip"`
	Timestep  float64
	Runs      map[string]Run
}

// Run is one trajectory: the values after each control period.
type Run struct {
	QPos0, QVel0, WarmStart []float64
	Ctrl, QPos, QVel        [][]float64
	NCon, NLim              []int
	RewardV4                []float64 `json:"reward_v4"`
	RewardV5                []float64 `json:"reward_v5"`
	Terminated              []float64
	Aux                     [][]float64
}

// SumMargins reports whether a MuJoCo version adds the margins of two geoms (3.5 and later).
func SumMargins(version string) bool {
	parts := strings.Split(version, ".")
	if len(parts) < 2 {
		return false
	}
	major, err1 := strconv.Atoi(parts[0])
	minor, err2 := strconv.Atoi(parts[1])
	return err1 == nil && err2 == nil && (major > 3 || major == 3 && minor >= 5)
}

// Model is one entry of planar_models: compiled constants.
type Model struct {
	Plane              string
	FrameSkip          int `json:"frame_skip"`
	Timestep           float64
	Integrator         string
	Gravity            [2]float64
	Density, Viscosity float64
	ImpRatio           float64
	QPos0              []float64
	Bodies             []Body
	Joints             []Joint
	Geoms              []Geom
	Pairs              []Pair `json:"collision_pairs"`
	Actuators          []Actuator
	Sites              []Site
}

// Body is a compiled body.
type Body struct {
	Name             string
	Parent           int
	Pos              [2]float64
	Mass             float64
	COM              [2]float64
	InertiaN         float64       `json:"inertia_n"`
	InertiaPrincipal [3]float64    `json:"inertia_principal"`
	InertiaAxes      [3][3]float64 `json:"inertia_axes_in_body"`
	InertiaBox       [3]float64    `json:"inertia_box"`
	Tran             float64       `json:"invweight0_tran"`
	Rot              float64       `json:"invweight0_rot"`
}

// Joint is a compiled joint.
type Joint struct {
	Name, Type        string
	Body              int
	Pos               [2]float64
	Axis              [2]float64
	Sign              float64 `json:"ccw_sign"`
	QPos0             float64
	Limited           bool
	Range             [2]float64
	Margin, Stiffness float64
	SpringRef         float64
	Damping, Armature float64
	SolRefLimit       [2]float64 `json:"solref_limit"`
	SolImpLimit       [5]float64 `json:"solimp_limit"`
	DofInvWeight      float64    `json:"dof_invweight0"`
}

// Geom is a compiled geom.
type Geom struct {
	Name, Type  string
	Body        int
	Pos, Axis   [2]float64
	Size        [3]float64
	ConType     uint32
	ConAffinity uint32
	CondIm      int
	Friction    float64
	Margin, Gap float64
	SolRef      [2]float64
	SolImp      [5]float64
}

// Pair is two geoms that may touch.
type Pair struct {
	Geom1, Geom2 int
	CondIm       int
	Friction     float64
	Margin       float64 `json:"margin_pre35"`
	MarginSummed float64 `json:"margin_35plus"`
	SolRef       [2]float64
	SolImp       [5]float64
}

// Actuator is a compiled motor.
type Actuator struct {
	Joint     int
	Gear      float64
	CtrlRange [2]float64
}

// Site is a named point.
type Site struct {
	Name string
	Body int
	Pos  [2]float64
}
