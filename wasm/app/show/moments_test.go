package show

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/wasm/app/probe"
	"onestep/wasm/app/weights"
	"onestep/wasm/protocol"
)

// Each moment of a film is on the stage with the next frame, body, field, cloud and values, however slow the machine is; the
// comparison with the other sampler follows.
func TestAMomentIsShownWithinAFrame(t *testing.T) {
	for _, film := range []string{"pendulum-fpmd-m", "pendulum-sac", "half_cheetah-fpmd-m"} {
		t.Run(film, func(t *testing.T) {
			b := newSlowBench(t, 1e-3) // a unit of probing in a frame
			files, err := filepath.Glob("../../../assets/films/" + film + "/*.safetensors")
			require.NoError(t, err)
			require.Len(t, files, 12)
			task, _, _ := strings.Cut(film, "-")
			b.send(protocol.SetTask, protocol.TaskSeed{Task: task, Seed: 1})
			var heat []float32
			for i, name := range files[:5] {
				file, err := os.ReadFile(name)
				require.NoError(t, err)
				b.send(protocol.LoadPolicy, protocol.PolicySource{Source: "file", Name: name}, file)
				b.frames(1)
				pic := b.probe.Shown()
				require.True(t, pic.Ready && pic.Early, "moment %d", i)
				d := b.world.Spec.ActDim
				n := min(weights.MaxBatch, pic.Paths.N)
				cloud, values := make([]float32, n*d), make([]float32, n)
				b.world.Policy.Sample(cloud, b.probe.Obs(), n, pic.Paths.Starts()[:n*d], pic.Steps)
				require.Equal(t, cloud, pic.Paths.Ends()[:n*d], "the cloud is another policy's")
				b.world.Policy.Values(values, b.probe.Obs(), n, cloud)
				require.Equal(t, values, pic.Values[:n])
				assert.NotEqual(t, heat, pic.Heat.V)
				assert.Equal(t, b.world.Policy.Pathless(), pic.Field.NT == 0 && pic.Plane.NT == 0)
				heat = append(heat[:0], pic.Heat.V...)
				b.frames(i) // the next moment comes before the whole picture
			}
			for b.probe.Shown().Early {
				b.frames(1)
			}
			assert.True(t, finite(b.probe.Shown().Variance))
			assert.Equal(t, probe.DefaultParticles, b.probe.Shown().Paths.N)
		})
	}
}
