package catalog

// Example is a link that shows one thing. Every number in its text was seen with the link's own state: the page trains
// with the same bits as the headless program, and seed 1 gives it again.
type Example struct {
	ID    string `json:"id"`    // in links
	Group string `json:"group"` // the heading it stands under
	Title string `json:"title"`
	Text  string `json:"text"` // what is to be seen
	State State  `json:"state"`
}

// State is what an example's link holds beside the page's defaults.
type State struct {
	Task      string `json:"task,omitempty"`
	Algorithm string `json:"algorithm,omitempty"`
	Sampler   string `json:"sampler,omitempty"`
	ManySteps int    `json:"manySteps,omitempty"`
	Best      bool   `json:"best,omitempty"`
	Slow      bool   `json:"slow,omitempty"`
	// Lane is who acts in a second lane: an agent, or same for the same weights; LaneSteps and LaneBest are its sampler.
	Lane      string `json:"lane,omitempty"`
	LaneSteps int    `json:"laneSteps,omitempty"`
	LaneBest  int    `json:"laneBest,omitempty"`
	// Latency is how long one evaluation of the network takes in simulated time, ms.
	Latency  float64 `json:"latency,omitempty"`
	Preset   string  `json:"preset,omitempty"`
	Settings string  `json:"settings,omitempty"` // name_value with * between
}

// Groups of examples.
const (
	good = "Good to see"
	bad  = "Instructive failures"
)

var examples = []Example{
	{ID: "lanes", Group: good, Title: "One step falls short, twenty run",
		Text:  "The same DPMD weights twice, from the same start. With one step they stumble on the spot, −180 an episode; with twenty they run, 7,620. FPMD-M runs with one: choose it in the second lane (“Two lanes”), with 1 step.",
		State: State{Task: "half_cheetah", Algorithm: "dpmd", Sampler: "one", Lane: "same", LaneSteps: 20}},
	{ID: "fall", Group: good, Title: "One step falls at once",
		Text:  "DPMD on one leg, twice from the same start. With one step it falls after a few actions, 2.6 an episode, and waits for the second lane, where the same weights hop with twenty steps: 1,290 on average over 20 episodes.",
		State: State{Task: "hopper", Algorithm: "dpmd", Sampler: "one", Lane: "same", LaneSteps: 20}},
	{ID: "answers", Group: good, Title: "Two right answers",
		Text:  "Left and right of a post are equally good, and both agents keep both. One step of FPMD-R, in the first lane, is the mean of the two: the post, a return of 0.1. One step of FPMD-M, in the second, is either, a return of 3.3. Press “20 steps”: FPMD-R goes left or right too, and returns 4.5.",
		State: State{Task: "posts", Algorithm: "fpmd-r", Sampler: "one", Lane: "fpmd-m", LaneSteps: 1}},
	{ID: "one", Group: good, Title: "One evaluation per action",
		Text:  "A runner of FPMD-M. It returns about 7,760 an episode with one network evaluation per action and 7,770 with twenty: press “20 steps” and look for a difference.",
		State: State{Task: "half_cheetah"}},
	{ID: "price", Group: good, Title: "What 640 evaluations buy",
		Text:  "The same runner with 20 steps for each of 32 candidates, as diffusion policies act. The return rises from about 7,760 to 7,960, and every action costs 640 evaluations and 64 of the critics.",
		State: State{Task: "half_cheetah", Sampler: "many", Best: true}},
	{ID: "late", Group: good, Title: "Twenty steps come too late",
		Text:  "One evaluation of the network takes 1 ms here, and the hopper needs an action every 8 ms. With 20 steps each action arrives 20 ms late and the hopper falls at once: a return of 9. Press “1 step”: its action is in time, and the same weights return about 2,910.",
		State: State{Task: "hopper", Sampler: "many", ManySteps: 20, Latency: 1}},
	{ID: "learn", Group: good, Title: "From nothing to balancing",
		Text:  "Press Train. From random weights the pendulum swings up after about 2,000 steps, some five seconds of training, with one evaluation per action from the first step on.",
		State: State{Task: "pendulum"}},
	{ID: "rectified", Group: good, Title: "FPMD-R: one step against 20",
		Text:  "One step of the rectified flow lands beside the purple curve of 20 steps, by 0.06 to 0.3 in four states that were measured, because the network’s field at t = 0 is not exact. Press “20 steps” and the cloud moves there. The return is −149 either way.",
		State: State{Task: "pendulum", Algorithm: "fpmd-r"}},
	{ID: "taught", Group: good, Title: "FPMD-R taught where one step looks",
		Text:  "Press Train. Half of the batch lies at t = 0, the one place where a single step asks the network. The distance between one step and 20 halves, from 0.12 to 0.07 over 600 states, and both return −148.",
		State: State{Task: "pendulum", Algorithm: "fpmd-r", ManySteps: 20, Settings: "fractionOneStep_0.5"}},
	{ID: "slow", Group: good, Title: "Noise becomes an action, slowly",
		Text:  "The body waits while the cloud of noise travels to the actions, one action at a time. Drag the body meanwhile: the field changes with its state.",
		State: State{Task: "pendulum", Sampler: "many", ManySteps: 8, Slow: true}},
	{ID: "denoise", Group: bad, Title: "A diffusion policy in one step",
		Text:  "Press Train. DPMD learns as fast as the flows, but it is made to be denoised in 20 steps: at the end 20 steps return −151 and one step −206, and the green line stays below the purple one.",
		State: State{Task: "pendulum", Algorithm: "dpmd"}},
	{ID: "rate", Group: bad, Title: "A learning rate ten times too large",
		Text:  "Press Train. With 0.03 instead of 0.003 the critics still learn, but the policy does not: −1,193 after 6,000 steps. Then switch on Best of 32: the critics choose so well among the policy’s actions that the same weights return −145.",
		State: State{Task: "pendulum", ManySteps: 20, Settings: "criticLR_0.03*policyLR_0.03"}},
	{ID: "blind", Group: bad, Title: "Constant weights: nothing is learned",
		Text:  "Press Train. Every action counts alike and there is one candidate, so nothing tells a good action from a bad one: −1,419 after 6,000 steps, no better than the random weights’ −1,310.",
		State: State{Task: "pendulum", Preset: "browser-constant", Settings: "actParticles_1*particles_1"}},
	{ID: "choice", Group: bad, Title: "Best of 32 hides a bad one-step policy",
		Text:  "Press Train. With constant weights only the choice among 8 candidates teaches: one step reaches −295 after 6,000 steps, where the default reaches −145. With Best of 32 the same weights return −170.",
		State: State{Task: "pendulum", Preset: "browser-constant"}},
	{ID: "myopic", Group: bad, Title: "A discount of one half",
		Text:  "Press Train. With γ = 0.5 only the next steps count, and swinging away from the goal to reach it never pays: −1,438 after 6,000 steps.",
		State: State{Task: "pendulum", Settings: "gamma_0.5"}},
	{ID: "quirks", Group: bad, Title: "The update as released",
		Text:  "Press Train. The authors’ weights, q − mean/std without parentheses, clip most actions to the same weight at this size: −472 after 6,000 steps with one step, −673 with 20.",
		State: State{Task: "pendulum", Preset: "browser-released"}},
}
