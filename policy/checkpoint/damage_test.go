package checkpoint_test

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/policy/checkpoint"
	"onestep/policy/tensorio"
)

// Every damage of the data is refused with the cause: bits that flip, bytes that are overwritten, blocks that change
// places or become zeros, in a policy file and in a run file.
func TestDamagedDataIsRefused(t *testing.T) {
	r := newRun(t, "fpmd-m", 80)
	random := rand.New(rand.NewPCG(13, 6))
	read := map[string]func([]byte) error{
		"policy": func(b []byte) error { _, err := checkpoint.ReadPolicy(b); return err },
		"run":    func(b []byte) error { _, _, err := checkpoint.ReadRun(b); return err },
	}
	for kind, file := range map[string][]byte{"policy": policyBytes(t, r), "run": runBytes(t, r)} {
		require.NoError(t, read[kind](file))
		from := 8 + int(binary.LittleEndian.Uint64(file))
		refused := 0
		for i := range 3000 {
			bad := append([]byte(nil), file...)
			data := bad[from:]
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
			require.ErrorIs(t, err, tensorio.ErrSafetensors, "damage %d", i)
			require.ErrorContains(t, err, "damaged")
			refused++
		}
		t.Logf("%s file: %d of 3000 damages refused", kind, refused)
	}
}

// A file that names no checksum is read, and said to be unchecked.
func TestAFileWithoutAChecksumIsRead(t *testing.T) {
	file := policyBytes(t, newRun(t, "fpmd-m", 80))
	f, err := tensorio.ReadSafetensors(file)
	require.NoError(t, err)
	require.True(t, f.Checked)
	bare := edit(t, file, `"`+tensorio.ChecksumKey+`"`, `"someone"`)
	f, err = tensorio.ReadSafetensors(bare)
	require.NoError(t, err)
	require.False(t, f.Checked)
	whole, err := checkpoint.ReadPolicy(file)
	require.NoError(t, err)
	p, err := checkpoint.ReadPolicy(bare)
	require.NoError(t, err)
	require.Equal(t, whole.Hash(), p.Hash())
}
