//go:build e2e

package e2e

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a worker says between the press of a button and its answer, at most: what one slice of its work reports (curve, record,
// snapshot and dots of an evaluation; metrics; a save), and what the page has not read while it drew. A paused worker says
// nothing but the save of its pause. Neither depends on how fast the machine is; that the answer comes
// after a slice of some milliseconds is a test of the worker. They hold for the median of several presses.
const (
	saidAtWork = 10
	saidAtRest = 1
)

// before is how many messages came before the answer to the last request.
func (p *tab) before(what string) int {
	p.Helper()
	n, err := strconv.Atoi(p.data("training", "before"))
	require.NoError(p, err)
	p.Logf("%s: answered after %d other messages", what, n)
	return n
}

// pressPauseAndContinue presses the button of a running training again and again and leaves it running.
func (p *tab) pressPauseAndContinue() {
	p.Helper()
	var pauses, continues []int
	for range 5 {
		p.click("train")
		p.phase("paused", 5*time.Second)
		pauses = append(pauses, p.before("Pause"))
		p.click("train")
		p.phase("running", 5*time.Second)
		continues = append(continues, p.before("Continue"))
	}
	slices.Sort(pauses)
	slices.Sort(continues)
	assert.LessOrEqual(p, pauses[len(pauses)/2], saidAtWork, "the median Pause")
	assert.LessOrEqual(p, continues[len(continues)/2], saidAtRest, "the median Continue")
}

// TestTraining is the way of a visitor who trains: press, watch, pause, export, go on until the task is
// learned, stop, and import both files again.
func TestTraining(t *testing.T) {
	p := blank(t, width, height)
	p.atItsOwnPace()
	p.navigate(address + pendulum + "&set=steps_30000") // too long to end while it is pressed and watched
	p.drawn()
	p.phase("idle", 30*time.Second)
	trained := p.data("acting", "hash")
	began := time.Now()
	p.click("train")
	p.phase("running", 10*time.Second)
	p.wait("a policy of the training on the stage", "acting.dataset.source === 'training'", 30*time.Second)
	p.wait("updates", "+document.getElementById('num-updates').textContent.replaceAll(',', '') > 0", 60*time.Second)

	p.pressPauseAndContinue()

	t.Run("the stage recovers when its frame is reloaded", func(t *testing.T) {
		steps := p.number("num-updates")
		p.eval("(() => { stage.dataset.frames = ''; stage.contentWindow.location.reload() })()", nil)
		p.wait("the new stage to draw", "+stage.dataset.frames > 3", 30*time.Second)
		p.wait("the training's policy on it", "acting.dataset.source === 'training'", 10*time.Second)
		p.wait("the training to go on", fmt.Sprintf("+document.getElementById('num-updates').textContent.replaceAll(',', '') > %g", steps), 30*time.Second)
	})

	p.wait("a mean return above -200 with one step", "training.dataset.best !== '' && +training.dataset.best > -200", 150*time.Second)
	t.Logf("above -200 after %s updates, %v", p.text("num-updates"), time.Since(began).Round(100*time.Millisecond))
	p.click("train")
	p.phase("paused", 5*time.Second)
	paused := strings.ReplaceAll(regexp.MustCompile(`at ([\d,]+) of`).FindStringSubmatch(p.text("training-status"))[1], ",", "")
	p.wait("the paused run's own policy on the stage", fmt.Sprintf("acting.dataset.steps === %q", paused), 10*time.Second)
	hash := p.data("acting", "hash")
	require.NotEqual(t, trained, hash)

	p.click("export")
	p.click("export-policy")
	policy := p.downloaded("onestep-pendulum-fpmd-m-seed1.safetensors")
	p.click("export")
	p.click("export-run")
	run := p.downloaded("onestep-pendulum-fpmd-m-seed1.run.safetensors")

	p.click("reset-training")
	p.phase("idle", 5*time.Second)
	stopped := p.before("Reset")
	p.wait("the shipped policy again", fmt.Sprintf("acting.dataset.hash === %q", trained), 10*time.Second)

	t.Run("the exported policy comes back", func(t *testing.T) {
		p.choose(policy)
		p.wait("the file's policy", "acting.dataset.source === 'file'", 10*time.Second)
		assert.Equal(t, hash, p.data("acting", "hash"), "the same weights, bit for bit")
		assert.Equal(t, paused, p.data("acting", "steps"))
	})
	t.Run("the exported run goes on", func(t *testing.T) {
		p.choose(run)
		p.phase("paused", 10*time.Second)
		p.wait("its policy, of the step at which it was paused", fmt.Sprintf("acting.dataset.source === 'training' && acting.dataset.steps === %q", paused), 10*time.Second)
		p.click("train")
		p.phase("running", 10*time.Second)
		p.wait("more steps than when it was saved", fmt.Sprintf("+acting.dataset.steps > %s", paused), 60*time.Second)
	})
	t.Run("Reset stops at once", func(t *testing.T) {
		stops := []int{stopped}
		for range 4 {
			p.click("reset-training")
			p.phase("idle", 5*time.Second)
			stops = append(stops, p.before("Reset"))
			p.click("train")
			p.phase("running", 10*time.Second)
		}
		slices.Sort(stops)
		assert.LessOrEqual(t, stops[len(stops)/2], saidAtWork, "the median Reset")
	})
	assert.Empty(t, p.text("errors"))
}
