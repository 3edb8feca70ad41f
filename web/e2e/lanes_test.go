//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const laneTexts = "document.getElementById('stage').contentDocument.getElementById('labels').innerText"

// TestTwoLanes: an example's link shows two lanes with both returns; the menu changes who acts there, a link that says what
// cannot be is told and has one lane, and the exported picture has both. All in one tab.
func TestTwoLanes(t *testing.T) {
	t.Parallel()
	p := open(t, address+"#v=1&task=pendulum&alg=fpmd-r&sampler=one&lane=fpmd-m&lanek=1&speed=8", width, height)
	p.drawn()
	p.wait("both lanes", "/FPMD-R: one step/.test("+laneTexts+") && /FPMD-M: one step/.test("+laneTexts+")", 30*time.Second)
	p.wait("both returns at the end of an episode", "("+laneTexts+".match(/mean of 1: −?\\d/g) ?? []).length === 2 || ("+laneTexts+".match(/mean −?\\d/g) ?? []).length === 2", 60*time.Second)
	assert.Equal(t, "Two lanes", p.text("lanes-word"))
	p.eval(`(() => {
		document.getElementById('lane').value = 'same'; document.getElementById('lane').dispatchEvent(new Event('change'));
		document.getElementById('lane-steps').value = '8'; document.getElementById('lane-steps').dispatchEvent(new Event('change'));
	})()`, nil)
	p.wait("the other sampler", "/FPMD-R: 8 steps/.test("+laneTexts+")", 20*time.Second)
	p.wait("the link", "location.hash.includes('lane=same') && location.hash.includes('lanek=8')", 10*time.Second)
	p.click("export")
	p.eval("document.querySelector('#export-menu [data-panel=body][data-format=svg]').click()", nil)
	name := filepath.Join(p.downloads, "onestep-pendulum-body.svg")
	require.Eventually(t, func() bool { _, err := os.Stat(name); return err == nil }, 20*time.Second, 100*time.Millisecond)
	svg, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Contains(t, string(svg), "FPMD-R: one step")
	assert.Contains(t, string(svg), "FPMD-R: 8 steps")
	p.eval("location.hash = '#v=1&task=pendulum&lane=nobody&lanek=99'", nil)
	p.wait("the refusal", "/lane=nobody; it wants one of none, same/.test(errors.textContent) && /lanek=99; it wants a whole number from 1 to 32/.test(errors.textContent)", 10*time.Second)
	p.wait("one lane", "!/8 steps/.test("+laneTexts+") && document.getElementById('lanes-word').textContent === 'One lane'", 10*time.Second)
}
