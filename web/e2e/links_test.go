//go:build e2e

package e2e

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mutate makes a hostile link of a real one: bytes changed, pieces cut, doubled, swapped or blown up.
func mutate(r *rand.Rand, link string) string {
	b := []byte(link)
	for range 1 + r.IntN(6) {
		if len(b) == 0 {
			break
		}
		i, j := r.IntN(len(b)), r.IntN(len(b))
		i, j = min(i, j), max(i, j)
		switch r.IntN(6) {
		case 0:
			b[i] = byte(32 + r.IntN(95))
		case 1:
			b = append(b[:i:i], b[j:]...)
		case 2:
			b = append(b[:j:j], b[i:]...)
		case 3:
			b[i], b[j] = b[j], b[i]
		case 4:
			words := []string{"%00", "%", "&&", "=", "NaN", "-1", "1e999", "__proto__", "constructor", "<script>", "v=1", "set=", "*", "_", "ö"}
			b = append(b[:i:i], append([]byte(words[r.IntN(len(words))]), b[i:]...)...)
		case 5:
			b = append(b[:i:i], append([]byte(strings.Repeat(string(b[i:min(j, i+8)]), r.IntN(2000))), b[i:]...)...)
		}
	}
	return string(b)
}

// TestHostileLinks feeds the reader of links with thousands of mutated ones: it must neither throw nor take
// anything into the state that the state would not accept, and be done in a moment.
func TestHostileLinks(t *testing.T) {
	t.Parallel()
	p := open(t, address, width, height)
	seeds := []string{
		"#v=1&task=pendulum&alg=fpmd-m&sampler=one&k=20&best=0&n=32&seed=1&speed=1&play=1&auto=1&t=1&slow=0",
		"#v=1&task=half_cheetah&alg=sac&seed=9007199254740991&preset=browser-global&set=gamma_0.95*hidden_64.64",
		"#v=2&task=pendulum", "#", "",
	}
	r := rand.New(rand.NewPCG(1, 2))
	links := []string{"#v=1&speed=" + strings.Repeat("1", 500_000) + "x", "#v=1&t=." + strings.Repeat("1", 500_000) + "x", "#v=1&set=" + strings.Repeat("a_1*", 100_000)}
	for range 3000 {
		links = append(links, mutate(r, seeds[r.IntN(len(seeds))]))
	}
	text, err := json.Marshal(links)
	require.NoError(t, err)
	var bad string
	p.evalWithin(patience*30*time.Second, `import('./js/state.js').then((s) => {
		for (const link of `+string(text)+`) {
			let read;
			try { read = s.fromFragment(link) } catch (error) { return link.slice(0, 200) + ' threw ' + error }
			const names = Object.keys(s.initial());
			if (Object.keys(read.state).join() !== names.join()) return link.slice(0, 200) + ' changed the fields';
			for (const name of names) if (!s.valid(name, read.state[name])) return link.slice(0, 200) + ' put ' + read.state[name] + ' into ' + name;
			if (s.toFragment(read.state).length > 4096) return link.slice(0, 200) + ' makes a long link';
		}
		return '';
	})`, &bad)
	assert.Empty(t, bad)
}
