package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMachinesAgree trains on each kind of machine that can be had here, HalfCheetah's body with the settings of the page but
// for their size, and asks for one hash: amd64 as it is and with the instructions of newer processors, arm64 by qemu's user
// mode.
func TestMachinesAgree(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program three times")
	}
	train := func(out string) []string {
		return []string{"train", "-task", "half_cheetah", "-steps", "140", "-config", `{"hidden":[16,16],"batch":16,"particles":4,"warmUp":60}`, "-episodes", "1", "-k", "2", "-eval-every", "140", "-out", out}
	}
	want := t.TempDir()
	done(t, train(want)...)
	for _, m := range []struct{ name, os, arch, level string }{
		{"amd64", "linux", "amd64", "v1"}, {"amd64 v3", "linux", "amd64", "v3"}, // v2 fuses nothing either
		{"arm64", "linux", "arm64", ""},
	} {
		t.Run(m.name, func(t *testing.T) {
			emulator := ""
			if runtime.GOOS != m.os || runtime.GOARCH != m.arch {
				var err error
				if emulator, err = exec.LookPath(map[string]string{"arm64": "qemu-aarch64", "amd64": "qemu-x86_64"}[m.arch]); err != nil {
					t.Skip("needs qemu's user mode: install your system's package qemu-user")
				}
			}
			binary, dir := filepath.Join(t.TempDir(), "fpmd"), t.TempDir()
			build := exec.Command("go", "build", "-o", binary, ".")
			build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+m.os, "GOARCH="+m.arch, "GOAMD64="+m.level, "GOEXPERIMENT=")
			out, err := build.CombinedOutput()
			require.NoError(t, err, "%s", out)
			if m.level == "v3" && emulator == "" && !hasAVX2() {
				t.Skip("this processor has no AVX2")
			}
			command := append([]string{emulator, binary}, train(dir)...)
			if emulator == "" {
				command = command[1:]
			}
			out, err = exec.Command(command[0], command[1:]...).CombinedOutput()
			require.NoError(t, err, "%s", out)
			require.Equal(t, hashOf(t, want), hashOf(t, dir))
		})
	}
}

func hasAVX2() bool {
	b, err := os.ReadFile("/proc/cpuinfo")
	return err != nil || strings.Contains(string(b), " avx2 ")
}
