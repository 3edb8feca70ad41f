// Package protocol defines the messages between the three parties of the page: their
// numbers, their JSON bodies, and the columns of the typed arrays that carry the hot ones.
// It imports only the standard library and engine/strict, which judges JSON, and runs natively, so that its tests need no browser.
//
// # Who talks to whom
//
//	                      page (JavaScript, main thread)
//	       owns: the page state and its URL, the worker's life, the newest policy bytes,
//	             the curves and dots of the run, files in and out
//	          |                                             ^
//	LoadPolicy, SetSampler, SetPlay, SetScrub,              | StageReady, PolicyLoaded, StageStats,
//	SetTask, SetDrive, SetView, SetLane, Push, SelectDot,   | StateSelected, FileDropped, KeyPressed,
//	Configure, Curve, Dots, Export, ExportPanel, QRCode     | BodyShown, Exported, PanelExported, ScrubMoved,
//	        |                                               | LayerSwitched, Described, StageError
//	          v                                             |
//	 stage (Go wasm in a same-origin iframe, main thread)   |
//	       owns: what is drawn and the body that is simulated for the eye; may be reloaded
//	             at any moment, and is brought back by the page from what the page holds
//
//	                      page
//	          |                                             ^
//	Train, Pause, Continue, Stop, SaveRun, LoadRun, SetLive,| WorkerReady, Started, Paused, Running,
//	Draft, SaveNow, LoadState                               | Stopped, Metrics, Evaluation, Snapshot,
//	          v                                             | Dots, RunFile, Finished, Drafted,
//	 worker (Go wasm in a Web Worker)                       | Autosave, Keyframe, Recorded, WorkerError
//	       owns: the agent, its replay and its random streams
//
//	                      page
//	          |                                             ^
//	Help (with one end of a channel)                        | HelpWanted, HelperDismissed
//	          v                                             |
//	 worker of a run whose batches have shards              |
//	          |                                             ^
//	Replica, Shards, Summed      (through the channel)      | HelperReady, Gradients
//	          v                                             |
//	 helper (another worker of the same program; the page starts it by Assist, with the channel's other end)
//	       owns: a replica of the agent, without environment and replay
//
//	                      page, while the variance lab is open
//	          |                                             ^
//	LabExact, LabTrain, LabStop                             | WorkerReady, LabLaw, LabStarted, LabFit,
//	          v                                             | LabStopped, WorkerError
//	 a second worker, of the same program
//	       owns: the targets of the lab, their exact laws and the network that is fitted to one
//
//	                      page, while the mirror lab is open
//	          |                                             ^
//	MirrorFollow, MirrorLearn, MirrorMap                    | WorkerReady, MirrorPath, MirrorProgress,
//	          v                                             | MirrorGeneration, MirrorCompared,
//	                                                        | MirrorCurves, WorkerError
//	 a third worker, of the same program
//	       owns: the finite problems, their paths and the map that learns
//
//	                      page, with runs in its queue
//	          |                                             ^
//	the same as to the worker above                         | the same
//	          v                                             |
//	 workers of the queue, one a run
//
//	                      page, while a grid is filled in
//	          |                                             ^
//	Grid                                                    | WorkerReady, Gridding, Gridded, WorkerError
//	          v                                             |
//	 as many workers as the queue has, of the same program
//
//	                      page, while the place Experiments is open
//	          |                                             ^
//	Compare, Gauge                                          | WorkerReady, Compared, Gauged, WorkerError
//	          v                                             |
//	 one more worker, of the same program: statistics, and what a training costs on this machine
//
// Stage and worker never talk to each other: the page passes Snapshot on as LoadPolicy, Evaluation as
// Curve and Dots as Dots, and keeps the last of each, so that a reloaded stage gets them again. Where no trained
// policy of an agent is shipped, the page asks the worker for an untrained one by Draft and passes Drafted on as
// LoadPolicy. Export carries the policy file that is to be written in another format, whatever the stage shows; it
// stands there because the stage's program has the code anyway, and the worker's would grow by 63 kB (gzip).
//
// # A training, from the first press
//
//	page            worker                                      stage
//	 | -- Train ----> |                                            |
//	 | <- Started --- |   (the configuration as it was accepted)   |
//	 | <- Metrics --- |   (about 5 a second)                       |
//	 | <- Snapshot -- | ---- page: LoadPolicy (source training) -> |
//	 | <----------------------- PolicyLoaded --------------------- |
//	 | <- Evaluation  | ---- page: Curve ------------------------> |
//	 | <- Dots ------ | ---- page: Dots -------------------------> |
//	 | -- Pause ----> |                                            |
//	 | <- Snapshot -- |   (the paused run's own policy)            |
//	 | <- Paused ---- |   (the worker yields to its queue every 5 ms of work)
//	 | -- SaveRun --> |                                            |
//	 | <- RunFile --- |                                            |
//	 | <- Autosave -- |   (unasked, every few seconds of training; the page stores it, and after a lost worker, a reload
//	 |                |    or a closed tab sends it to another worker as LoadState)
//	 | -- Stop -----> |                                            |
//	 | <- Stopped --- |                                            |
//
// # An update in shards
//
//	worker                                  helper
//	 | ------------ Shards ----------------> |   (rows of the batch, seed of the noise)
//	 |  own shards                           |  its shards
//	 | <----------- Gradients -------------- |
//	 |  sum, in the order of the shards      |
//	 | ------------ Summed ----------------> |
//	 |  the step                             |  the same step, so that no weights are ever sent
//
// A helper that is late, or gone, costs time and no bit: the worker computes its shards itself. A helper joins between
// two updates, by Replica.
//
// # The envelope
//
// A message is one structured-cloned object {v, type, id, body, data}: v is Version, type a Type,
// id the request's number (an answer repeats the number of its request; 0 where none was asked),
// body a JSON text ("" where the type has none) and data an array of typed arrays or ArrayBuffers,
// transferred, not copied. A receiver refuses another version and an unknown type with an error message
// and changes nothing.
//
// The build writes the numbers into a module for the page, web/js/protocolnumbers.js of the site.
package protocol

import "encoding/json"

// Version is the number of this protocol; page, stage and worker must agree on it.
const Version = 1

// Type numbers a kind of message.
type Type int

// From the page to the worker.
const (
	Train     Type = 10 // body TrainRequest; starts from scratch, or with the networks of a policy file in data[0]; answered by Started or WorkerError
	Pause     Type = 11 // answered by Paused, after a last Snapshot; the run stays in memory
	Continue  Type = 12 // answered by Running
	Stop      Type = 13 // answered by Stopped; the run is dropped
	SaveRun   Type = 14 // answered by RunFile
	LoadRun   Type = 15 // data[0] the bytes of a run file; answered by Started (paused) or WorkerError
	SetLive   Type = 16 // body Live; how the running training evaluates and reports
	Draft     Type = 17 // body TrainRequest; asks for the policy that such a training begins with; answered by Drafted
	SaveNow   Type = 18 // body SaveOrder; asks for an Autosave at once
	LoadState Type = 19 // data[0] a state, the others its blocks in order; body StateChange or none; answered by Started (paused) or WorkerError
	Help      Type = 20 // body the HelpOrder that is followed; with a port to the helper
	Assist    Type = 21 // to a fresh worker, with a port to the one that it is to help from now on
)

// From the page to the worker of the variance lab, another instance of the same program.
const (
	LabExact Type = 25 // body LabRequest; answered by LabLaw or WorkerError
	LabTrain Type = 26 // body LabTraining; a fit that runs is dropped; answered by LabStarted or WorkerError
	LabStop  Type = 27 // the fit's network stays as it is shown; answered by LabStopped
)

// From the worker of the variance lab to the page.
const (
	LabLaw     Type = 95 // body LabLawInfo; data as LabLaw* says
	LabStarted Type = 96 // no body
	LabFit     Type = 97 // body LabFitInfo; data[0] Float64Array [rows*NumLabRow]; data[1] Float32Array [(steps+1)*particles*dim] paths
	LabStopped Type = 98 // no body
)

// From the page to the worker of the mirror lab, one more instance of the same program, and back.
const (
	MirrorFollow Type = 28 // body MirrorRequest; an older one of the same column is refused; answered by MirrorPath or WorkerError
	MirrorLearn  Type = 29 // body MirrorLearning; answered by MirrorCompared after the last generation, or by WorkerError
	MirrorMap    Type = 24 // body MirrorMapRequest; answered by MirrorCurves or WorkerError

	MirrorPath       Type = 99  // body MirrorPathInfo; data as MirrorData* says
	MirrorProgress   Type = 100 // body MirrorProgressInfo; unasked, while a path takes long
	MirrorGeneration Type = 101 // body MirrorGenerationInfo; unasked, after each generation
	MirrorCompared   Type = 102 // body MirrorComparedInfo
	MirrorCurves     Type = 103 // body MirrorCurvesInfo; data[0] Float64Array [points] inv at p = i/points, i = 1..points; data[1] Float64Array D_h(p, start) on a lattice of the simplex
)

// Blocks of the data of MirrorPath. Frames are the iterations of which policy and values are kept.
const (
	MirrorDataRows   = iota // Float64Array [(iterations+1)*NumMirrorRow]
	MirrorDataV             // Float32Array [frames*states]
	MirrorDataPi            // Float32Array [frames*states*actions]
	MirrorDataQ             // Float32Array [frames*states*actions], Q of pi_k, one step
	MirrorDataVisits        // Float32Array [frames*states], d_rho of pi_k
	MirrorDataBest          // Float32Array [states*(1+actions)]: V*, and behind it pi*
	NumMirrorData
)

// Columns of a row of a MirrorPath. What does not belong is NaN.
const (
	MirrorRowK         = iota
	MirrorRowGapRho    // rho (V* - V^k)
	MirrorRowGapSup    // max_s (V* - V^k)
	MirrorRowBound     // on what boundOn names
	MirrorRowEntropy   // mean over states, nats
	MirrorRowVariance  // mean of 1 - sum pi^2; of doublewell that of the action's place
	MirrorRowMove      // max_s D_h(pi_(k+1), pi_k)
	MirrorRowEta       // of the step from k
	MirrorRowValue     // rho V^k
	MirrorRowPotential // of nu*
	MirrorRowBackups
	MirrorRowEvaluations
	MirrorRowUpdates
	NumMirrorRow
)

// Blocks of the data of LabLaw.
const (
	LabLawRows    = iota // Float64Array [rows*NumLabRow], the exact laws of several K; estimates in the plane
	LabLawTarget         // Float32Array: on the line its density at evenly spaced x from Low to High; in the plane draws [n*2]
	LabLawPaths          // Float32Array [(steps+1)*particles*dim]: ways of particles over the chosen K steps, positions at t = i/K
	LabLawField          // Float32Array: velocities over a grid of fieldTimes times from 0 and fieldPoints positions an axis, the last axis fastest; [dim] each
	LabLawSteps          // Float32Array [steps*2]: the error that each step adds on the exact path and its bound; empty but for mixtures on the line
	LabLawDescent        // Float32Array [n]: the one-step error after 0, 1, ... steps of mirror descent; empty for other targets
	NumLabLaw
)

// Columns of a row of a LabLaw or a LabFit. What was not computed is NaN.
const (
	LabRowK      = iota // steps
	LabRowW2            // to the target
	LabRowStd           // of the law, root of the covariance's trace
	LabRowEnergy        // energy distance to the target
	LabRowShift         // distance of the means
	NumLabRow
)

// From the worker to the page.
const (
	WorkerReady Type = 30 // body WorkerInfo
	Started     Type = 31 // body RunInfo
	Paused      Type = 32 // body RunInfo
	Running     Type = 33 // body RunInfo
	Stopped     Type = 34 // no body
	Metrics     Type = 35 // data[0] Float64Array [rows*NumMetrics]
	Evaluation  Type = 36 // data[0] Float64Array [NumEvaluation]
	Snapshot    Type = 37 // data[0] the bytes of a policy file; body RunInfo
	// Dots go from worker to page and from page to stage: body DotsInfo; data[0] Float32Array [count*(obsDim+NumDot)];
	// where stateDim > 0 data[1] Float64Array [count*stateDim], the environment's State at each of them.
	Dots        Type = 38
	RunFile     Type = 39 // data[0] the bytes of a run file; body RunInfo
	Finished    Type = 40 // body RunInfo; the step budget is spent
	WorkerError Type = 41 // body Failure
	Drafted     Type = 42 // data[0] the bytes of a policy file
	Autosave    Type = 43 // data[0] a block of new transitions, data[1] the state behind it, or none yet; body AutosaveInfo
	// HelpWanted dismisses all helpers; body HelpOrder: the page starts so many new ones, or as many as the machine has cores for.
	HelpWanted      Type = 44
	HelperDismissed Type = 45 // body HelpOrder: Helper does not answer
)

// Of runs that are kept and compared. Compare, Gauge and Grid are asked of any worker of the program.
const (
	Compare Type = 110 // body Comparison; answered by Compared or WorkerError
	Gauge   Type = 111 // body TrainRequest; answered by Gauged or WorkerError
	Score   Type = 118 // body ScoreRequest; data[0] a policy file; answered by Scored, or by nothing where a run begins meanwhile

	Grid     Type = 120 // body GridRequest; data[0] a policy file; answered by Gridded or WorkerError
	Gridded  Type = 121 // body GridInfo
	Gridding Type = 122 // unasked, while a cell is played: body GridProgress

	Keyframe Type = 112 // unasked, KeyframesPerRun times in a run, evenly, and at its end: data[0] the bytes of a policy file; body RunInfo
	Recorded Type = 113 // unasked, after each evaluation: body a checkpoint.RunRecord, as fpmd writes it
	Compared Type = 114 // body ComparedInfo
	Gauged   Type = 115 // body GaugeInfo
	Scored   Type = 119 // body ScoredInfo
)

// Bounds of what the stage takes; those of a link are the same.
const (
	MostSteps       = 32 // of a sampler
	MostCandidates  = 64 // of best-of-N
	FewestParticles = 16 // of the pictures
	MostParticles   = 4096
)

// KeyframesPerRun is how many moments of a training are kept.
const KeyframesPerRun = 40

// From the page to the stage.
const (
	Configure  Type = 50 // body Appearance
	LoadPolicy Type = 51 // data[0] the bytes of a policy file, or of an ONNX graph; body PolicySource; answered by PolicyLoaded or StageError
	SetSampler Type = 52 // body Sampler
	SetPlay    Type = 53 // body Play
	SetScrub   Type = 54 // body Scrub
	Curve      Type = 55 // data[0] Float64Array [rows*NumEvaluation]; body CurveInfo
	SetTask    Type = 56 // body TaskSeed; resets the body; answered by BodyShown or StageError
	SetDrive   Type = 57 // body Drive
	SetView    Type = 58 // body View
	Push       Type = 59 // body Blow
	Export     Type = 60 // data[0] the bytes of a policy file; body ExportRequest; answered by Exported or StageError
	SelectDot  Type = 61 // body DotStep; goes to another visited state, or back to the body's own; answered by StateSelected
	// ExportPanel asks for a picture or the numbers of a panel: body PanelRequest; answered by PanelExported or StageError.
	ExportPanel Type = 62
	Arrange     Type = 63 // body Places; the stage shows the panels there
	SetLane     Type = 64 // body Lane; data[0] the bytes of a policy file that acts there, or nothing for the policy that acts already
	QRCode      Type = 65 // body QRText; answered by Exported, the bytes of an SVG picture, or StageError
)

// From the stage to the page.
const (
	StageReady    Type = 70 // body StageInfo
	PolicyLoaded  Type = 71 // body PolicyInfo
	StageStats    Type = 72 // data[0] Float64Array [NumStats], about 5 a second
	FileDropped   Type = 73 // data the files' bytes; body Dropped
	StageError    Type = 74 // body Failure
	StateSelected Type = 75 // body Selected
	KeyPressed    Type = 76 // body Key: a shortcut of the page that was pressed inside the stage
	BodyShown     Type = 77 // body BodyInfo
	Exported      Type = 78 // data[0] the bytes of a file for other programs
	ScrubMoved    Type = 79 // body Scrub: t was dragged inside the stage
	PanelExported Type = 80 // data[0] the bytes of a file; body PanelFile
	LayerSwitched Type = 81 // body Layer: the legend's word of a layer was pressed
	Described     Type = 82 // body Description: what is seen now, in words; every other second while it changes
)

// Columns of a row of Metrics. A quantity that is not known yet is NaN.
const (
	MetricSeconds          = iota // wall time of training so far, s, pauses left out
	MetricEnvSteps                // environment steps so far
	MetricUpdates                 // updates of the agent so far
	MetricStepsPerSecond          // environment steps per second, over the last row
	MetricUpdatesPerSecond        // updates per second, over the last row
	MetricTemperature             // alpha, the temperature (lambda of the mirror descent step)
	MetricCriticLoss              // mean of both critics' squared errors, EMA
	MetricPolicyLoss              // the weighted flow matching loss, EMA
	MetricNoiseStd                // std of the exploration noise added to an action
	MetricESS                     // effective sample size of the weights as a fraction of the batch, in (0,1]
	MetricQMean                   // mean of min(Q1,Q2) over the last batch
	MetricEpisodeReturn           // return of the last training episode that ended
	MetricVariance                // mean over probed states of trace Var(action) under many steps
	MetricOneStepError            // mean over probed states of the lower bound of W2 between one-step and many-step actions; W2 itself of one-dimensional ones
	MetricMeanShift               // the part of it that is a shift of the mean
	MetricWorkers                 // workers that compute an update, this one included: the most since the last row
	MetricOneStepUpper            // mean over probed states of the upper bound of W2
	MetricWeightMax               // the largest weight of the last update
	MetricErrorShape              // the rest of the one-step error, sqrt(W2^2 - shift^2): an error of the shape
	MetricPolicyGradient          // Euclidean norm of the policy's mean gradient, Adam's first moment corrected for its start
	MetricCriticGradient          // the same of the critics, root of the mean of both squares
	NumMetrics
)

// Columns of an Evaluation, and of each row of a Curve.
const (
	EvalEnvSteps    = iota // environment steps at the time of the evaluation
	EvalUpdates            // updates at that time
	EvalSeconds            // wall time of training at that time, s
	EvalOneStepMean        // mean return over the episodes, one step (NFE 1)
	EvalOneStepStd         // its standard deviation over episodes
	EvalManyMean           // the same weights, episodes and noise with K steps
	EvalManyStd
	EvalManySteps // K
	EvalEpisodes  // number of episodes behind each mean
	EvalVariance  // means over the probed states, of analysis.Point; NaN where none was probed
	EvalLower
	EvalUpper
	EvalShift
	NumEvaluation
)

// Columns of a dot after its observation: one visited state, variance against one-step error.
const (
	DotVariance = iota // trace of the covariance of the many-step actions
	DotLower           // lower bound of W2 between one-step and many-step actions
	DotUpper           // upper bound
	DotShift           // the norm of the difference of their means
	NumDot
)

// Columns of StageStats.
const (
	StatFrames              = iota // frames drawn since the stage started
	StatFPS                        // frames per second
	StatSimSeconds                 // simulated seconds of the current episode
	StatRealTimeFactor             // simulated seconds per second
	StatPolicyNFE                  // policy network evaluations per action
	StatCriticNFE                  // critic evaluations per action (best-of-N only)
	StatActionMicros               // microseconds per action, median of the last 64
	StatControlPeriodMicros        // microseconds between two actions in simulated time
	StatEpisodeReturn              // return of the current episode so far
	StatEpisodeSteps               // steps of the current episode so far
	StatLastReturn                 // return of the last full episode, NaN before the first
	StatEpisodes                   // episodes finished
	StatDrawMillis                 // our own main-thread work per frame, ms, mean of the last second
	StatOneStepError               // |one-step action - many-step action| at the current state and noise
	StatVariance                   // trace Var of the many-step actions at the current state
	StatGhostApart                 // m between the body and its ghost, NaN without one
	StatGhostParted                // simulated s after which they parted, NaN while they have not
	StatT                          // t of the flow panel
	StatReward                     // of the last step, 0 before the first
	StatTouches                    // times that a person took hold of a limb or pushed the body
	NumStats
)

// TrainRequest starts a training from scratch. Config is merged over the task's and the algorithm's
// defaults; an unknown field or a value out of range is refused with its name.
type TrainRequest struct {
	Task      string         `json:"task"`
	Algorithm string         `json:"algorithm"`
	Seed      uint64         `json:"seed"`
	Steps     int            `json:"steps"`            // environment steps; 0 takes the default
	Config    map[string]any `json:"config,omitempty"` // fields of fpmd.Config
	Model     *Model         `json:"model,omitempty"`  // the body of the task "custom"
}

// Model is a person's own body, as env.Model: MJCF texts by file name, the one to begin with, the reward and the condition that
// ends an episode. Without files it changes what any task pays and where it ends.
type Model struct {
	Name   string            `json:"name"`
	Files  map[string]string `json:"files"`
	Reward string            `json:"reward"`
	Done   string            `json:"done,omitempty"`
}

// ExportRequest says what a policy file is to become.
type ExportRequest struct {
	Format string `json:"format"` // onnx, json, python or safetensors
	Steps  int    `json:"steps"`  // K of the graph's sampler, and Python's default; 1 is one-step
}

// Live says how a running training evaluates and reports.
type Live struct {
	ManySteps int `json:"manySteps"` // K of the second evaluation, 2..32
}

// SaveOrder asks for a save.
type SaveOrder struct {
	All bool `json:"all"` // with every transition, because those that were sent before are not kept
}

// StateChange alters the settings of a run that goes on from a state.
type StateChange struct {
	Steps  int            `json:"steps,omitempty"` // of the whole run; 0 keeps them
	Config map[string]any `json:"config,omitempty"`
}

// AutosaveInfo describes a save, or a part of one. A run is saved by its state and the blocks that hold its
// transitions from Oldest on; a message without a state is followed by others.
type AutosaveInfo struct {
	Run    RunInfo `json:"run"`
	First  int     `json:"first"`  // number of the block's first transition
	Oldest int     `json:"oldest"` // number of the oldest transition that the replay still holds
}

// HelpOrder asks for helpers.
type HelpOrder struct {
	Count  int `json:"count"`           // at most
	Round  int `json:"round"`           // grows with every order: a helper of an earlier one comes too late
	Helper int `json:"helper,omitzero"` // number of a helper, by the page
}

// WorkerInfo greets the page.
type WorkerInfo struct {
	Go    string `json:"go"`    // toolchain
	Lanes int    `json:"lanes"` // float32 lanes of the kernels; 1 is scalar
}

// RunInfo describes the training in the worker.
type RunInfo struct {
	Task       string         `json:"task"`
	Algorithm  string         `json:"algorithm"`
	Seed       uint64         `json:"seed"`
	EnvSteps   int            `json:"envSteps"`
	TotalSteps int            `json:"totalSteps"`
	Updates    int            `json:"updates"`
	Seconds    float64        `json:"seconds"`
	Hash       string         `json:"hash,omitempty"` // SHA-256 of the weights, where it was computed
	Config     map[string]any `json:"config,omitempty"`
}

// DotsInfo heads a message of dots.
type DotsInfo struct {
	Count     int     `json:"count"`
	ObsDim    int     `json:"obsDim"`
	StateDim  int     `json:"stateDim"`  // numbers of the environment's State; 0: only the observations are known
	ManySteps int     `json:"manySteps"` // K of the many-step actions
	Samples   int     `json:"samples"`   // actions per state behind each number
	SourceStd float64 `json:"sourceStd"` // of the noise that they start from: what the policy is fitted with
	EnvSteps  int     `json:"envSteps"`  // age of the policy that was probed
}

// Failure is an error for a person to read.
type Failure struct {
	Code    string `json:"code"`             // machine-readable: bad-file, bad-config, diverged, busy, protocol, panic
	Message string `json:"message"`          // one sentence that names the cause
	Step    int    `json:"step,omitempty"`   // environment step, where the failure has one
	Tensor  string `json:"tensor,omitempty"` // name of the tensor, where the failure has one
}

// Appearance is what the stage must know of the page's looks.
type Appearance struct {
	Dark          bool `json:"dark"`
	ReducedMotion bool `json:"reducedMotion"`
	Thrifty       bool `json:"thrifty"` // a training runs: leave it processor time where drawing is slow
	Resting       bool `json:"resting"` // the stage is not seen: nothing moves and nothing is drawn
}

// PolicySource says where a policy file came from: "asset", "training" or "file".
type PolicySource struct {
	Source string          `json:"source"`
	Name   string          `json:"name,omitempty"`   // shown in messages
	Format string          `json:"format,omitempty"` // FormatONNX of another program's policy, which is matched to the body on the stage; "" of a file of this program
	Curve  json.RawMessage `json:"curve,omitempty"`  // of a moment of a training: all evaluations of that, []train.Evaluation as in its record
}

// Sampler is how the body on the stage acts.
type Sampler struct {
	Steps     int `json:"steps"`     // 1 is one-step; 2..MostSteps many
	ManySteps int `json:"manySteps"` // K of the many-step cloud and of the comparison
	BestOf    int `json:"bestOf"`    // 1 is off; N candidates otherwise, at most MostCandidates
	// Latency is the simulated time that one evaluation of the policy's network takes, s: an action arrives that much later.
	Latency float64 `json:"latency"`
}

// Lane is a second lane beside the body's: the same start and noise under another sampler, perhaps by another policy.
type Lane struct {
	On     bool   `json:"on"`
	Steps  int    `json:"steps"`          // 1..MostSteps
	BestOf int    `json:"bestOf"`         // 1 is off; N candidates otherwise
	Name   string `json:"name,omitempty"` // of the policy file, shown in messages
}

// Play moves the simulation.
type Play struct {
	Playing bool    `json:"playing"`
	Speed   float64 `json:"speed"`            // simulated seconds per second, 0.05..8
	Max     bool    `json:"max,omitempty"`    // as fast as the machine allows; Speed is not heeded
	Single  int     `json:"single,omitempty"` // control steps to take while paused
	Reset   bool    `json:"reset,omitempty"`  // start the next episode now
}

// Scrub moves the flow panel's t.
type Scrub struct {
	Auto bool    `json:"auto"` // t runs from 0 to 1 and again
	T    float64 `json:"t"`    // where it stands otherwise
	Slow bool    `json:"slow"` // the body waits while t runs, one action at a time
}

// CurveInfo heads a message of evaluations.
type CurveInfo struct {
	Reset      bool    `json:"reset"`      // drop the rows before
	TotalSteps int     `json:"totalSteps"` // right end of the axis
	Solved     float64 `json:"solved"`     // height of the marked line
	Run        string  `json:"run"`        // whose rows they are, in words; empty where there is no training
}

// TaskSeed chooses the body.
type TaskSeed struct {
	Task  string `json:"task"`
	Seed  uint64 `json:"seed"`
	Model *Model `json:"model,omitempty"` // of the task "custom"; without it the last one stays
}

// BodyInfo describes the body on the stage.
type BodyInfo struct {
	Task    string     `json:"task"`
	Title   string     `json:"title"`
	ObsDim  int        `json:"obsDim"`
	ActDim  int        `json:"actDim"`
	Actions []Quantity `json:"actions"` // [ActDim]
	Notes   []string   `json:"notes,omitempty"`
}

// Quantity is one number of an action, as env.Quantity: an action of 1 stands for Scale of Unit, which is "" where it is
// unknown. Joint counts from 0; -1 is none.
type Quantity struct {
	Name  string  `json:"name"`
	Unit  string  `json:"unit"`
	Scale float64 `json:"scale"`
	Joint int     `json:"joint"`
}

// Drive says who moves the joints: "policy", "zero" (no torque), "noise" (uniform actions, as a training begins) or
// "hand" (Values). Under "policy" a body without one stands still.
type Drive struct {
	Mode   string    `json:"mode"`
	Values []float64 `json:"values,omitempty"` // actions in [-1,1]; what is missing is 0
}

// View says what is drawn beside the body and in the flow panel, and which two actions that shows where there are more
// than one.
type View struct {
	Contacts  bool `json:"contacts"`  // forces of contacts
	Torques   bool `json:"torques"`   // torques of joints
	Ghost     bool `json:"ghost"`     // the same weights, start and noise under the other sampler
	Value     bool `json:"value"`     // the critics' value as a heat map
	Field     bool `json:"field"`     // arrows of the velocity field
	Weights   bool `json:"weights"`   // exp(Q/lambda) as the particles' sizes
	Acting    bool `json:"acting"`    // spread and error are measured from the noise that the policy acts from, not from that of its fit, for which the bound holds
	Particles int  `json:"particles"` // of the flow panel, 16..4096; 0 takes the default
	AxisX     int  `json:"axisX"`     // -1: the action that spreads most
	AxisY     int  `json:"axisY"`     // -1: the next

	Verdict string `json:"verdict,omitempty"` // whether the other sampler returns more, in a few words that follow those of the ghost
}

// Layer names one of View's switches: ghost, value, field or weights.
type Layer struct {
	Layer string `json:"layer"`
}

// DotStep goes from the chosen dot, or from the newest, so many dots on towards older ones (negative: towards newer);
// 0 lets go and the body goes on.
type DotStep struct {
	Step int `json:"step"`
}

// PanelRequest names a panel (body, flow, scatter, curve) and a format: svg (a picture; the page makes PNG of it), csv
// (the numbers behind a plot, with units; the body has none). PanelAsked may say png too.
type PanelRequest struct {
	Panel  string `json:"panel"`
	Format string `json:"format"`
	// AsSeen asks for a picture of the panel as it stands on the stage; without it the picture is a figure with a size and a
	// heading of its own.
	AsSeen bool `json:"asSeen"`
}

// QRText is what a QR code is to say: a link.
type QRText struct {
	Text string `json:"text"`
}

// Places tell where panels lie, by their names. One that is not named is not shown.
type Places map[string]Place

// Place is a rectangle in parts of the stage's width and height, 0..1.
type Place struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
	W float64 `json:"w"`
	H float64 `json:"h"`
}

// PanelFile describes an exported panel.
type PanelFile struct {
	Name   string  `json:"name"`  // for the file, without its ending
	Width  float64 `json:"width"` // of a picture, CSS px
	Height float64 `json:"height"`
}

// Description is what the stage shows, in plain sentences, for those who cannot see it.
type Description struct {
	Text string `json:"text"`
}

// Blow pushes the body for one control period.
type Blow struct {
	Direction float64 `json:"direction"` // 1 to the right, -1 to the left
}

// StageInfo greets the page.
type StageInfo struct {
	Go     string      `json:"go"`
	Lanes  int         `json:"lanes"`
	Plain  bool        `json:"plain"`  // drawn without WebGL 2
	Panels []PanelInfo `json:"panels"` // in the order in which they are laid out
}

// PanelInfo is what the page must know of a panel.
type PanelInfo struct {
	Name     string `json:"name"`     // in messages and links
	Title    string `json:"title"`    // in menus
	Numbers  bool   `json:"numbers"`  // there are numbers behind it, for CSV
	OnDemand bool   `json:"onDemand"` // it is shown where it is asked for
	Help     string `json:"help,omitempty"`
}

// PolicyInfo describes a policy that was read from a file.
type PolicyInfo struct {
	Source     string         `json:"source"`
	Name       string         `json:"name,omitempty"`
	Task       string         `json:"task"`
	Algorithm  string         `json:"algorithm"`
	Seed       uint64         `json:"seed"`
	EnvSteps   int            `json:"envSteps"`
	Updates    int            `json:"updates"`
	ObsDim     int            `json:"obsDim"`
	ActDim     int            `json:"actDim"`
	Parameters int            `json:"parameters"`
	SourceStd  float64        `json:"sourceStd"`
	HasCritics bool           `json:"hasCritics"`
	Hash       string         `json:"hash"` // SHA-256 of the policy's weights, hex
	Config     map[string]any `json:"config,omitempty"`
}

// Dropped names the files that were dropped together on the stage.
type Dropped struct {
	Names []string `json:"names"`
}

// Selected is the state that all panels show.
type Selected struct {
	Live        bool      `json:"live"` // the body's current state, not a dot's
	Observation []float64 `json:"observation"`
	Variance    float64   `json:"variance"`
	Lower       float64   `json:"lower"` // bounds of the one-step error W2
	Upper       float64   `json:"upper"`
	Shift       float64   `json:"shift"`
	Index       int       `json:"index"` // of the chosen dot, 1 is the newest; 0 for the body's own state
	Count       int       `json:"count"` // dots in all
}

// Key names a shortcut by KeyboardEvent.key.
type Key struct {
	Key string `json:"key"`
}
