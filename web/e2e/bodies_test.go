//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pick sets a select as a person does.
func (p *tab) pick(id, value string) {
	p.Helper()
	p.eval(fmt.Sprintf("(() => { const e = document.getElementById(%q); e.value = %q; e.dispatchEvent(new Event('change')) })()", id, value), nil)
}

// onStage waits until the stage shows a task and its time runs.
func (p *tab) onStage(task string) {
	p.Helper()
	p.wait(task+" on the stage", fmt.Sprintf("stage.dataset.task === %q && stage.dataset.frames && stage.dataset.simSeconds", task), 20*time.Second)
	p.eval("window.then = [+stage.dataset.frames, stage.dataset.simSeconds]", nil)
	p.wait(task+" to move", "+stage.dataset.frames > then[0] + 3 && stage.dataset.simSeconds !== then[1]", 20*time.Second)
}

// body reads what the stage tells of the body.
type body struct {
	X, Y, Width, Height float64
	Hold                struct{ X, Y float64 }
	Root                struct{ U, V float64 }
	Grabbed             bool
}

func (p *tab) body() (b body) {
	p.Helper()
	p.eval("(() => { const b = stage.contentWindow.onestepStage.body, r = stage.getBoundingClientRect(); return {...b, hold: {x: b.hold.x + r.x, y: b.hold.y + r.y}} })()", &b)
	return b
}

func (p *tab) mouse(kind input.DispatchMouseEventType, x, y float64) {
	p.Helper()
	buttons := int64(1)
	if kind == input.DispatchMouseEventTypeMouseReleased {
		buttons = 0
	}
	call(p, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: x, Y: y, Button: input.MouseButton("left"), Buttons: buttons, ClickCount: 1})
}

// standing waits until neither body nor camera moves and says where the body is.
func (p *tab) standing() body {
	p.Helper()
	p.still("the body", "stage.contentWindow.onestepStage.body")
	return p.body()
}

// grip presses on the first limb until it is held: at few frames a second it may have moved on meanwhile.
func (p *tab) grip(press, release func(x, y float64)) struct{ X, Y float64 } {
	p.Helper()
	for deadline := time.Now().Add(patience * 10 * time.Second); time.Now().Before(deadline); {
		at := p.body().Hold
		press(at.X, at.Y)
		p.eval("window.then = stage.contentWindow.onestepStage.frames", nil)
		p.wait("two frames", "stage.contentWindow.onestepStage.frames > then + 1", 10*time.Second)
		if p.body().Grabbed {
			return at
		}
		release(at.X, at.Y)
	}
	p.Fatal("the limb is not held")
	return struct{ X, Y float64 }{}
}

func (p *tab) touch(kind input.DispatchTouchEventType, x, y float64) {
	p.Helper()
	call(p, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: []*input.TouchPoint{{X: x, Y: y}}})
}

func TestEveryTaskCanBeChosen(t *testing.T) {
	t.Parallel()
	p := open(t, address+pendulum, width, height)
	p.drawn()
	for _, task := range []string{"inverted_pendulum", "inverted_double_pendulum", "reacher", "swimmer", "hopper", "half_cheetah", "walker2d", "pendulum"} {
		p.pick("task", task)
		p.onStage(task)
		p.wait("the link", fmt.Sprintf("location.hash.includes('task=%s&')", task), 5*time.Second)
		p.wait("a policy, or what nobody has trained", "stage.dataset.drive === 'policy' && acting.dataset.hash", 30*time.Second)
		if strings.Contains(p.text("acting"), "untrained") {
			p.click("drive-zero")
			p.wait("zero torque", "stage.dataset.drive === 'zero' && acting.textContent.includes('zero torque')", 10*time.Second)
		}
	}
	p.drawn()
	assert.Equal(t, "policy", p.data("stage", "drive"))
	assert.Empty(t, p.text("errors"))
}

func TestGrabAndPull(t *testing.T) {
	t.Parallel()
	p := open(t, address+"#v=1&task=half_cheetah&drive=zero&contacts=1&torques=1&speed=1", width, height)
	p.onStage("half_cheetah")
	at := p.grip(func(x, y float64) { p.mouse(input.DispatchMouseEventTypeMousePressed, x, y) },
		func(x, y float64) { p.mouse(input.DispatchMouseEventTypeMouseReleased, x, y) })
	before := p.body().Root
	for i := range 12 {
		p.mouse(input.DispatchMouseEventTypeMouseMoved, at.X, at.Y-8*float64(i))
	}
	p.wait("the body to rise", fmt.Sprintf("stage.contentWindow.onestepStage.body.root.v > %g", before.V+0.1), 20*time.Second)
	p.mouse(input.DispatchMouseEventTypeMouseReleased, at.X, at.Y-90)
	p.wait("the grip to end", "!stage.contentWindow.onestepStage.body.grabbed", 10*time.Second)

	// A finger on the body pulls too, up and down as well, where elsewhere it would scroll the page.
	call(p, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true})
	lift := func(float64, float64) {
		call(p, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}})
	}
	at = p.grip(func(x, y float64) { p.touch(input.DispatchTouchEventTypeTouchStart, x, y) }, lift)
	for i := range 8 {
		p.touch(input.DispatchTouchEventTypeTouchMove, at.X+5*float64(i), at.Y-10*float64(i))
	}
	p.eval("window.then = +stage.dataset.frames", nil)
	p.wait("some frames", "+stage.dataset.frames > then + 4", 10*time.Second)
	assert.True(t, p.body().Grabbed, "a vertical pull is no scrolling")
	lift(0, 0)
	p.wait("the grip to end", "!stage.contentWindow.onestepStage.body.grabbed", 10*time.Second)

	p.click("play") // paused: a limb can be held, and nothing moves
	standing := p.standing()
	p.mouse(input.DispatchMouseEventTypeMousePressed, standing.Hold.X, standing.Hold.Y)
	p.wait("the grip", "stage.contentWindow.onestepStage.body.grabbed", 10*time.Second)
	p.mouse(input.DispatchMouseEventTypeMouseMoved, standing.Hold.X+60, standing.Hold.Y)
	p.mouse(input.DispatchMouseEventTypeMouseReleased, standing.Hold.X+60, standing.Hold.Y)
	p.wait("the grip to end", "!stage.contentWindow.onestepStage.body.grabbed", 10*time.Second)
	assert.Equal(t, standing.Root, p.body().Root)
	assert.Empty(t, p.text("errors"))
}

const crawler = `<mujoco model="crawler"><include file="parts/%s"/>
<worldbody><geom type="plane" size="5 5 1"/>
<body name="trunk" pos="0 0 0.6"><joint name="x" type="slide" axis="1 0 0"/><joint name="z" type="slide" axis="0 0 1"/><joint name="turn" axis="0 1 0"/>
<geom type="capsule" fromto="-0.3 0 0 0.3 0 0" size="0.08"/>
<body name="leg" pos="0.3 0 0"><joint name="knee" axis="0 1 0" range="-60 60"/><geom type="capsule" fromto="0 0 0 0.2 0 -0.4" size="0.05"/></body></body></worldbody></mujoco>`

// TestAPersonsOwnBody drops a model with its included file, drives it, trains on it, and drops a broken one.
func TestAPersonsOwnBody(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		return path
	}
	main := file("crawler.xml", fmt.Sprintf(crawler, "motors.xml"))
	part := file("motors.xml", `<mujoco><actuator><motor name="drive" joint="knee" gear="60" ctrlrange="-1 1"/></actuator></mujoco>`)
	ball := file("ball.xml", "<mujoco>\n<worldbody>\n<body name=\"b\">\n<joint name=\"loose\" type=\"ball\"/><geom size=\"0.1\"/></body></worldbody></mujoco>")
	p := open(t, address+pendulum, width, height)
	p.drawn()

	p.choose(main)
	p.wait("a refusal", "errors.textContent.includes('motors.xml')", 10*time.Second)
	assert.Equal(t, "pendulum", p.data("stage", "task"))
	p.eval("errors.replaceChildren()", nil)

	p.choose(main, part)
	p.onStage("custom")
	assert.Equal(t, "crawler", p.data("stage", "title"))
	p.wait("it to lie on the ground", "stage.contentWindow.onestepStage.body.root.v < 0.45", 20*time.Second)
	p.click("drive-hand")
	p.wait("the sliders", "!hand.hidden && document.getElementById('hand-0')", 10*time.Second)
	before := p.body().Root
	p.eval("(() => { const e = document.getElementById('hand-0'); e.value = 1; e.dispatchEvent(new Event('input')) })()", nil)
	p.wait("the leg to move the trunk", fmt.Sprintf("Math.abs(stage.contentWindow.onestepStage.body.root.v - %g) > 0.005", before.V), 20*time.Second)

	p.choose(ball)
	p.wait("a refusal", "errors.textContent.includes('ball.xml')", 10*time.Second)
	message := p.text("errors")
	t.Log(message)
	for _, part := range []string{"loose", "4", "ball", "Nothing was changed"} {
		assert.Contains(t, message, part)
	}
	assert.Equal(t, "crawler", p.data("stage", "title"))
	p.eval("errors.replaceChildren()", nil)

	p.pick("task", "hopper")
	p.onStage("hopper")
	p.pick("task", "custom")
	p.onStage("custom")

	p.wait("the worker", "document.documentElement.dataset.worker === 'ready'", 30*time.Second)
	p.click("reward-up")
	p.click("train")
	p.phase("running", 20*time.Second)
	p.wait("steps", "progress.value > 0", 60*time.Second)
	p.click("train")
	p.phase("paused", 20*time.Second)
	p.click("export")
	p.click("export-run")
	run := p.downloaded("onestep-custom-fpmd-m-seed1.run.safetensors")
	text, err := os.ReadFile(run)
	require.NoError(t, err)
	head := string(text[:min(len(text), 1<<16)])
	assert.True(t, strings.Contains(head, "model.files") && strings.Contains(head, "onestep.reward"), "the file carries its body")
	assert.Empty(t, p.text("errors"))

	other := open(t, address+"?open=policies/pendulum-fpmd-r.safetensors"+pendulum, width, height)
	other.drawn()
	other.wait("the file of the address", "acting.dataset.source === 'file' && acting.dataset.algorithm === 'fpmd-r'", 20*time.Second)
	other.wait("the worker", "document.documentElement.dataset.worker === 'ready'", 30*time.Second)
	other.choose(run)
	other.onStage("custom")
	other.phase("paused", 20*time.Second)
	assert.Equal(t, "crawler", other.data("stage", "title"))
	assert.Empty(t, other.text("errors"))
}

// TestRewardOfOnesOwn types a reward and an end for a task of the list: the stage pays it at once, a wrong one is told of with
// the names that there are and changes nothing, a training is paid so, its file says so, and a link brings it back.
func TestRewardOfOnesOwn(t *testing.T) {
	t.Parallel()
	p := open(t, address+"#v=1&task=hopper&set=warmUp_100", width, height)
	p.drawn()
	p.onStage("hopper")
	p.eval("document.getElementById('judge').open = true", nil)
	write := func(id, text string) {
		p.eval(fmt.Sprintf("(() => { const e = document.getElementById('%s'); e.value = %q; e.dispatchEvent(new Event('change')) })()", id, text), nil)
	}
	write("pays", "7 + 0*|a|^2")
	p.wait("the reward", "document.getElementById('reward-now').textContent.trim() === '7.00'", 20*time.Second)
	write("ends", "time > 0.5")
	p.wait("short episodes", "document.location.hash.includes('ends=')", 20*time.Second)
	write("pays", "vy")
	p.wait("what is wrong", "document.getElementById('judge-says').textContent.includes('no quantity is named')", 20*time.Second)
	says := p.text("judge-says")
	t.Log(says)
	for _, part := range []string{"vy", "vx", "body", "qpos"} {
		assert.Contains(t, says, part)
	}
	p.wait("the reward to stand", "document.getElementById('reward-now').textContent.trim() === '7.00'", 20*time.Second) // an episode's first step has none yet
	write("pays", "7 + 0*|a|^2")

	p.wait("the worker", "document.documentElement.dataset.worker === 'ready'", 30*time.Second)
	p.click("train")
	p.phase("running", 20*time.Second)
	p.wait("updates", "+document.getElementById('num-updates').textContent.replaceAll(',', '') > 20", 60*time.Second)
	p.click("train")
	p.phase("paused", 20*time.Second)
	p.click("export")
	p.click("export-run")
	run := p.downloaded("onestep-hopper-fpmd-m-seed1.run.safetensors")
	text, err := os.ReadFile(run)
	require.NoError(t, err)
	head := string(text[:min(len(text), 1<<16)])
	assert.True(t, strings.Contains(head, "7 + 0*|a|^2") && strings.Contains(head, "onestep.done"), "the file carries reward and end")
	assert.Empty(t, p.text("errors"))

	var link string
	p.eval("location.href", &link)
	other := open(t, link, width, height)
	other.drawn()
	other.wait("the reward", "document.getElementById('reward-now').textContent.trim() === '7.00'", 20*time.Second)
	other.pick("task", "pendulum")
	other.onStage("pendulum")
	other.wait("the task's own", "document.getElementById('pays').value === ''", 10*time.Second)
	assert.Empty(t, other.text("errors"))
}

// TestADivergingBody drops a body that no integrator can follow: the page says where it broke, and goes on.
func TestADivergingBody(t *testing.T) {
	t.Parallel()
	bang := filepath.Join(t.TempDir(), "bang.xml")
	require.NoError(t, os.WriteFile(bang, []byte(`<mujoco model="bang"><option timestep="0.5" integrator="RK4"/><worldbody>
<body><joint name="spring" type="slide" axis="1 0 0" stiffness="1e6" springref="1"/><geom size="0.1"/></body></worldbody></mujoco>`), 0o644))
	p := open(t, address+pendulum+"&speed=8", width, height)
	p.drawn()
	p.choose(bang)
	p.wait("the event", "errors.textContent.includes('diverged') && errors.textContent.includes('spring')", 30*time.Second)
	t.Log(p.text("errors"))
	p.pick("task", "pendulum")
	p.onStage("pendulum")
	p.drawn()
}
