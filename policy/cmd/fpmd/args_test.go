package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/env"
	"onestep/policy/agents"
	"onestep/policy/catalog"
	"onestep/policy/fpmd"
)

// asProgram makes the test binary be the program itself, for scripts that call it.
const asProgram = "FPMD_TEST_PROGRAM"

// limit puts the program under the limits that a test asks for.
var limit = func() {}

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		limit()
		main()
	}
	os.Exit(m.Run())
}

// What does not exist is refused in one line that names the nearest that does.
func TestWrongNamesAreToldInOneLine(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		want string
		args []string
	}{
		{"train: there is no flag -gama; did you mean -gamma?", []string{"train", "-out", dir, "-gama", "0.9"}},
		{"train: there is no flag -episode; did you mean -episodes?", []string{"train", "--episode=3"}},
		{"train: there is no flag -zzz; fpmd train -h lists them", []string{"train", "-zzz"}},
		{`train: -task: there is no "pendulmu"; did you mean pendulum?`, []string{"train", "-out", dir, "-task", "pendulmu"}},
		{`train: -alg: there is no "fpmdm"; did you mean fpmd-m?`, []string{"train", "-out", dir, "-alg", "fpmdm"}},
		{`train: -preset: there is no "browser-constnat"; did you mean browser-constant?`, []string{"train", "-out", dir, "-preset", "browser-constnat"}},
		{"train: -gamma must lie in 0..0.9999, not 2", []string{"train", "-out", dir, "-gamma", "2"}},
		{"train: -gamma must lie in 0..0.9999, not -0.5", []string{"train", "-out", dir, "-gamma", "-0.5"}},
		{"train: -hidden must lie in 1..1024, not 4096", []string{"train", "-out", dir, "-hidden", "64,4096"}},
		{"train: hidden must have 1..6 numbers, not 7", []string{"train", "-out", dir, "-hidden", "8,8,8,8,8,8,8"}},
		{"train: -weighting: there is no \"globl\"; did you mean global?", []string{"train", "-out", dir, "-weighting", "globl"}},
		{"train: no setting is named \"gama\"; did you mean gamma?", []string{"train", "-out", dir, "-config", `{"gama":1}`}},
		{"train: -episodes must lie in 1..10000, not 1000000000", []string{"train", "-out", dir, "-episodes", "1000000000"}},
		{"train: -parallel must lie in 0..1024, not -1", []string{"train", "-out", dir, "-parallel", "-1"}},
		{"train: -save-every must lie in 100ms..1000h, not 0s", []string{"train", "-out", dir, "-save-every", "0s"}},
		{"train: -batch: expected", []string{"train", "-out", dir, "-batch", "many"}},
		{"train: -seed needs a value", []string{"train", "-seed"}},
		{"train: a run of 3,000 steps with a warm-up of 7,500 learns nothing", []string{"train", "-out", dir, "-task", "half_cheetah", "-steps", "3000"}},
		{"train: a run of 501 steps, 500 of them warm-up, with 0.01 updates a step learns nothing", []string{"train", "-out", dir, "-steps", "501", "-updatesPerStep", "0.01"}},
		{`no command is named "trian"; did you mean train?`, []string{"trian"}},
		{`no command is named "plot curvs"; did you mean plot curves?`, []string{"plot", "curvs"}},
		{"plot curves: there is no flag -polcy", []string{"plot", "curves", "-polcy", "x"}},
		{"-theme must be one of light, dark", []string{"plot", "curves", "-theme", "sepia"}},
		{"there is no flag -task before a command", []string{"-task", "pendulum"}},
		{"verb: there is no \"stauts\"; did you mean status?", []string{"sweep", "stauts", "plan"}},
		{"a command is missing", nil},
	} {
		status, stdout, stderr := invoke(t.Context(), c.args...)
		assert.Equal(t, 2, status, "%v: %s", c.args, stderr)
		assert.Contains(t, stderr, c.want, "%v", c.args)
		assert.Equal(t, 1, strings.Count(stderr, "\n"), "%v: one line, not %s", c.args, stderr)
		assert.Empty(t, stdout)
	}
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, left)
}

// Every number that a flag takes has a bound; what lies outside of it, and what is no number, is refused in one line that names
// both. A new flag is found by itself. -short tries a quarter of the values, of every flag in turn others.
func TestEveryNumberHasABound(t *testing.T) {
	parser, err := newParser(nil, nil)
	require.NoError(t, err)
	offered, tried := 0, 0
	var visit func(node *kong.Node)
	visit = func(node *kong.Node) {
		for _, c := range node.Children {
			visit(c)
		}
		if node.Parent == nil || len(node.Children) > 0 {
			return
		}
		command := strings.Fields(commandOf(node))
		for _, p := range node.Positional {
			if p.Required {
				command = append(command, append(valuesOf(p), "x")[0])
			}
		}
		for _, group := range node.AllFlags(true) {
			for _, f := range group {
				for _, value := range outside(t, node, f) {
					if offered++; testing.Short() && offered%4 != 0 {
						continue
					}
					args := append(append([]string{}, command...), "-"+f.Name+"="+value) // a space before -1 would make -h ask for help
					status, stdout, stderr := invoke(t.Context(), args...)
					b, _ := boundsOf(f.Value)
					assert.Equal(t, 2, status, "%v: %s", args, stderr)
					assert.Contains(t, stderr, "-"+f.Name, "%v", args)
					assert.Contains(t, stderr, b.text, "%v", args)
					assert.Equal(t, 1, strings.Count(stderr, "\n"), "%v: %s", args, stderr)
					assert.Less(t, len(stderr), 500, "%v", args)
					assert.Empty(t, stdout, "%v", args)
					tried++
				}
			}
		}
	}
	visit(parser.Model.Node)
	require.Greater(t, offered, 900)
	t.Logf("%d of %d values", tried, offered)
}

// Numbers are decimal: a zero before them changes nothing.
func TestNumbersAreDecimal(t *testing.T) {
	parser, err := newParser(nil, nil)
	require.NoError(t, err)
	_, err = parser.Parse([]string{"train", "--seed=+010"})
	require.ErrorContains(t, err, "+010", "a seed has no sign")
	parsed, err := parser.Parse([]string{"train", "--steps=010", "--seed=010", "--gamma=00.5e-1", "--hidden=010,08"})
	require.NoError(t, err)
	got := map[string]any{}
	for _, f := range typed(parsed) {
		got[f.Name] = f.Target.Interface()
	}
	assert.Equal(t, map[string]any{"steps": 10, "seed": uint64(10), "gamma": 0.05, "hidden": []int{10, 8}}, got)
	status, _, stderr := invoke(t.Context(), "mirror", "-problem", "garnet:0x14,4,3,0.9,1")
	assert.NotZero(t, status)
	assert.Contains(t, stderr, `cannot be "0x14"`)
	for _, args := range [][]string{
		{"analyze", "-target", "mirror", "-wells", "0x1p0:0.3"}, {"analyze", "-target", "mixture", "-modes", "1:1_0:0.1"}, {"mirror", "-map", "mixed", "-w", "0x1,1"},
	} {
		status, stdout, stderr := invoke(t.Context(), args...)
		assert.NotZero(t, status, "%v: %s", args, stdout)
		assert.Contains(t, stderr, "not \"", "%v", args)
	}
}

// outside are values that a flag of numbers refuses, none of other flags.
func outside(t *testing.T, node *kong.Node, f *kong.Flag) (values []string) {
	of := f.Target.Type()
	if of.Kind() == reflect.Slice {
		of = of.Elem()
	}
	if of.Kind() < reflect.Int || of.Kind() > reflect.Float64 {
		return nil
	}
	b, ok := boundsOf(f.Value)
	require.True(t, ok, "%s: give -%s a range", commandOf(node), f.Name)
	values = []string{"many", "NaN", "Inf", "-Inf", "1e400", "-99999999999999999999999", "99999999999999999999999", strings.Repeat("9", 10_000), "0x", "1;2", "\x1b[2J",
		"1_0", "0x1", "0x1p0", "0b1", "0o1", " 1", "1 "}
	if of == reflect.TypeFor[time.Duration]() {
		return append(values, (time.Duration(b.lo) - 1).String(), (time.Duration(b.hi) + 1).String(), "5", "1e9h")
	}
	if of.Kind() != reflect.Float64 {
		values = append(values, "1.0", "1e1")
	}
	for _, x := range []float64{0, -1, b.lo - 1, b.hi + 1, 1e9, -1e9, 1e18} {
		if x < b.lo || x > b.hi && of.Kind() != reflect.Uint64 {
			values = append(values, strconv.FormatFloat(x, 'f', -1, 64))
		}
	}
	return values
}

// Lists of numbers are refused as numbers are.
func TestListsOfNumbersHaveBounds(t *testing.T) {
	policy := filepath.Join(policies, "pendulum-fpmd-m.safetensors")
	for _, c := range []struct {
		want   string
		args   []string
		values []string
	}{
		{"-k is a list of whole numbers in 1..1000", []string{"analyze", "-k"}, []string{"0", "-1", "1001", "1,x", "NaN", "Inf", "99999999999999999999", "", ","}},
		{"must lie in", []string{"analyze", "-target", "mixture", "-modes"}, []string{"NaN:0:1", "1:Inf:1", "1:0:0", "1:0:-1", "1e300:0:1", "0:0:1"}},
		{"-modes is a list", []string{"analyze", "-target", "mixture", "-modes"}, []string{"", "1", "1:1", "a:b:c", "1:1:1:1"}},
		{"must lie in", []string{"analyze", "-target", "mirror", "-wells"}, []string{"NaN:0", "1:NaN", "1e300:0", "0:0", "1:-2"}},
		{"-k is a list of whole numbers in 1..1000", []string{"plot", "latency", "-out", "x.svg", "-policy", policy, "-k"}, []string{"0", "1e9", "NaN"}},
		{"-times is a list of times in 0s..1h", []string{"plot", "latency", "-out", "x.svg", "-policy", policy, "-times"}, []string{"-1s", "NaN", "2h", "5", "99999999999999h"}},
		{"-seeds", []string{"train", "-out", "x", "-seeds"}, []string{"", "1,1", "-1", "NaN", "1e3", "99999999999999999999999"}},
		{"-w is a list of numbers", []string{"mirror", "-map", "mixed", "-w"}, []string{"a", "1,,2"}},
		{"weights of at least 0", []string{"mirror", "-map", "mixed", "-w"}, []string{"NaN,1,1,1,1", "1,1,1,1,-1", "Inf,1,1,1,1"}},
		{"obs", []string{"act", "-policy", policy, "-x0", "[0.1]", "-obs"}, []string{"", "[", "[1]", "[1,2,3,4]", "[NaN,0,0]", "[1e400,0,0]", "[1e39,0,0]"}},
		{"x0", []string{"act", "-policy", policy, "-obs", "[1,0,0]", "-x0"}, []string{"", "[", "[1,2]", "[NaN]", "[1e400]", "[1e39]"}},
	} {
		for _, value := range c.values {
			args := append(append([]string{}, c.args...), value)
			status, stdout, stderr := invoke(t.Context(), args...)
			assert.NotZero(t, status, "%v", args)
			assert.Contains(t, stderr, c.want, "%v", args)
			assert.Equal(t, 1, strings.Count(stderr, "\n"), "%v: %s", args, stderr)
			assert.Empty(t, stdout, "%v", args)
		}
	}
}

// Every setting is a flag under its own name, which comes after -config and the preset.
func TestSettingsAreFlags(t *testing.T) {
	dir := t.TempDir()
	done(t, trainArgs(dir, "-gamma", "0.5", "--batch=4", "-hidden", "4,5", "-weighting", "global", "-updatesPerStep", "0.5", "-released=false")...)
	r, err := readRecord(dir)
	require.NoError(t, err)
	c := r.Options.Config.(*fpmd.MeanFlowConfig)
	assert.Equal(t, []any{0.5, 4, []int{4, 5}, fpmd.Global, 0.5, false, 2}, []any{c.Gamma, c.Batch, c.Hidden, c.Weighting, c.UpdatesPerStep, c.Released, c.Particles})
	done(t, trainArgs(dir, "-overwrite", "-alphaInit", "3")...) // as the first temperature was called before
	r, err = readRecord(dir)
	require.NoError(t, err)
	assert.Equal(t, 3.0, r.Options.Config.Shared().TemperatureInit)
	parser, err := newParser(nil, nil)
	require.NoError(t, err)
	train := child(parser.Model.Node, "train")
	for _, f := range agents.Fields() {
		require.NotNil(t, flagOf(train, f.Name), f.Name)
	}
}

// The page's presets are known here.
func TestThePagesPresets(t *testing.T) {
	dir := t.TempDir()
	done(t, trainArgs(dir, "-preset", "browser-constant")...)
	r, err := readRecord(dir)
	require.NoError(t, err)
	assert.Equal(t, fpmd.Constant, r.Options.Config.(*fpmd.MeanFlowConfig).Weighting)
}

func TestLists(t *testing.T) {
	text, names := done(t, "tasks"), done(t, "tasks", "-names")
	for _, task := range env.Tasks() {
		assert.Contains(t, text, task.Name)
		assert.Contains(t, text, task.Title)
		assert.Equal(t, task.Name == task.Base, strings.Contains("\n"+names, "\n"+task.Name+"\n"), task.Name)
	}
	assert.Contains(t, text, "torque ±2 N m")
	var tasks []env.Task
	require.NoError(t, json.Unmarshal([]byte(done(t, "tasks", "-json")), &tasks))
	assert.Len(t, tasks, len(env.Tasks()))
	for _, alg := range agents.Names() {
		assert.Contains(t, done(t, "agents"), alg)
	}
	for _, id := range catalog.PresetIDs() {
		assert.Contains(t, done(t, "presets"), id)
	}
	text = done(t, "settings", "-task", "reacher", "-alg", "sac")
	for _, f := range catalog.Fields() {
		assert.Contains(t, text, "\n  "+f.Name+" ")
		assert.Contains(t, text, f.Range())
	}
	assert.Regexp(t, `gamma +0\.97 `, text)
	assert.Regexp(t, `weighting +not used `, text)
	assert.Regexp(t, `hidden +64,64 `, text)
	assert.Equal(t, done(t, "settings"), done(t, "help", "settings"))
	var lines []settingLine
	require.NoError(t, json.Unmarshal([]byte(done(t, "settings", "-json")), &lines))
	assert.Len(t, lines, len(catalog.Fields()))
	for _, list := range []string{"agents", "presets"} {
		assert.True(t, json.Valid([]byte(done(t, list, "-json"))))
	}
	assert.Regexp(t, `^onestep \d+\.\d+\.\d+.*, go\d`, done(t, "version"))
}

// Asked for, help is a result: it goes to standard output with status 0, for every command.
func TestHelpIsAResult(t *testing.T) {
	parser, err := newParser(nil, nil)
	require.NoError(t, err)
	commands := [][]string{nil}
	for _, c := range parser.Model.Children {
		commands = append(commands, []string{c.Name})
		for _, d := range c.Children {
			commands = append(commands, []string{c.Name, d.Name})
		}
	}
	require.Greater(t, len(commands), 20)
	for _, c := range commands {
		for _, flag := range []string{"-h", "--help", "-help"} {
			status, stdout, stderr := invoke(t.Context(), append(append([]string{}, c...), flag)...)
			assert.Zero(t, status, "%v", c)
			assert.Contains(t, strings.ToLower(stdout), "usage: fpmd", "%v", c)
			assert.Empty(t, stderr, "%v", c)
		}
	}
	assert.Equal(t, done(t, "train", "-h"), done(t, "help", "train"))
	assert.Contains(t, done(t, "help", "plot", "curves"), "-csv")
	assert.Contains(t, done(t, "train", "-h"), "(0..0.9999)")
}

// A folder of seeds is drawn as one series; band and goal line are named; the numbers come as CSV.
func TestCurvesOfAFolder(t *testing.T) {
	dir := t.TempDir()
	done(t, trainArgs(dir, "-seeds", "1,2", "-eval-every", "160")...)
	file, numbers := filepath.Join(t.TempDir(), "c.svg"), filepath.Join(t.TempDir(), "c.csv")
	done(t, "plot", "curves", "-out", file, "-csv", numbers, dir)
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, want := range []string{"fpmd-m, 2 seeds", "line: mean, band: worst to best", "goal: learned from −200"} {
		assert.Contains(t, string(b), want)
	}
	b, err = os.ReadFile(numbers)
	require.NoError(t, err)
	rows, err := csv.NewReader(strings.NewReader(string(b))).ReadAll()
	require.NoError(t, err)
	assert.Equal(t, []string{"series", "seed", "environment steps", "return"}, rows[0])
	assert.Len(t, rows, 1+2*3+3*3, "three evaluations of two seeds, and mean, worst and best of each")
	assert.Equal(t, string(b), done(t, "plot", "curves", "-csv", "-", filepath.Join(dir, "seed-1"), filepath.Join(dir, "seed-2")), "no figure is asked for")
	policy := filepath.Join(dir, "seed-1", policyFile)
	paths := done(t, "plot", "paths", "-csv", "-", "-policy", policy, "-k", "4", "-samples", "3")
	assert.Equal(t, 1+3*5, strings.Count(paths, "\n"))
	assert.True(t, strings.HasPrefix(paths, "sample,t,torque in -1..1\n"))
	dots := done(t, "plot", "variance", "-csv", "-", "-policy", policy, "-k", "4", "-samples", "4", "-states", "7")
	assert.Equal(t, 1+7, strings.Count(dots, "\n"))
	status, _, stderr := invoke(t.Context(), "plot", "curves", "-out", file, t.TempDir())
	assert.Equal(t, 1, status)
	assert.Contains(t, stderr, "holds no record.json")
}

func TestCandidates(t *testing.T) {
	parser, err := newParser(nil, nil)
	require.NoError(t, err)
	for _, c := range []struct {
		words string
		want  []string
	}{
		{"tr", []string{"train"}},
		{"train -task inv", []string{"inverted_double_pendulum", "inverted_double_pendulum_v5", "inverted_pendulum", "inverted_pendulum_v5"}},
		{"train -task pendulum -alg fp", []string{"fpmd-m", "fpmd-r"}},
		{"train --gam", nil},
		{"train -gam", []string{"-gamma"}},
		{"train -resume -pre", []string{"-preset"}},
		{"plot c", []string{"curves"}},
		{"plot curves -theme d", []string{"dark"}},
		{"completion z", []string{"zsh"}},
		{"eval -k ", nil},
	} {
		assert.Equal(t, c.want, candidates(parser.Model.Node, strings.Split(c.words, " ")), c.words)
	}
}

// zshTypes types a command line into zsh at a terminal, presses Tab to complete and Tab again to list, and prints what is
// listed.
const zshTypes = `zmodload zsh/zpty
zpty typist TERM=dumb COLUMNS=80 zsh -f -i
zpty -w typist 'PS1="> "; autoload -U compinit; compinit -D -u; source <(fpmd completion zsh); print read""y'
zpty -r typist seen '*ready*'
zpty -w -n typist $'fpmd train -task inverted_p\t\t'
zpty -r typist seen '*inverted_pendulum_v5*'
print -r -- $seen | grep -o 'inverted_pendulum[_v0-9]*' | sort -u`

// The scripts complete in the shells themselves.
func TestCompletionScripts(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	bin := t.TempDir()
	require.NoError(t, os.Symlink(self, filepath.Join(bin, "fpmd")))
	for shell, script := range map[string]string{
		"bash": `source <(fpmd completion bash); COMP_WORDS=(fpmd train -task inverted_p); COMP_CWORD=3; _fpmd; printf '%s\n' "${COMPREPLY[@]}"`,
		"zsh":  zshTypes,
		"fish": `fpmd completion fish | source; complete -C "fpmd train -task inverted_p"`,
	} {
		t.Run(shell, func(t *testing.T) {
			path, err := exec.LookPath(shell)
			if err != nil {
				t.Skipf("there is no %s in PATH", shell)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, path, "-c", script)
			cmd.Env = append(os.Environ(), asProgram+"=1", "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s", out)
			assert.Equal(t, "inverted_pendulum\ninverted_pendulum_v5\n", string(out))
		})
	}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		assert.Contains(t, done(t, "completion", shell), "__complete")
	}
	status, _, stderr := invoke(t.Context(), "completion", "tcsh")
	assert.Equal(t, 2, status)
	assert.Contains(t, stderr, "bash, zsh, fish")
}
