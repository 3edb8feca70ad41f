//go:build e2e

package e2e

import (
	"fmt"
	"testing"
	"time"

	"onestep/engine/env"
)

// TestEveryTaskTrains trains each task with FPMD-M, and each other agent on Hopper, from the press of Train to
// the first updates.
func TestEveryTaskTrains(t *testing.T) {
	t.Parallel()
	runs := [][2]string{{"hopper", "fpmd-r"}, {"hopper", "dpmd"}, {"hopper", "sac"}}
	for _, task := range env.Listed() {
		runs = append(runs, [2]string{task.Name, "fpmd-m"})
	}
	for _, run := range runs {
		t.Run(run[0]+" "+run[1], func(t *testing.T) {
			t.Parallel()
			p := open(t, fmt.Sprintf("%s#v=1&task=%s&alg=%s&k=4&set=warmUp_100", address, run[0], run[1]), width, height)
			p.phase("idle", 30*time.Second)
			p.eval("train.click()", nil) // not by the pointer: what loads meanwhile moves the button
			p.wait("updates", "+document.getElementById('num-updates').textContent.replaceAll(',', '') > 20", 60*time.Second)
			p.wait("a policy of the training on the stage", "acting.dataset.source === 'training'", 30*time.Second)
			p.eval("document.getElementById('reset-training').click()", nil)
			p.phase("idle", 10*time.Second)
		})
	}
}
