package checkpoint_test

import (
	"encoding/binary"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/env"
	"onestep/policy/checkpoint"
	"onestep/policy/tensorio"
	"onestep/policy/train"
)

// Every damage is refused with the cause, of the data and of the header: bits that flip, bytes that are overwritten, blocks
// that change places or become zeros, in a policy file and in a run file.
func TestDamageIsRefused(t *testing.T) {
	r := newRun(t, "fpmd-m", 80)
	random := rand.New(rand.NewPCG(13, 6))
	read := map[string]func([]byte) error{
		"policy": func(b []byte) error { _, err := checkpoint.ReadPolicy(b); return err },
		"run":    func(b []byte) error { _, _, err := checkpoint.ReadRun(b); return err },
	}
	for kind, file := range map[string][]byte{"policy": policyBytes(t, r), "run": runBytes(t, r)} {
		require.NoError(t, read[kind](file))
		header := 8 + int(binary.LittleEndian.Uint64(file))
		refused := 0
		for i := range 3000 {
			bad := append([]byte(nil), file...)
			data := bad[header:]
			if i >= 1500 {
				data = bad[:header]
			}
			at, n := random.IntN(len(data)-64), 1+random.IntN(63)
			switch i % 4 {
			case 0:
				data[at] ^= 1 << random.IntN(8)
			case 1:
				data[at] += byte(1 + random.IntN(255))
			case 2:
				for k := range n {
					data[at+k] = ^data[at+k]
				}
			case 3:
				copy(data[at:at+n], data[random.IntN(len(data)-64):])
				if string(bad) == string(file) {
					data[at] ^= 0x80
				}
			}
			err := read[kind](bad)
			require.Error(t, err, "damage %d", i)
			if i < 1500 {
				require.ErrorIs(t, err, tensorio.ErrSafetensors)
				require.ErrorContains(t, err, "damaged")
			}
			refused++
		}
		t.Logf("%s file: %d of 3000 damages refused", kind, refused)
	}
}

// Each single bit of the header that flips is noticed.
func TestEachBitOfTheHeaderCounts(t *testing.T) {
	file := policyBytes(t, newRun(t, "fpmd-m", 60))
	for i := range 8 * (8 + int(binary.LittleEndian.Uint64(file))) {
		file[i/8] ^= 1 << (i % 8)
		_, err := checkpoint.ReadPolicy(file)
		require.Error(t, err, "bit %d", i)
		file[i/8] ^= 1 << (i % 8)
	}
}

// What the version before wrote is read, and a training goes on from it to the bits of an undisturbed one. Its checksum is
// of the data alone; a file that names none is read, and said to be unchecked.
func TestFilesOfTheVersionBefore(t *testing.T) {
	file, err := os.ReadFile("testdata/format1.safetensors")
	require.NoError(t, err)
	f, err := tensorio.ReadSafetensors(file)
	require.NoError(t, err)
	require.True(t, f.Checked)
	require.False(t, f.Whole)
	r, record, err := checkpoint.ReadRun(file)
	require.NoError(t, err)
	require.Len(t, record.Curve, 3)
	require.Equal(t, 40, record.Curve[2].EnvSteps)
	require.Equal(t, 2, record.Curve[2].Best.Episodes)
	whole, err := train.NewRun(r.Options)
	require.NoError(t, err)
	advance(t, whole, r.Options.Steps)
	advance(t, r, r.Options.Steps-r.EnvSteps)
	require.Equal(t, checkpoint.PolicyOf(whole, checkpoint.Record{}).Hash(), checkpoint.PolicyOf(r, checkpoint.Record{}).Hash())

	bare := edit(t, file, `"`+tensorio.ChecksumKey+`"`, `"someone"`)
	f, err = tensorio.ReadSafetensors(bare)
	require.NoError(t, err)
	require.False(t, f.Checked)
	_, _, err = checkpoint.ReadRun(bare)
	require.NoError(t, err)

	custom, err := os.ReadFile("testdata/format1-custom.safetensors")
	require.NoError(t, err)
	p, err := checkpoint.ReadPolicy(custom)
	require.NoError(t, err)
	require.Contains(t, p.Model.Files["pole.xml"], "<joint")
	require.Equal(t, env.RewardUp, p.Model.Reward)
}
