//go:build unix

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Limits of the program as a process, told by its environment.
const (
	asUser     = "FPMD_TEST_UID"   // of whom; root may write to what is read-only
	atMostSize = "FPMD_TEST_FSIZE" // bytes that a file may have: a full disk
)

func init() {
	limit = func() {
		if uid, err := strconv.Atoi(os.Getenv(asUser)); err == nil {
			if err := syscall.Setuid(uid); err != nil {
				panic(err)
			}
		}
		if size, err := strconv.ParseUint(os.Getenv(atMostSize), 10, 64); err == nil {
			if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: size}); err != nil {
				panic(err)
			}
		}
	}
}

// process is a running program.
type process struct {
	*exec.Cmd
	stderr bytes.Buffer
	ended  chan error
}

// start runs the program in a folder.
func start(t *testing.T, dir string, environment []string, stdout io.Writer, args ...string) *process {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	p := &process{Cmd: exec.Command(self, args...), ended: make(chan error, 1)}
	p.Dir, p.Env, p.Stdout, p.Stderr = dir, append(append(os.Environ(), asProgram+"=1"), environment...), stdout, &p.stderr
	require.NoError(t, p.Cmd.Start())
	go func() { p.ended <- p.Wait() }()
	t.Cleanup(func() { p.Process.Kill() })
	return p
}

// end waits for the end and returns status and words. A program that neither says nor saves anything for three minutes hangs;
// on a machine with much else to do one may take far longer.
func (p *process) end(t *testing.T) (status int, stderr string) {
	t.Helper()
	for last := ""; ; {
		select {
		case err := <-p.ended:
			p.ended <- err
			return p.ProcessState.ExitCode(), p.stderr.String()
		case <-time.After(3 * time.Minute):
		}
		now := looks(p.Dir)
		if now == last {
			break
		}
		last = now
	}
	p.Process.Signal(syscall.SIGQUIT)
	<-p.ended
	t.Fatalf("the program does not end\n%.4000s", p.stderr.String())
	return
}

// program runs the program to its end.
func program(t *testing.T, dir string, args ...string) (status int, stderr string) {
	t.Helper()
	return start(t, dir, nil, nil, args...).end(t)
}

// appears waits for a file.
func appears(t *testing.T, path string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(path); err == nil {
			return
		}
		require.True(t, time.Now().Before(deadline), "%s", path)
	}
}

// answerWithin is how soon a signal is answered by a save and the end of the program. Of three attempts the fastest counts,
// since other work may share the cores.
const answerWithin = 2 * time.Second

// Within two seconds of a signal, in the middle of an evaluation that would take minutes, the run is saved and the exit
// status says why.
func TestSignalsReachEvaluations(t *testing.T) {
	long := []string{"train", "-steps", "400", "-config", tiny, "-episodes", "10000", "-k", "1000", "-out", "."}
	for _, c := range []struct {
		signal syscall.Signal
		name   string
		status int
	}{{syscall.SIGINT, "SIGINT", 130}, {syscall.SIGTERM, "SIGTERM", 143}, {syscall.SIGHUP, "SIGHUP", 129}, {syscall.SIGPIPE, "SIGPIPE", 141}} {
		t.Run(c.name, func(t *testing.T) {
			fastest := time.Hour
			for try := 0; try < 3 && fastest > answerWithin; try++ {
				dir := t.TempDir()
				p := start(t, dir, nil, nil, long...)
				appears(t, filepath.Join(dir, runFile))
				time.Sleep(500 * time.Millisecond)
				began := time.Now()
				require.NoError(t, p.Process.Signal(c.signal))
				status, stderr := p.end(t)
				fastest = min(fastest, time.Since(began))
				require.Equal(t, c.status, status, stderr)
				require.Contains(t, stderr, "seed 1 was stopped by "+c.name+" at step 0 of 400 and is saved; -resume goes on")
			}
			t.Logf("%s: %d ms", c.name, fastest.Milliseconds())
			assert.LessOrEqual(t, fastest, answerWithin)
		})
	}
}

// Whoever does not read what the program says keeps it from no signal; whoever has closed the pipe ends it, saved.
func TestReadersThatStop(t *testing.T) {
	dir := t.TempDir()
	read, write, err := os.Pipe()
	require.NoError(t, err)
	defer read.Close()
	talk := []string{"train", "-json", "-steps", "60000", "-config", tiny, "-episodes", "1", "-k", "1", "-eval-every", "1", "-out", "."}
	p := start(t, dir, nil, write, talk...)
	write.Close()
	appears(t, filepath.Join(dir, runFile))
	time.Sleep(2 * time.Second) // more words than a pipe holds, at this pace soon
	require.NoError(t, p.Process.Signal(syscall.SIGINT))
	status, stderr := p.end(t)
	require.Equal(t, 130, status, stderr)

	other := t.TempDir()
	read2, write2, err := os.Pipe()
	require.NoError(t, err)
	p = start(t, other, nil, write2, talk...)
	write2.Close()
	_, err = bufio.NewReader(read2).ReadString('\n')
	require.NoError(t, err)
	read2.Close()
	status, stderr = p.end(t)
	require.Equal(t, 141, status, stderr)
	require.Contains(t, stderr, "stopped by SIGPIPE")
	for _, d := range []string{dir, other} {
		_, _, err := readRun(filepath.Join(d, runFile))
		require.NoError(t, err)
	}
}

// The run is saved by the clock in the middle of a long evaluation too.
func TestTheClockSavesDuringEvaluations(t *testing.T) {
	dir := t.TempDir()
	p := start(t, dir, nil, nil, "train", "-steps", "400", "-config", tiny, "-episodes", "4000", "-k", "1", "-eval-every", "399", "-save-every", "100ms", "-out", ".")
	at := func() int {
		r, err := readRecord(dir)
		if err != nil {
			return 0
		}
		return r.Record.EnvSteps
	}
	for deadline := time.Now().Add(2 * time.Minute); at() < 399; time.Sleep(20 * time.Millisecond) {
		require.True(t, time.Now().Before(deadline), "%s", p.stderr.String())
	}
	r, err := readRecord(dir)
	require.NoError(t, err)
	require.Len(t, r.Record.Curve, 1, "that of step 399 is still under way")
	p.Process.Signal(syscall.SIGTERM)
	p.end(t)
}

// A disk that is full while a run goes on costs no save and not the run; one that is full at the beginning ends it there.
func TestAFullDisk(t *testing.T) {
	dir, whole := t.TempDir(), t.TempDir()
	args := []string{"train", "-steps", "1500", "-config", tiny, "-episodes", "2", "-save-every", "100ms", "-eval-every", "50", "-out", "."}
	p := start(t, dir, []string{atMostSize + "=60000"}, nil, args...)
	status, stderr := p.end(t)
	require.Equal(t, 1, status)
	require.Regexp(t, `step 1500 is not saved: .*file too large; the save of step \d+ stays in \.`, stderr)
	require.Contains(t, stderr, "the next attempt comes in 100ms")
	status, stderr = program(t, dir, "train", "-resume", "-episodes", "2", "-eval-every", "50", "-out", ".")
	require.Zero(t, status, stderr)
	status, stderr = program(t, whole, args...)
	require.Zero(t, status, stderr)
	require.Equal(t, hashOf(t, whole), hashOf(t, dir))

	status, stderr = start(t, t.TempDir(), []string{atMostSize + "=5000"}, nil, args...).end(t)
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "nothing can be saved in .: ")
}

// crash is a way of losing a training.
type crash struct {
	name string
	hit  func(t *testing.T, p *process, dir string)
	with func(random *rand.Rand) []string // environment
}

func killedBy(signals ...os.Signal) func(*testing.T, *process, string) {
	return func(t *testing.T, p *process, dir string) {
		for _, s := range signals {
			p.Process.Signal(s)
		}
	}
}

var crashes = []crash{
	{name: "KILL", hit: killedBy(syscall.SIGKILL)},
	{name: "TERM", hit: killedBy(syscall.SIGTERM)},
	{name: "INT", hit: killedBy(syscall.SIGINT)},
	{name: "HUP", hit: killedBy(syscall.SIGHUP)},
	{name: "PIPE", hit: killedBy(syscall.SIGPIPE)},
	{name: "INT, then KILL in its save", hit: killedBy(syscall.SIGINT, syscall.SIGKILL)},
	{name: "KILL twice", hit: func(t *testing.T, p *process, dir string) {
		p.Process.Kill()
		p.end(t)
		second := start(t, dir, nil, nil, crashArgs("-resume")...)
		second.changes(dir, 3)
		second.Process.Kill()
		second.end(t)
	}},
	{name: "KILL, then a damaged run file", hit: func(t *testing.T, p *process, dir string) {
		p.Process.Kill()
		p.end(t)
		path := filepath.Join(dir, runFile)
		if b, err := os.ReadFile(path); err == nil && len(b) > 0 {
			b[len(b)*2/3] ^= 4
			require.NoError(t, os.WriteFile(path, b, 0o644))
		}
	}},
	{name: "ENOSPC", hit: func(t *testing.T, p *process, dir string) { p.end(t) }, with: func(random *rand.Rand) []string {
		return []string{fmt.Sprintf("%s=%d", atMostSize, 30_000+random.IntN(150_000))}
	}},
	{name: "read-only", hit: func(t *testing.T, p *process, dir string) {
		require.NoError(t, os.Chmod(dir, 0o555))
		p.end(t)
		require.NoError(t, os.Chmod(dir, 0o755))
	}, with: func(*rand.Rand) []string {
		if os.Geteuid() != 0 {
			return nil
		}
		return []string{asUser + "=65534"}
	}},
	{name: "two processes", hit: func(t *testing.T, p *process, dir string) {
		for _, more := range []string{"-overwrite", "-resume"} {
			status, stderr := program(t, dir, crashArgs(more)...)
			if status == 0 || !strings.Contains(stderr, "another process works in .") { // unless it has ended meanwhile
				p.end(t)
			}
			if status == 0 && more == "-overwrite" {
				return
			}
		}
		p.end(t)
	}},
}

func crashArgs(more ...string) []string {
	return append([]string{"train", "-steps", "2500", "-config", tiny, "-episodes", "2", "-save-every", "100ms", "-out", "."}, more...)
}

// changes waits until a folder has changed n times, as far as is seen, or the program has ended; it returns how often it has.
func (p *process) changes(dir string, n int) (seen int) {
	for last := looks(dir); seen < n; time.Sleep(time.Millisecond) {
		select {
		case err := <-p.ended:
			p.ended <- err
			return seen
		default:
		}
		if now := looks(dir); now != last {
			last, seen = now, seen+1
		}
	}
	return seen
}

// looks is what a folder's entries look like.
func looks(dir string) string {
	var b strings.Builder
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			fmt.Fprintln(&b, e.Name(), info.Size(), info.ModTime().UnixNano())
		}
	}
	return b.String()
}

// TestCrashes ends trainings at seeded moments in every way and takes each up again: it ends in the bits of an undisturbed one.
// What is refused must say why; nothing is, of what happens here, but what could not even save its beginning. A moment is a
// change in the folder, so that most fall into a save however slow the machine is, and a little time after it. CRASHES says how
// many (`make crash`). They run side by side (-parallel), since each waits for the disk.
func TestCrashes(t *testing.T) {
	n := 3 * len(crashes)
	if testing.Short() {
		n = len(crashes)
	}
	if text := os.Getenv("CRASHES"); text != "" {
		var err error
		n, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	dir := t.TempDir()
	whole := start(t, dir, nil, nil, crashArgs()...)
	length := whole.changes(dir, math.MaxInt)
	status, stderr := whole.end(t)
	require.Zero(t, status, stderr)
	require.Greater(t, length, 5)
	want, random := hashOf(t, dir), rand.New(rand.NewPCG(13, 1))
	counts := &tally{of: map[string]int{}}
	t.Run("all", func(t *testing.T) { // which ends when each of them has
		for i := range n {
			c, moment, late := crashes[i%len(crashes)], random.IntN(length+1), time.Duration(random.IntN(20_000))*time.Microsecond
			var environment []string
			if c.with != nil {
				environment = c.with(random)
			}
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				counts.add(c.survived(t, environment, moment, late, want))
			})
		}
	})
	t.Logf("%d trainings, ended within %d changes of their folders: %v took up again and ended in the same weights", n, length, counts.of)
}

// tally counts by name.
type tally struct {
	sync.Mutex
	of map[string]int
}

func (c *tally) add(name string) {
	c.Lock()
	defer c.Unlock()
	c.of[name]++
}

// survived ends a training some time after so many changes of its folder and takes it up again. It returns how that went.
func (c *crash) survived(t *testing.T, environment []string, moment int, late time.Duration, want string) string {
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o777))
	if os.Geteuid() == 0 && c.name == "read-only" {
		require.NoError(t, os.Chown(dir, 65534, 65534))
	}
	p := start(t, dir, environment, nil, crashArgs()...)
	p.changes(dir, moment)
	time.Sleep(late)
	c.hit(t, p, dir)
	status, said := p.end(t)
	if !holdsRun(dir) {
		if status > 0 {
			require.NotEmpty(t, said, "after %d changes nothing is said", moment)
		}
		return "nothing begun"
	}
	status, again := program(t, dir, crashArgs("-resume")...)
	require.Zero(t, status, "after %d changes: %s\nthen: %s", moment, said, again)
	require.Equal(t, want, hashOf(t, dir), "after %d changes: %s\nthen: %s", moment, said, again)
	return c.name
}
