package env

import (
	"math"
	"sync"

	"onestep/engine/num"
	"onestep/engine/rng"
)

// Own is the family of the tasks that this project has made.
const Own = "Onestep"

// posts is the theorem's limit in a body: every state has two equally good actions. A ball rolls along a street at 1 m/s;
// at each step the action is the place across the street to which a servo brings it until it is beside the next post. Left
// and right of a post are worth the same from anywhere, by symmetry; the mean over both is the post.
//
// Reward: exp(-((|y| - passage)/width)^2), at most 1, for being in the middle of either passage. Touching a post or the edge
// of the street ends the episode.
var posts = []entry{{"posts", sync.OnceValue(func() *Task {
	const (
		speed   = 1.0  // m/s
		start   = 0.5  // m, the farthest from the street's middle
		passage = 0.5  // m, the middle between posts and edge
		width   = 0.25 // m
		near    = 0.2  // m, from where the ball touches a post: the sum of their radii
		far     = 0.85 // m, from where it touches the edge
	)
	t := &Task{
		Name: "posts", Base: "posts", Family: Own, Title: "Posts", Label: "Posts", Group: GroupReach,
		Does: "steers this ball past the posts",
		Text: "A ball rolls along a street with posts in its middle, seen from above. Left and right of each post are equally " +
			"good; straight on it hits the post, and the episode ends.",
		MaxSteps: 6, Solved: 3, Goal: 3, Success: "the ball has passed all posts",
		Observations: []Quantity{measure("x", "m", 0), measure("y", "m", 1), measure("x velocity", "m/s", 0), measure("y velocity", "m/s", 1)},
		Body:         "posts.xml",
	}
	m := model(t.Body)
	r := &rules{
		frameSkip: 40,
		reset: func(a *Articulated, r *rng.Stream) {
			a.data.QPos[1] = uniform(r, start)
			a.data.QVel[0] = speed
		},
		observe: func(a *Articulated, dst []float64) { copy(dst[copy(dst, a.data.QPos):], a.data.QVel) },
		judge: func(a *Articulated) (float64, bool) {
			y := math.Abs(a.data.QPos[1])
			off := (y - passage) / width
			return num.Exp(-float64(off * off)), y < near || y > far
		},
	}
	r.center = t.drive(m, r.frameSkip, []string{"place across"})
	t.Actions[0].Unit, t.Travel = "m", false // the whole street is in view
	t.count()
	t.New = func() Env { return onModel(t, r, m) }
	return t
})}}
