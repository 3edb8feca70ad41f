package catalog

// Metric is a number that is measured: what it is called, its unit, its formula and what it means. The headless program
// lists them, and the page explains its numbers by them. In
// the formulas w are the weights of a batch, α is the temperature, a_K an action of K steps and m̂ a mean gradient.
type Metric struct {
	Name    string `json:"name"` // of its column: CriticLoss is protocol.MetricCriticLoss
	Label   string `json:"label"`
	Unit    string `json:"unit,omitempty"` // "" for a pure number
	Formula string `json:"formula"`
	Help    string `json:"help"`
}

// actionUnit is that of a distance between actions.
const actionUnit = "half an action’s range"

// Training is what is measured while a training runs: the columns of protocol.Metrics.
var Training = []Metric{
	{"Seconds", "Trained for", "s", "wall time − pauses", "Wall time of training, pauses left out."},
	{"EnvSteps", "Env steps", "", "count", "Environment steps so far, warm-up included."},
	{"Updates", "Updates", "", "count", "Updates of the agent so far: one batch from the replay memory each."},
	{"StepsPerSecond", "Env steps/s", "1/s", "environment steps / seconds", "Steps of the task’s simulation per second of training, learning and evaluations included: since it began in the card, over the newest row in a chart."},
	{"UpdatesPerSecond", "Updates/s", "1/s", "updates / seconds", "Updates of both critics and the policy per second of training: since it began in the card, over the newest row in a chart."},
	{"Temperature", "Temperature", "", "α; λ = max(α, lambdaFloor)", "λ of the policy mirror descent step: the next policy is the last one times exp(Q/λ). Small means greedy. It is adapted so that the noise falls on schedule."},
	{"CriticLoss", "Critic loss", "", "mean over batch and critics of (Q(s,a) − y)²", "Mean squared error of both critics against their targets, smoothed over updates (rate 0.01)."},
	{"PolicyLoss", "Policy loss", "", "mean over the batch of w ‖u(x_t,t|s) − v‖²; of a Gaussian, its agent’s own", "The weighted flow matching loss, smoothed. It need not fall: its floor is the variance of the actions, and the weights change with λ."},
	{"NoiseStd", "Noise", actionUnit, "noiseScale · α, or fixedNoise", "Standard deviation of the exploration noise that is added to an action while training."},
	{"ESS", "Sample size", "", "(Σ w)² / (batch · Σ w²)", "Effective sample size of the weights exp(Q/λ), as a part of the batch. Near 0, few actions decide everything."},
	{"WeightMax", "Largest weight", "", "max w", "The largest weight of the last update."},
	{"QMean", "Mean Q", "scaled reward", "mean over the batch of min(Q₁,Q₂)(s′,a′)", "Mean over the last batch of the smaller critic’s value: the expected discounted return, scaled as the task scales rewards."},
	{"EpisodeReturn", "Last return", "reward", "Σ r over the episode", "Return of the last training episode, with exploration noise; the evaluations above have none."},
	{"Variance", "Variance", actionUnit + ", squared", "mean over states of tr Cov(a_K)", "Mean over visited states of the variance of the K-step actions."},
	{"OneStepError", "1-step error", actionUnit, "mean over states of W₂(a_1, a_K); in more than one dimension √d · sliced W₂, a lower bound", "Mean over visited states of the distance (W2) between the clouds of one-step and K-step actions, from the noise of the training. In more than one dimension W2 lies between two bounds: √d times the sliced distance, and the root mean square over pairs from the same noise."},
	{"OneStepUpper", "1-step error, upper bound", actionUnit, "mean over states of (mean ‖a_1 − a_K‖²)^½ over equal noise", "The upper of the two bounds of the one-step error."},
	{"MeanShift", "Mean shift", actionUnit, "mean over states of ‖E a_1 − E a_K‖", "The part of the one-step error that is a shift of the mean: what the network has not learned exactly, which the theory of the exact field leaves out."},
	{"ErrorShape", "Error of shape", actionUnit, "(W₂² − shift²)^½", "The rest of the one-step error without the shift of the mean: an error of the shape."},
	{"PolicyGradient", "Policy gradient", "", "‖m̂‖, Adam’s first moment corrected for its start", "Euclidean norm of the policy’s mean gradient."},
	{"CriticGradient", "Critic gradient", "", "((‖m̂₁‖² + ‖m̂₂‖²) / 2)^½", "The same of the critics: root of the mean of both squares."},
	{"Workers", "Workers", "", "count", "Workers that compute the updates now. How many shards a batch has is a setting, on which the result depends; how many workers compute them changes only the time."},
}

// Evaluated is what an evaluation says beside its place in the training: columns of protocol.Evaluation.
var Evaluated = []Metric{
	{"OneStepMean", "Return with 1 step", "reward", "mean ± std over episodes of Σ r, a = one-step action", "Mean return ± standard deviation of the newest evaluation: episodes with fixed seeds, one network evaluation per action, no noise added."},
	{"ManyMean", "Return with K steps", "reward", "mean ± std over episodes of Σ r, a = K-step action", "The same weights, episodes and noise with K steps per action. Where the two agree, the other steps were not needed."},
}

// Acting is what the stage measures while a policy acts: columns of protocol.StageStats.
var Acting = []Metric{
	{"ActionMicros", "Time per action", "µs", "median of the last 64 actions", "Time that the policy takes for one action here, and the time until the next one is due. The network runs in this tab, on one thread."},
	{"EpisodeReturn", "Return so far", "reward", "Σ r over the steps so far", "Sum of rewards of the episode that you see. What a step is worth stands in the task’s definition; a Pendulum costs up to 16 a step, a walker earns its speed."},
	{"OneStepError", "1 to K steps", actionUnit, "‖a_1 − a_K‖ for one state and noise", "Distance between the one-step action and the K-step action for the same weights, state and noise, in units of the action range −1 to 1. Where it is near 0 one step is enough, but not so of an untrained network, which leaves the noise nearly as it is. (The 1-step error of a training compares clouds of actions, by W2.)"},
	{"Variance", "Variance", actionUnit + ", squared", "tr Cov(a_K) for one state", "Variance of the K-step actions for the state you see, over noise of the standard deviation that the policy was trained with, 1. The paper bounds the one-step error by it: a policy that knows what to do needs one step."},
	{"LastReturn", "Last episode", "reward", "Σ r over the episode", "Return of the last episode that ran to its end on the stage."},
	{"RealTimeFactor", "Speed", "", "simulated seconds / seconds", "Simulated seconds per second of yours. 1 is real time."},
	{"FPS", "Frames", "1/s", "frames drawn / seconds", "Frames drawn per second. A computer without a graphics processor draws few; the body keeps its speed."},
}

// Metrics are all of them: a table of columns, by the prefix that its constants have in wasm/protocol.
func Metrics() map[string][]Metric {
	return map[string][]Metric{"Metric": Training, "Eval": Evaluated, "Stat": Acting}
}
