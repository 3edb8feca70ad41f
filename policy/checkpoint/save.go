package checkpoint

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"onestep/engine/quote"
	"onestep/policy/learner"
	"onestep/policy/replay"
	"onestep/policy/settings"
	"onestep/policy/tensorio"
	"onestep/policy/train"
)

// The transitions of a run are numbered from 0 in the order of its environment steps: a run that has taken n steps
// holds those from Oldest(r) to n-1.

// Oldest is the number of the oldest transition that the run's replay still holds.
func Oldest(r *train.Run) int { return r.EnvSteps - r.Replay.Len }

// StateBytes is a run file without the replay; the run goes on unchanged from it and its transitions.
func StateBytes(r *train.Run, record Record) ([]byte, error) {
	policy := PolicyOf(r, record)
	metadata, story, err := runStory(r, policy, kindState)
	if err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	var b bytes.Buffer
	if err := write(&b, append(stateTensors(r, policy), story...), metadata); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// blockHead is the length of a block's head, bytes.
const blockHead = 8

// Block is the transitions first..end-1 of a run as bytes, all little-endian: the number of the first (uint64),
// then for each transition s, a, r, s', terminated as float32. It panics where the replay does not hold them.
func Block(r *train.Run, first, end int) []byte {
	if first < Oldest(r) || end < first || end > r.EnvSteps {
		panic(fmt.Sprintf("checkpoint: transitions %d..%d of a run that holds %d..%d", first, end-1, Oldest(r), r.EnvSteps-1))
	}
	b := r.Replay
	dst := make([]byte, 0, blockHead+(end-first)*rowBytes(b))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(first))
	for n := first; n < end; n++ {
		i := n % b.Capacity
		dst = appendFloats(dst, b.Obs[i*b.ObsDim:(i+1)*b.ObsDim])
		dst = appendFloats(dst, b.Act[i*b.ActDim:(i+1)*b.ActDim])
		dst = appendFloats(dst, b.Reward[i:i+1])
		dst = appendFloats(dst, b.NextObs[i*b.ObsDim:(i+1)*b.ObsDim])
		dst = appendFloats(dst, b.Done[i:i+1])
	}
	return dst
}

// rowBytes is the size of one transition in a block.
func rowBytes(b *replay.Buffer) int { return 4 * (2*b.ObsDim + b.ActDim + 2) }

func appendFloats(dst []byte, x []float32) []byte {
	for _, v := range x {
		dst = binary.LittleEndian.AppendUint32(dst, math.Float32bits(v))
	}
	return dst
}

// Change alters the settings of a run that goes on from a state. The fields hidden and replayCapacity belong to what
// is saved and cannot change.
type Change struct {
	Steps  int            // environment steps of the whole run; 0 keeps them
	Config map[string]any // names of settings
}

func (c *Change) apply(p *Policy, steps *int) error {
	if c == nil {
		return nil
	}
	changed, err := learner.Merge(p.Config, c.Config)
	if err != nil {
		return err
	}
	for _, fixed := range []string{"hidden", "replayCapacity"} {
		if before, after := settings.Map(p.Config)[fixed], settings.Map(changed)[fixed]; fmt.Sprint(before) != fmt.Sprint(after) {
			return fmt.Errorf("%s cannot change from %v to %v in the middle of a run", fixed, before, after)
		}
	}
	p.Config = changed
	if c.Steps > 0 {
		*steps = c.Steps
	}
	return nil
}

// ReadState reads a state and the blocks with its transitions, in the order of their numbers, and returns the run as it stood
// and its record; a change, where not nil, alters its settings. Transitions that the replay has forgotten, or
// that came after the state, are passed over. It refuses what ReadRun refuses, and transitions that are missing.
func ReadState(state []byte, blocks [][]byte, change *Change) (*train.Run, Record, error) {
	f, err := tensorio.ReadSafetensors(state)
	if err != nil {
		return nil, Record{}, err
	}
	if kind := f.Metadata["onestep.kind"]; kind != kindState {
		return nil, Record{}, fmt.Errorf("a state is expected, and this is of the kind %s", quote.Text(kind))
	}
	r, policy, _, err := reopen(f, change)
	if err != nil {
		return nil, Record{}, err
	}
	if have, want := withoutStory(f), len(stateTensors(r, policy)); have != want {
		return nil, Record{}, fmt.Errorf("the state has %d tensors where a run's has %d", have, want)
	}
	if err := refill(r, blocks); err != nil {
		return nil, Record{}, err
	}
	return r, policy.Record, nil
}

// ReadLearner reads the learner of a state, whose transitions it does not need.
func ReadLearner(state []byte) (learner.Learner, error) {
	f, err := tensorio.ReadSafetensors(state)
	if err != nil {
		return nil, err
	}
	r, _, _, err := reopen(f, nil)
	if err != nil {
		return nil, err
	}
	return r.Learner, nil
}

// refill loads the replay from blocks. No memory is taken for transitions that are not there.
func refill(r *train.Run, blocks [][]byte) error {
	b := r.Replay
	n := min(r.EnvSteps, b.Capacity)
	size := rowBytes(b)
	next := r.EnvSteps - n // the number that is due
	for _, block := range blocks {
		if len(block) < blockHead || (len(block)-blockHead)%size != 0 {
			return fmt.Errorf("a block of transitions has %d bytes: %d and a multiple of %d are expected", len(block), blockHead, size)
		}
		if first := binary.LittleEndian.Uint64(block); first <= uint64(next) {
			next = max(next, int(first)+(len(block)-blockHead)/size)
		}
	}
	if next < r.EnvSteps {
		return fmt.Errorf("the transitions from number %d on are missing", next)
	}
	obs, act := make([]float32, n*b.ObsDim), make([]float32, n*b.ActDim)
	reward, nextObs, done := make([]float32, n), make([]float32, n*b.ObsDim), make([]float32, n)
	for _, block := range blocks {
		number := int(binary.LittleEndian.Uint64(block))
		for row := block[blockHead:]; len(row) > 0; number, row = number+1, row[size:] {
			if number < r.EnvSteps-n || number >= r.EnvSteps {
				continue
			}
			i, rest, ok := number%b.Capacity, row, true
			for _, dst := range [][]float32{
				obs[i*b.ObsDim : (i+1)*b.ObsDim], act[i*b.ActDim : (i+1)*b.ActDim], reward[i : i+1], nextObs[i*b.ObsDim : (i+1)*b.ObsDim], done[i : i+1],
			} {
				rest, ok = takeFloats(dst, rest, ok)
			}
			if !ok {
				return fmt.Errorf("transition %d: %w", number, errNotFinite)
			}
		}
	}
	return b.Load(obs, act, reward, nextObs, done, r.EnvSteps%b.Capacity)
}

var errNotFinite = errors.New("a number is not finite")

// takeFloats fills dst from b and returns what is left of b, and whether all so far were finite.
func takeFloats(dst []float32, b []byte, finite bool) ([]byte, bool) {
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		finite = finite && dst[i]-dst[i] == 0
	}
	return b[4*len(dst):], finite
}
