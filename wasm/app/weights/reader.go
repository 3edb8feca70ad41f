package weights

import (
	"hash/maphash"
	"reflect"

	"onestep/policy/checkpoint"
	"onestep/policy/nn"
)

// mostKept is how many bytes the files may have whose policies a Reader keeps: a film of 40 moments of a task's own size.
const mostKept = 16 << 20

// Reader reads policies one after another, such as the moments of a film. It knows the last ones again, and policies whose
// networks have the same shape share the memory in which they act: a policy that it has read acts no more once another acts.
type Reader struct {
	seed maphash.Seed
	kept map[uint64]*Policy // by the hash of the file, seeded by chance
	ages []file             // of kept, the oldest first
	size int                // of these files, bytes
	last *Policy
}

// file is one whose policy is kept.
type file struct {
	key  uint64
	size int
}

// Read is the function Read, faster.
func (r *Reader) Read(b []byte) (*Policy, error) {
	if r.kept == nil {
		r.seed, r.kept = maphash.MakeSeed(), map[uint64]*Policy{}
	}
	key := maphash.Bytes(r.seed, b)
	p := r.kept[key]
	if p == nil {
		read, err := checkpoint.ReadPolicy(b)
		if err != nil {
			return nil, err
		}
		p = r.prepare(read)
		r.keep(file{key, len(b)}, p)
	}
	r.last = p
	again, of := *p, *p.File
	again.File = &of // whose record the caller may change
	return &again, nil
}

// prepare lets a policy act in the memory of the last one where that fits.
func (r *Reader) prepare(p *checkpoint.Policy) *Policy {
	if r.last == nil || !alike(p.Actor.Net, r.last.File.Actor.Net) || !alike(p.CriticNet, r.last.File.CriticNet) {
		return ready(p)
	}
	p.Actor.Net, p.CriticNet = r.last.File.Actor.Net, r.last.File.CriticNet
	return &Policy{File: p, acts: r.last.acts, probe: r.last.probe}
}

func alike(a, b *nn.Net[float32]) bool { return reflect.DeepEqual(a.Config(), b.Config()) }

func (r *Reader) keep(f file, p *Policy) {
	r.kept[f.key], r.ages, r.size = p, append(r.ages, f), r.size+f.size
	for r.size > mostKept && len(r.ages) > 1 {
		delete(r.kept, r.ages[0].key)
		r.ages, r.size = r.ages[1:], r.size-r.ages[0].size
	}
}
