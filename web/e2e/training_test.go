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

// answerWithin is the time from the press of Pause, Continue or Reset to the worker's answer, ms, measured in
// the page. It holds for the median of several presses: the answer waits for the frame that the page is
// drawing, and a frame drawn in software on a busy machine takes as long now and then.
const answerWithin = 100.0

// answered reads how long the last request took, ms.
func (p *tab) answered(what string) float64 {
	p.Helper()
	ms, err := strconv.ParseFloat(p.data("training", "answered"), 64)
	require.NoError(p, err)
	p.Logf("%s answered in %.1f ms", what, ms)
	return ms
}

// pressPauseAndContinue presses the button of a running training again and again and leaves it running.
func (p *tab) pressPauseAndContinue() {
	p.Helper()
	var pauses, continues []float64
	for range 5 {
		p.click("train")
		p.phase("paused", 5*time.Second)
		pauses = append(pauses, p.answered("Pause"))
		p.click("train")
		p.phase("running", 5*time.Second)
		continues = append(continues, p.answered("Continue"))
	}
	slices.Sort(pauses)
	slices.Sort(continues)
	assert.Less(p, pauses[len(pauses)/2], answerWithin, "the median Pause")
	assert.Less(p, continues[len(continues)/2], answerWithin, "the median Continue")
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
	stopped := p.answered("Reset")
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
		stops := []float64{stopped}
		for range 4 {
			p.click("reset-training")
			p.phase("idle", 5*time.Second)
			stops = append(stops, p.answered("Reset"))
			p.click("train")
			p.phase("running", 10*time.Second)
		}
		slices.Sort(stops)
		assert.Less(t, stops[len(stops)/2], answerWithin, "the median Reset")
	})
	assert.Empty(t, p.text("errors"))
}
