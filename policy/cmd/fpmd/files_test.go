//go:build unix

package main

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"onestep/policy/tensorio"
)

// readers are all commands that read a file, with FILE in its place.
var readers = []string{
	"inspect FILE", "hash FILE", "eval -policy FILE", "act -policy FILE -obs [] -x0 []", "export -policy FILE -out OUT.json -format json",
	"plot paths -out OUT.svg -policy FILE", "plot variance -out OUT.svg -policy FILE", "plot latency -out OUT.svg -policy FILE",
	"sweep expand FILE", "mirror -problem FILE", "plot mirror -out OUT.svg -problem FILE", "plot grid -out OUT.svg -grid FILE",
	"table FILE", "score FILE", "plot curves -out OUT.svg FILE", "rollout -model FILE -in IN -out OUT.json", "rollout -model IN -in FILE -out OUT.json",
	"train -model FILE -out OUT", "quantities -model FILE", "train -resume -out FOLDER",
}

// What is no file of a bounded length is refused with the cause, soon and in little memory, by every command.
func TestWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	pipe, sparse, folder, odd := filepath.Join(dir, "pipe"), filepath.Join(dir, "sparse"), filepath.Join(dir, "folder"), filepath.Join(dir, "odd\x1b[2J\nname")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	require.NoError(t, os.WriteFile(sparse, nil, 0o600))
	require.NoError(t, os.Truncate(sparse, 1<<42))
	require.NoError(t, os.Mkdir(folder, 0o700))
	require.NoError(t, os.WriteFile(odd, []byte("\xff\xfe{\x00}\x00"), 0o600))
	// A header that tells the truth about a tensor of four terabytes.
	header := `{"a":{"dtype":"U8","shape":[2000000000,2000],"data_offsets":[0,4000000000000]}}`
	told := filepath.Join(dir, "told")
	require.NoError(t, os.WriteFile(told, append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...), 0o600))
	require.NoError(t, os.Truncate(told, int64(8+len(header)+4_000_000_000_000)))
	in := filepath.Join(dir, "in.json")
	require.NoError(t, os.WriteFile(in, []byte(`{}`), 0o600))

	all := []string{pipe, sparse, folder, "/dev/zero", odd, told}
	for _, file := range all {
		for _, read := range []func(string) ([]byte, error){readTensors, readText} {
			began := time.Now()
			_, err := read(file)
			if file == pipe { // which is empty
				continue
			}
			require.Error(t, err, file)
			require.Less(t, time.Since(began), 20*time.Second)
		}
	}
	runs := filepath.Join(dir, "runs")
	require.NoError(t, os.Mkdir(runs, 0o700))
	require.NoError(t, os.Symlink(pipe, filepath.Join(runs, runFile)))
	require.NoError(t, os.Symlink(pipe, filepath.Join(runs, recordFile)))
	for _, line := range append(readers, "inspect ODD") {
		args := strings.Fields(line)
		for i, arg := range args {
			args[i] = strings.NewReplacer("FILE", pipe, "OUT", filepath.Join(dir, "out"), "IN", in, "FOLDER", runs, "ODD", odd).Replace(arg)
		}
		status, stdout, stderr := invoke(t.Context(), args...)
		require.NotZero(t, status, args)
		require.Empty(t, stdout, args)
		harmless(t, stderr)
		require.NoFileExists(t, filepath.Join(dir, "out"))
	}
}

// A pipe that somebody writes to is read, and what is no file is written into.
func TestPipes(t *testing.T) {
	policy := filepath.Join(policies, "pendulum-fpmd-m.safetensors")
	b, err := os.ReadFile(policy)
	require.NoError(t, err)
	read, write, err := os.Pipe()
	require.NoError(t, err)
	defer read.Close()
	go func() {
		write.Write(b)
		write.Close()
	}()
	descriptor := func(f *os.File) string { return fmt.Sprintf("/dev/fd/%d", f.Fd()) }
	if _, err := os.Stat(descriptor(read)); err != nil {
		t.Skip("this system names no open pipes")
	}
	require.Equal(t, done(t, "hash", policy), done(t, "hash", descriptor(read)))

	read, write, err = os.Pipe()
	require.NoError(t, err)
	whole := make(chan []byte)
	go func() {
		b, _ := io.ReadAll(read)
		whole <- b
	}()
	done(t, "export", "-policy", policy, "-format", "python", "-out", descriptor(write))
	write.Close()
	require.Equal(t, done(t, "export", "-policy", policy, "-format", "python"), string(<-whole))
}

// Nothing that a command reads, and nothing that a training has left, is replaced by an output.
func TestOutputsReplaceNothingOfValue(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	done(t, trainArgs(dir)...)
	write := func(name, text string) { require.NoError(t, os.WriteFile(at(name), []byte(text), 0o600)) }
	write("chain.svg", `{"grid":{"layout":["SG"],"gamma":0.9}}`)
	write("body.xml", `<mujoco><worldbody><body><joint type="slide"/><geom size="1"/></body></worldbody></mujoco>`)
	write("in.json", `{"qpos0":[0],"qvel0":[0],"ctrl":[[]],"frame_skip":1}`)
	write("grid.svg", done(t, "eval", "-policy", at(policyFile), "-grid", "-episodes", "2", "-json"))
	require.NoError(t, os.Symlink(policyFile, at("link.json")))
	require.NoError(t, os.Symlink("missing", at("dangling.json")))
	before := contents(t, dir)
	for _, line := range []string{
		"export -policy POLICY -format json -out POLICY", "export -policy POLICY -format json -out LINK.json", "export -policy RUN -out RUN", "export -policy RUN -format python -out POLICY",
		"export -policy RUN -format json -out RECORD", "plot paths -policy POLICY -csv POLICY", "plot curves DIR -csv RECORD", "plot paths -policy POLICY -out DIR/a.svg -csv DIR/a.svg",
		"plot mirror -problem DIR/chain.svg -out DIR/chain.svg", "plot grid -grid DIR/grid.svg -out DIR/grid.svg",
		"rollout -model DIR/body.xml -in DIR/in.json -out DIR/in.json", "rollout -model DIR/body.xml -in DIR/in.json -out DIR/body.xml", "rollout -model DIR/body.xml -in DIR/in.json -out RUN",
		"export -policy POLICY -out DIR", "export -policy POLICY -out DIR/dangling.json", "export -policy POLICY -out DIR/none/x",
	} {
		args := strings.Fields(line)
		for i, arg := range args {
			args[i] = strings.NewReplacer("POLICY", at(policyFile), "LINK", at("link"), "RUN", at(runFile), "RECORD", at(recordFile), "DIR", dir).Replace(arg)
		}
		status, _, stderr := invoke(t.Context(), args...)
		require.NotZero(t, status, line)
		require.Regexp(t, "name another file|is a folder|is a link to a file|no such file", stderr)
		require.NoError(t, os.RemoveAll(at("a.svg")))
		require.Equal(t, before, contents(t, dir), line)
	}

	done(t, "export", "-policy", at(policyFile), "-format", "safetensors", "-out", at("copy")) // twice the same: nothing is lost
	done(t, "export", "-policy", at(policyFile), "-format", "safetensors", "-out", at("copy"))
	require.NoError(t, os.Symlink("far.json", at("near.json")))
	write("far.json", "old")
	done(t, "export", "-policy", at(policyFile), "-format", "json", "-out", at("near.json"))
	require.NotEqual(t, "old", contents(t, dir)["far.json"])
	target, err := os.Readlink(at("near.json"))
	require.NoError(t, err)
	require.Equal(t, "far.json", target)
}

// contents are the files of a folder by name, links as what they lead to.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	all := map[string]string{}
	for _, e := range entries {
		b, _ := os.ReadFile(filepath.Join(dir, e.Name()))
		all[e.Name()] = string(b)
	}
	return all
}

// A file's length is what its header tells.
func TestSizeOfAFile(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(policies, "pendulum-fpmd-m.safetensors"))
	require.NoError(t, err)
	size, err := tensorio.Size(b[:min(len(b), 8+tensorio.MaxHeader)])
	require.NoError(t, err)
	require.Equal(t, int64(len(b)), size)
}

// What two readers of JSON would understand differently, and what would be passed over without a word, is refused by name.
func TestNothingIsPassedOver(t *testing.T) {
	dir := t.TempDir()
	file := func(text string) string {
		path := filepath.Join(dir, fmt.Sprintf("%x.json", sha256.Sum256([]byte(text))))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	chain := `"gamma":0.9,"states":1,"actions":2,"rho":[1],"terminal":[],"transitions":[[[[0,1]],[[0,1]]]],"rewards":[[1,0.5]]`
	run := `{"method":"pmd","step":{"kind":"constant","eta":1},"rows":[[3]]}`
	for _, c := range []struct {
		want string
		args []string
	}{
		{`"batch" stands twice`, []string{"train", "-config", `{"batch":4,"batch":8}`, "-out", dir}},
		{`"gamma" is null`, []string{"train", "-config", `{"gamma":null}`, "-out", dir}},
		{"is null", []string{"train", "-config", "null", "-out", dir}},
		{`"seeds" stands twice`, []string{"sweep", "expand", file(`{"blocks":[{"tasks":["pendulum"],"agents":["sac"],"seeds":[1],"seeds":[2]}]}`)}},
		{`"gamma" stands twice`, []string{"mirror", "-problem", file("{" + chain + `,"gamma":0.5}`)}},
		{`"method" stands twice`, []string{"mirror", "-settings", `{"method":"pmd","method":"h-pi"}`}},
		{`"sted"`, []string{"mirror", "-run", "0", "-problem", file("{" + chain + `,"runs":[` + strings.Replace(run, "step", "sted", 1) + "]}")}},
		{`"cells" stands twice`, []string{"plot", "grid", "-out", filepath.Join(dir, "x.svg"), "-grid", file(`{"cells":[],"cells":[]}`)}},
		{`"options" stands twice`, []string{"table", file(`{"options":{},"options":{}}`)}},
		{`"ctrl" stands twice`, []string{"rollout", "-model", "x.xml", "-in", file(`{"ctrl":[],"ctrl":[[1]]}`)}},
		{`number 0 of "seeds" is null`, []string{"sweep", "expand", file(`{"blocks":[{"tasks":["pendulum"],"agents":["sac"],"seeds":[null]}]}`)}},
		{`"steps" is null`, []string{"sweep", "expand", file(`{"blocks":[{"tasks":["pendulum"],"agents":["sac"],"seeds":[1],"steps":null}]}`)}},
		{`number 1 of "hidden" is null`, []string{"train", "-config", `{"hidden":[8,null]}`, "-out", dir}},
		{`"h" is null`, []string{"mirror", "-settings", `{"h":null}`}},
		{`"kind" is null`, []string{"mirror", "-settings", `{"step":{"kind":null}}`}},
		{`number 0 of "terminal" is null`, []string{"mirror", "-problem", file("{" + strings.Replace(chain, `"terminal":[]`, `"terminal":[null]`, 1) + "}")}},
		{`"slip" is null`, []string{"mirror", "-problem", file(`{"grid":{"layout":["SG"],"slip":null,"gamma":0.9}}`)}},
		{"the value is null", []string{"mirror", "-run", "0", "-problem", file("{" + chain + `,"runs":[null]}`)}},
		{`"mean" is null`, []string{"plot", "grid", "-out", filepath.Join(dir, "x.svg"), "-grid", file(`{"cells":[{"mean":null}]}`)}},
		{`"seed" is null`, []string{"table", file(`{"options":{"task":"pendulum","algorithm":"sac","seed":null,"steps":1,"config":{}}}`)}},
		{`number 1 of number 0 of "ctrl" is null`, []string{"rollout", "-model", "x.xml", "-in", file(`{"ctrl":[[1,null]]}`)}},
		{"-h must lie in 0..1000, not -1", []string{"mirror", "-h", "-1"}},
		{"-h must lie in 0..1000, not -1", []string{"mirror", "-h=-1"}},
	} {
		status, stdout, stderr := invoke(t.Context(), c.args...)
		require.NotZero(t, status, c.args)
		require.Contains(t, stderr, c.want)
		require.Empty(t, stdout)
	}
	done(t, "mirror", "-run", "0", "-problem", file("\ufeff{"+chain+`,"runs":[`+run+"]}"))
}

// A folder whose lock is no file is refused by name, and what a link leads to is left alone.
func TestALockIsAFile(t *testing.T) {
	for name, make := range map[string]func(lock string) error{
		"pipe":   func(lock string) error { return syscall.Mkfifo(lock, 0o600) },
		"folder": func(lock string) error { return os.Mkdir(lock, 0o700) },
		"device": func(lock string) error { return os.Symlink("/dev/zero", lock) },
		"link":   func(lock string) error { return os.Symlink("nowhere", lock) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, make(filepath.Join(dir, lockFile)))
			claimed := goes(func() error { _, err := claim(dir); return err })
			select {
			case err := <-claimed:
				require.ErrorContains(t, err, "its .lock is no regular file")
			case <-time.After(20 * time.Second):
				t.Fatal("it waits for the lock")
			}
			require.NoFileExists(t, filepath.Join(dir, "nowhere"))
		})
	}
}

// goes begins work and gives its outcome.
func goes(work func() error) <-chan error {
	done := make(chan error, 1)
	go func() { done <- work() }()
	return done
}
