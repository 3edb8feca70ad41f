package protocol_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/wasm/protocol"
)

// JavaScript writes null for a number that is none: where a number, a text or a truth is meant it is refused and not taken for
// nothing, as in files. What may be missing may be null.
func TestNullIsNoNumber(t *testing.T) {
	for _, c := range []struct {
		dst        any
		body, want string
	}{
		{&protocol.Play{}, `{"playing":true,"speed":null}`, `"speed" is null`},
		{&protocol.Scrub{}, `{"auto":false,"t":null,"slow":false}`, `"t" is null`},
		{&protocol.Sampler{}, `{"steps":1,"manySteps":8,"bestOf":1,"latency":null}`, `"latency" is null`},
		{&protocol.Drive{}, `{"mode":"hand","values":[1,null]}`, `number 1 of "values" is null`},
		{&protocol.TaskSeed{}, `{"task":"pendulum","seed":null}`, `"seed" is null`},
		{&protocol.Comparison{}, `{"groups":[[1,null]],"tau":[],"curves":[]}`, `number 1 of number 0 of "groups" is null`},
		{&protocol.Places{}, `{"flow":{"x":0,"y":null,"w":1,"h":1}}`, `"y" is null`},
		{&protocol.LabRequest{}, `{"modes":[[1,null,2]]}`, `number 1 of number 0 of "modes" is null`},
		{&protocol.Live{}, `{"manySteps":8,"ManySteps":9}`, `are the same`},
		{&protocol.Live{}, `{"manySteps":8,"manySteps":9}`, `twice`},
		{&protocol.Live{}, `{"manySteps":8} 1`, `more text follows`},
		{&protocol.Live{}, `{"manystep":8}`, `unknown field`},
		{&protocol.Live{}, `null`, `is null`},
		{&protocol.TrainRequest{}, `{"task":"pendulum","algorithm":"sac","seed":1,"steps":0,"config":null,"model":null}`, ""},
		{&protocol.Drive{}, `{"mode":"policy","values":null}`, ""},
		{&protocol.PolicySource{}, `{"source":"asset","curve":[{"oneStep":{"mean":null}}]}`, ""},
	} {
		err := protocol.Message{Type: protocol.Train, ID: 1, Body: []byte(c.body)}.Decode(c.dst)
		if c.want == "" {
			require.NoError(t, err, c.body)
		} else {
			require.ErrorContains(t, err, c.want, c.body)
		}
	}
}
