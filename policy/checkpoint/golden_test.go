package checkpoint_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/policy/kernel"
	"onestep/policy/tensorio"
	"onestep/policy/train"
)

// The first updates of every agent keep their bits, whatever is rebuilt around them: what the settings of the page give
// on a task, after so many updates, in all tensors of a run file (weights, targets, averages, moments, replay, body) and
// in the scalars that decide what comes next. A change of the algorithm changes a hash; nothing else may.
func TestTheFirstUpdatesKeepTheirBits(t *testing.T) {
	for _, c := range []struct {
		task, alg string
		updates   int
		settings  map[string]any
		tenth     string // the hash after a tenth of the updates
		want      string // after all of them: where the kernels are fast
	}{
		{"pendulum", "fpmd-m", 1000, nil, "c35097c462523036", "5adee5f81ad5aa52"},
		{"pendulum", "fpmd-r", 1000, nil, "23872ed2a7aeabce", "9a7a3935fc29c64f"},
		{"pendulum", "dpmd", 1000, map[string]any{"batch": 16}, "c1e65e917d3fe3e2", "e47845eeee72946a"},
		{"pendulum", "sac", 1000, nil, "e25f17defeacdb3d", "a6ba4c0f330d9336"},
		{"pendulum", "mdpo", 1000, nil, "314cc5336c38f809", "c701043fc7cbf06a"},
		{"pendulum", "mdpo", 300, map[string]any{"released": true, "m": 20}, "2eb1f654567b07f9", "b462594ad76b3047"},
		{"half_cheetah", "fpmd-m", 100, map[string]any{"warmUp": 300}, "947354e84e335d57", "fe4bc553ec5dd91c"},
		{"half_cheetah", "fpmd-r", 60, map[string]any{"warmUp": 300}, "b61cf361dfa6c6c8", "2a04d2f7146c554e"},
		{"half_cheetah", "dpmd", 20, map[string]any{"warmUp": 300, "batch": 32}, "ce70e9e54dc82950", "e73d93343b25d43d"},
		{"half_cheetah", "sac", 150, map[string]any{"warmUp": 300}, "c7bbc7dd4303ac16", "1a43b4a868553d20"},
		{"half_cheetah", "mdpo", 150, map[string]any{"warmUp": 300}, "1686c2b1e8d4483f", "24088ae4443abccb"},
		{"hopper", "fpmd-m", 100, map[string]any{"warmUp": 300}, "566d03cc2ff5f447", "963cfe1d193199f4"},
		{"hopper", "fpmd-r", 60, map[string]any{"warmUp": 300}, "8ce6e06d7615bdd1", "762157145e517a45"},
		{"hopper", "dpmd", 20, map[string]any{"warmUp": 300, "batch": 32}, "a477fbb8561d9351", "5e4084cad80f2bc7"},
		{"hopper", "sac", 150, map[string]any{"warmUp": 300}, "3d668b3d2fa10d69", "8f540bd01bd0900d"},
		{"pendulum", "fpmd-m", 1000, map[string]any{"shards": 2}, "363a60a772a74db3", "e8dd1e933bd0954d"},
		{"pendulum", "fpmd-r", 300, map[string]any{"shards": 3}, "f971b2109e9b0638", "3f08647005247e77"},
		{"pendulum", "fpmd-m", 300, map[string]any{"weighting": "global"}, "dea928cee262125a", "696777a7d5e48cef"},
		{"pendulum", "fpmd-r", 300, map[string]any{"weighting": "as-released", "released": true, "lambdaFloor": 0}, "cddb5324d191cb0e", "7b9012f3cf2f3496"},
		{"pendulum", "fpmd-m", 300, map[string]any{"weighting": "constant", "policyDelay": 2}, "8ae397d9034ad4e2", "711db9f20dd82899"},
		{"pendulum", "fpmd-m", 300, map[string]any{"actParticles": 3, "fractionEqual": 0.25, "fractionOneStep": 0.5, "criticLREnd": 0.1}, "a96f14bbf75a1772", "8473f33af209b05e"},
		{"pendulum", "sac", 300, map[string]any{"particles": 4, "noiseScale": 0.1}, "17a1de7da650b76e", "4b682443a2942b44"},
	} {
		t.Run(fmt.Sprint(c.task, " ", c.alg, " ", c.settings), func(t *testing.T) {
			t.Parallel()
			o, err := train.NewOptions(c.task, c.alg, 1, 0, c.settings)
			require.NoError(t, err)
			r, err := train.NewRun(o)
			require.NoError(t, err)
			for r.Agent.Updates < c.updates/10 {
				require.NoError(t, r.Step())
			}
			assert.Equal(t, c.tenth, runHash(t, r))
			if kernel.Lanes() == 1 || testing.Short() {
				return // without vectors the rest takes a minute
			}
			for r.Agent.Updates < c.updates {
				require.NoError(t, r.Step())
			}
			assert.Equal(t, c.want, runHash(t, r))
		})
	}
}

// hashedAs are the names under which numbers are hashed since the first hashes were taken.
var hashedAs = strings.NewReplacer("logTemperature", "logAlpha", "temperature", "alpha")

// runHash is that of a run file's tensors and of the scalars that an update reads.
func runHash(t *testing.T, r *train.Run) string {
	f, err := tensorio.ReadSafetensors(runBytes(t, r))
	require.NoError(t, err)
	names := make([]string, 0, len(f.Tensors()))
	for _, tensor := range f.Tensors() {
		names = append(names, tensor.Name)
	}
	slices.Sort(names)
	h := sha256.New()
	for _, name := range names {
		if name == "env.state" {
			x, err := f.Float64(name, tensorio.AnyDim)
			require.NoError(t, err)
			require.NoError(t, binary.Write(h, binary.LittleEndian, x))
			continue
		}
		info, _ := f.Lookup(name)
		x, err := f.Float32(name, info.Shape...)
		require.NoError(t, err)
		h.Write([]byte(name))
		require.NoError(t, binary.Write(h, binary.LittleEndian, x))
	}
	var state map[string]any
	d := json.NewDecoder(strings.NewReader(f.Metadata["onestep.state"]))
	d.UseNumber()
	require.NoError(t, d.Decode(&state))
	for _, name := range []string{"envSteps", "updates", "logTemperature", "temperatureM", "temperatureV", "policyStep", "criticStep", "streams", "owed"} {
		require.Contains(t, state, name)
		fmt.Fprintln(h, hashedAs.Replace(name), state[name])
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}
