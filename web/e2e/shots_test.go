//go:build shots

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/stretchr/testify/require"
)

// TestShots takes pictures of the page for a person to look at: desktop and phone, light and dark, idle
// and training. They land in out/shots, or where ONESTEP_SHOTS says.
func TestShots(t *testing.T) {
	dir := os.Getenv("ONESTEP_SHOTS")
	if dir == "" {
		dir = "../../out/shots"
	}
	require.NoError(t, os.MkdirAll(dir, 0o755))
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"desktop", 1280, 800}, {"phone", 390, 844}} {
		for _, scheme := range []string{"light", "dark"} {
			t.Run(size.name+"-"+scheme, func(t *testing.T) {
				p := open(t, address+pendulum, size.width, size.height, &emulation.MediaFeature{Name: "prefers-color-scheme", Value: scheme})
				p.drawn()
				p.wait("the worker", "document.documentElement.dataset.worker === 'ready'", 30*time.Second)
				p.wait("some seconds of balancing", "+document.getElementById('stage').dataset.simSeconds > 3", 60*time.Second)
				p.shoot(filepath.Join(dir, fmt.Sprintf("%s-%s-idle.png", size.name, scheme)))
				p.click("train")
				p.wait("evaluations", "+document.getElementById('training').dataset.evaluations >= 12", 240*time.Second)
				p.eval("scrollTo(0, 0)", nil)
				p.shoot(filepath.Join(dir, fmt.Sprintf("%s-%s-training.png", size.name, scheme)))
			})
		}
	}
}

// TestShotsOfAgents takes pictures of the other agents, trained for a moment, of the settings and of the export menu.
func TestShotsOfAgents(t *testing.T) {
	dir := os.Getenv("ONESTEP_SHOTS")
	if dir == "" {
		dir = "../../out/shots"
	}
	require.NoError(t, os.MkdirAll(dir, 0o755))
	for _, c := range []struct {
		link          string
		width, height int64
		scheme        string
	}{{"alg=dpmd&sampler=many&set=steps_1200", 1280, 800, "light"}, {"alg=sac&set=steps_1500*gamma_0.97", 1280, 800, "dark"}, {"alg=sac&preset=browser", 390, 844, "light"}} {
		name := filepath.Join(dir, fmt.Sprintf("agents-%d-%s", c.width, c.link[4:7]))
		p := open(t, address+pendulum+"&"+c.link, c.width, c.height, &emulation.MediaFeature{Name: "prefers-color-scheme", Value: c.scheme})
		p.drawn()
		if c.width > 1000 {
			p.click("train")
			p.wait("the end of the training", "train.dataset.phase === 'finished'", 120*time.Second)
		}
		p.eval("scrollTo(0, 0)", nil)
		p.wait("some seconds of acting", "+document.getElementById('stage').dataset.simSeconds > 2", 60*time.Second)
		p.shoot(name + ".png")
		p.eval("document.getElementById('export').click()", nil)
		p.shoot(name + "-menu.png")
		p.eval("document.getElementById('export-menu').hidePopover()", nil)
		p.click("open-settings")
		p.eval("(() => { const e = document.getElementById('set-tau'); e.value = '7'; e.dispatchEvent(new Event('input')) })()", nil)
		p.shoot(name + "-settings.png")
	}
}

func (p *tab) shoot(file string) {
	p.Helper()
	shot := call(p, page.CaptureScreenshot, page.CaptureScreenshotParams{})
	require.NoError(p, os.WriteFile(file, shot.Data, 0o644))
}

// TestBodyShots takes a picture of each body, with its forces, and of the flow of several actions.
func TestBodyShots(t *testing.T) {
	dir := os.Getenv("ONESTEP_SHOTS")
	if dir == "" {
		dir = "../../out/shots"
	}
	require.NoError(t, os.MkdirAll(dir, 0o755))
	p := open(t, address+"#v=1&contacts=1&torques=1", 1280, 800, &emulation.MediaFeature{Name: "prefers-color-scheme", Value: "dark"})
	p.drawn()
	for i, task := range []string{"inverted_pendulum", "inverted_double_pendulum", "swimmer", "walker2d", "half_cheetah", "hopper"} {
		p.eval(fmt.Sprintf("(() => { const e = document.getElementById('task'); e.value = %q; e.dispatchEvent(new Event('change')) })()", task), nil)
		p.wait(task, fmt.Sprintf("stage.dataset.task === %q", task), 20*time.Second)
		p.eval("window.then = +stage.dataset.frames", nil)
		p.wait("frames", "+stage.dataset.frames > then + 12", 30*time.Second)
		p.shoot(filepath.Join(dir, fmt.Sprintf("body-%d-%s.png", i, task)))
	}
	own := filepath.Join(t.TempDir(), "own.xml")
	body, err := os.ReadFile("../../assets/bodies/half_cheetah.xml")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(own, body, 0o644))
	for _, view := range []struct {
		name, scheme  string
		width, height int64
	}{{"desktop", "light", 1280, 800}, {"phone", "light", 390, 844}} {
		q := open(t, address+"#v=1&contacts=1&torques=1", view.width, view.height, &emulation.MediaFeature{Name: "prefers-color-scheme", Value: view.scheme})
		q.drawn()
		q.choose(own)
		q.wait("the body", "stage.dataset.task === 'custom'", 20*time.Second)
		q.click("drive-hand")
		q.eval("(() => { const e = document.getElementById('hand-1'); e.value = -0.7; e.dispatchEvent(new Event('input')) })()", nil)
		q.eval(`(() => { const w = stage.contentWindow, b = w.onestepStage.body, c = w.document.querySelector('canvas');
			const send = (type, dx, dy) => c.dispatchEvent(new w.PointerEvent(type, {bubbles: true, isPrimary: true, button: 0, pointerId: 1, clientX: b.hold.x + dx, clientY: b.hold.y + dy}));
			c.setPointerCapture = () => {};
			send('pointerdown', 0, 0); send('pointermove', 70, -60); })()`, nil)
		q.eval("window.then = +stage.dataset.frames", nil)
		q.wait("frames", "+stage.dataset.frames > then + 20", 30*time.Second)
		q.eval("scrollTo(0, 0)", nil)
		q.shoot(filepath.Join(dir, "body-own-"+view.name+".png"))
	}
	p.wait("the worker", "document.documentElement.dataset.worker === 'ready'", 30*time.Second)
	p.click("train")
	p.wait("a policy", "+acting.dataset.steps > 6500", 120*time.Second)
	p.shoot(filepath.Join(dir, "body-training.png"))
}
