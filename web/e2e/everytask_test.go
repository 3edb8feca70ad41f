//go:build e2e

package e2e

import (
	"fmt"
	"testing"
	"time"

	"onestep/engine/env"
)

// TestEveryTaskTrains trains each task with FPMD-M, and each other agent on Hopper, from the press of Train to
// the first updates; the page goes from one to the next by its link.
func TestEveryTaskTrains(t *testing.T) {
	t.Parallel()
	runs := [][2]string{{"hopper", "fpmd-r"}, {"hopper", "dpmd"}, {"hopper", "sac"}}
	for _, task := range env.Listed() {
		runs = append(runs, [2]string{task.Name, "fpmd-m"})
	}
	const tabs = 2
	for tab := range tabs {
		t.Run(fmt.Sprint("tab ", tab+1), func(t *testing.T) {
			t.Parallel()
			p := open(t, address+pendulum, width, height)
			p.drawn()
			for i := tab; i < len(runs); i += tabs {
				task, algorithm := runs[i][0], runs[i][1]
				t.Run(task+" "+algorithm, func(t *testing.T) {
					p.T = t
					p.eval(fmt.Sprintf("location.hash = '#v=1&task=%s&alg=%s&k=4&set=warmUp_100'", task, algorithm), nil)
					p.onStage(task)
					p.wait("the agent", fmt.Sprintf("acting.dataset.algorithm === %q", algorithm), 20*time.Second)
					p.phase("idle", 30*time.Second)
					p.eval("train.click()", nil) // not by the pointer: what loads meanwhile moves the button
					p.wait("updates", "+document.getElementById('num-updates').textContent.replaceAll(',', '') > 20", 60*time.Second)
					p.wait("a policy of the training on the stage", "acting.dataset.source === 'training'", 30*time.Second)
					p.eval("document.getElementById('reset-training').click()", nil)
					p.phase("idle", 10*time.Second)
				})
			}
			p.T = t
		})
	}
}
