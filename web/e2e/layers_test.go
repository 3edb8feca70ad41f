//go:build e2e

package e2e

import (
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// layer switches a layer by its checkbox, which may stand in a menu.
func (p *tab) layer(id string) {
	p.Helper()
	p.eval(fmt.Sprintf("document.getElementById(%q).click()", id), nil)
}

// says waits until the stage shows a text that holds a part.
func (p *tab) says(part string) {
	p.Helper()
	p.wait("the stage to say "+part, fmt.Sprintf("stage.contentDocument.getElementById('labels').textContent.includes(%q)", part), 20*time.Second)
}

func TestGhostAndLayers(t *testing.T) {
	t.Parallel()
	p := open(t, address+"#v=1&task=half_cheetah", width, height)
	p.drawn()
	p.says("ghost: 20 steps")
	p.says("parted after")
	p.click("ghost")
	p.wait("no ghost", "!stage.contentDocument.getElementById('labels').textContent.includes('ghost:')", 10*time.Second)
	p.wait("the link", "location.hash.includes('ghost=0')", 10*time.Second)
	p.wait("words for those who do not see it", "document.getElementById('stage-says').textContent.includes('HalfCheetah-v4')", 20*time.Second)

	// The legend's word is a switch too.
	p.wait("the legend of the flow", "stage.contentDocument.querySelector('.key.value')", 20*time.Second)
	p.eval("stage.contentDocument.querySelector('.key.value').click()", nil)
	p.wait("the layer to be off", "!document.getElementById('value').checked && location.hash.includes('value=0')", 10*time.Second)
	p.wait("the word to be struck", "stage.contentDocument.querySelector('.key.value.off')", 10*time.Second)
	p.layer("value")
	p.wait("the layer to be on", "!stage.contentDocument.querySelector('.key.value.off')", 10*time.Second)
}

func TestTIsTheSameOnThePageAndOnTheStage(t *testing.T) {
	t.Parallel()
	p := open(t, address+"#v=1&task=pendulum", width, height)
	p.drawn()
	p.eval("window.first = +scrub.value", nil)
	p.wait("the slider to follow t", "+scrub.value !== first", 20*time.Second)
	drag := func(share float64) {
		p.eval(fmt.Sprintf(`(() => { const w = stage.contentWindow, f = w.onestepStage.panels.flow, c = w.document.querySelector('canvas');
			c.setPointerCapture = () => {};
			const send = (type) => c.dispatchEvent(new w.PointerEvent(type, {bubbles: true, isPrimary: true, button: 0, pointerId: 1, clientX: f.x + %g * f.width, clientY: f.y + f.height / 2}));
			send('pointerdown'); send('pointerup') })()`, share), nil)
	}
	p.wait("the flow, without which a press takes hold of nothing", "stage.contentWindow.onestepStage.numbers[4] > 0", 20*time.Second)
	drag(0.5)
	p.wait("the page to know t", "location.hash.includes('auto=0') && +scrub.value > 0.3 && +scrub.value < 0.7 && document.getElementById('t').textContent === (+scrub.value).toFixed(2)", 10*time.Second)
	p.wait("the stage to stand there", "Math.abs(stage.contentWindow.onestepStage.numbers[3] - +scrub.value) < 0.01", 10*time.Second)
}

func TestBackToVisitedStatesByKeyboard(t *testing.T) {
	t.Parallel()
	p := open(t, address+"#v=1&task=walker2d", width, height)
	p.drawn()
	p.wait("some dots", "stage.contentWindow.onestepStage.numbers[1] > 2", 60*time.Second)
	p.eval("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '[', bubbles: true}))", nil)
	p.wait("the newest state", "selected.textContent.startsWith('Visited state 1 of')", 10*time.Second)
	p.click("older-state")
	p.wait("the one before", "selected.textContent.startsWith('Visited state 2 of')", 10*time.Second)
	p.eval(`(() => { const w = stage.contentWindow, c = w.document.querySelector('canvas'); c.focus(); c.dispatchEvent(new w.KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true})) })()`, nil)
	p.wait("the newer one again", "selected.textContent.startsWith('Visited state 1 of')", 10*time.Second)
	p.click("release-state")
	p.wait("the body to go on", "selected.textContent === ''", 10*time.Second)
}

// A dot of the worker's is a state of the training's body.
func TestBackToAStateOfTheTraining(t *testing.T) {
	t.Parallel()
	p := open(t, address+"#v=1&task=reacher&set=steps_1600*warmUp_200", width, height)
	p.drawn()
	p.phase("idle", 30*time.Second)
	p.click("train")
	p.wait("an evaluation with its dots", "+training.dataset.evaluations > 3", 120*time.Second)
	p.eval("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '[', bubbles: true}))", nil)
	p.wait("one of its states", "selected.textContent.startsWith('Visited state')", 20*time.Second)
	assert.Empty(t, p.text("errors"))
}

func TestPanelsAreSaved(t *testing.T) {
	t.Parallel()
	p := open(t, address+"#v=1&task=pendulum&play=0", width, height)
	p.drawn()
	p.wait("the flow", "stage.contentWindow.onestepStage.numbers[4] > 0", 20*time.Second)
	for _, format := range []string{"svg", "csv", "png"} {
		p.layer("figure-" + format)
		file, err := os.Open(p.downloaded("onestep-pendulum-flow." + format))
		require.NoError(t, err)
		defer file.Close()
		switch format {
		case "svg":
			for d := xml.NewDecoder(file); ; {
				if _, err := d.Token(); err == io.EOF {
					break
				} else {
					require.NoError(t, err)
				}
			}
		case "csv":
			rows, err := csv.NewReader(file).ReadAll()
			require.NoError(t, err)
			assert.Equal(t, 1+2*256, len(rows), "256 particles at two times")
			assert.True(t, strings.HasPrefix(rows[0][2], "torque"))
		case "png":
			img, err := png.Decode(file)
			require.NoError(t, err)
			assert.Equal(t, image.Pt(1280, 800), img.Bounds().Size(), "a figure's own size, at two pixels a CSS px, whatever the window has")
			colors := map[uint32]bool{}
			for x := range img.Bounds().Dx() {
				r, g, b, _ := img.At(x, img.Bounds().Dy()/2).RGBA()
				colors[r>>8<<16|g>>8<<8|b>>8] = true
			}
			assert.Greater(t, len(colors), 20, "it is a picture of something")
		}
	}
}
