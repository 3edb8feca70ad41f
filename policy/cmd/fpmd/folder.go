package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"onestep/engine/quote"
	"onestep/policy/checkpoint"
	"onestep/policy/train"
)

// Names of the files in an output folder.
const (
	policyFile   = "policy.safetensors"
	runFile      = "run.safetensors"
	previousFile = "run.previous.safetensors" // the run of the save before: what a damaged run file is replaced by
	recordFile   = "record.json"
	lockFile     = ".lock"
	filmFolder   = "film" // of policy files named STEP.safetensors, the steps with leading zeros
)

// folder is the output folder of one training. One process at a time works in it.
type folder struct {
	dir  string
	lock *flock.Flock
	bad  bool // run.safetensors is damaged or missing: it must not take the place of the run before it
}

// claim locks a folder until release, or until the process ends in whatever way.
func claim(dir string) (*folder, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	lock := filepath.Join(dir, lockFile)
	if info, err := os.Lstat(lock); err == nil && !info.Mode().IsRegular() { // to open a pipe waits for ever, and a link leads elsewhere
		return nil, fmt.Errorf("%s cannot be locked: its %s is no regular file; remove it", dir, lockFile)
	}
	f := &folder{dir: dir, lock: flock.New(lock)}
	switch ok, err := f.lock.TryLock(); {
	case errors.Is(err, errors.ErrUnsupported):
	case err != nil:
		return nil, fmt.Errorf("%s cannot be locked: %w", dir, err)
	case !ok:
		return nil, fmt.Errorf("another process works in %s: wait for its end, or name another folder", dir)
	}
	for _, name := range []string{policyFile, runFile, recordFile} { // what a killed process was writing
		left, _ := filepath.Glob(filepath.Join(dir, temporary(name)))
		for _, path := range left {
			os.Remove(path)
		}
	}
	return f, nil
}

func (f *folder) release() { f.lock.Unlock() }

func (f *folder) path(name string) string { return filepath.Join(f.dir, name) }

// holdsRun reports whether anything of a run lies in a folder.
func holdsRun(dir string) bool {
	for _, name := range []string{runFile, previousFile, recordFile, policyFile} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

// vacate refuses to begin in a folder that holds a run, or removes that.
func (f *folder) vacate(overwrite bool) error {
	if !holdsRun(f.dir) {
		return nil
	}
	if overwrite {
		errs := []error{os.RemoveAll(f.path(filmFolder))}
		for _, name := range []string{runFile, previousFile, recordFile, policyFile} {
			if err := os.Remove(f.path(name)); !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, err)
			}
		}
		return errors.Join(errs...)
	}
	begun, err := readRecord(f.dir)
	switch {
	case err != nil:
		return fmt.Errorf("%s holds files of a run: -resume goes on with it, -overwrite replaces it", f.dir)
	case begun.Record.EnvSteps < begun.Options.Steps:
		return fmt.Errorf("%s holds a run of %s at step %d of %d: -resume goes on with it, -overwrite replaces it", f.dir, what(begun.Options), begun.Record.EnvSteps, begun.Options.Steps)
	}
	return fmt.Errorf("%s holds the finished run of %s: name another -out, or -overwrite replaces it", f.dir, what(begun.Options))
}

// what names a run.
func what(o train.Options) string {
	return fmt.Sprintf("%s on %s, seed %d", quote.Word(o.Algorithm), quote.Word(o.Task), o.Seed)
}

// begun is a run in a folder.
type begun struct {
	run     *train.Run
	seconds float64
	saved   bool     // false where nothing but a record of the beginning is there
	behind  bool     // the record is not that of the run, or missing: it comes before another save
	command string   // that makes the whole run
	notes   []string // on what was damaged or missing
}

// load reads the run in a folder: the newest whole one. It refuses a run and a record that are not of one training.
func (f *folder) load() (*begun, error) {
	record, recordErr := readRecord(f.dir)
	path, err := runIn(f.dir)
	if err != nil {
		return nil, fmt.Errorf("nothing to go on from: %w", err)
	}
	run, story, err := readRun(path)
	b := &begun{run: run, seconds: story.Seconds, saved: true}
	if err != nil {
		f.bad = true
		older, story, olderErr := readRun(f.path(previousFile))
		switch {
		case olderErr == nil:
			b.run, b.seconds = older, story.Seconds
			b.notes = append(b.notes, fmt.Sprintf("%s cannot be used (%v); the save before it goes on, from step %d", f.path(runFile), err, older.EnvSteps))
		case recordErr == nil && record.Record.EnvSteps == 0 && errors.Is(olderErr, fs.ErrNotExist):
			b.saved = false // there was no second save, and perhaps no first
			if !errors.Is(err, fs.ErrNotExist) {
				b.notes = append(b.notes, fmt.Sprintf("%s cannot be used (%v); the run begins anew, as its record says", f.path(runFile), err))
			}
			if b.run, err = train.NewRun(record.Options); err != nil {
				return nil, fmt.Errorf("%s: %w", f.path(recordFile), err)
			}
		case errors.Is(olderErr, fs.ErrNotExist):
			return nil, fmt.Errorf("nothing to go on from: %w", err)
		default:
			return nil, fmt.Errorf("nothing to go on from: %w; %w", err, olderErr)
		}
	}
	if recordErr != nil {
		b.behind = true
		b.command = commandFor(b.run.Options, f.dir)
		if path != f.path(runFile) { // one that a page has exported
			return b, nil
		}
		b.notes = append(b.notes, fmt.Sprintf("the record is written anew from the run: %v", recordErr))
		return b, nil
	}
	b.command = record.Command
	b.behind, err = f.agree(b.run, record)
	return b, err
}

// agree refuses a run and a record that are not of one save. A save that was cut off behind its run file leaves a newer run,
// with the run of the record before it; of a damaged run file the save before is used, with another record. Both leave the
// record behind: a second such cut must find it written anew, because only one older run is kept.
func (f *folder) agree(run *train.Run, record *runRecord) (behind bool, err error) {
	if mine, its := wholeSetting(run.Options), wholeSetting(record.Options); mine != its {
		return false, fmt.Errorf("%s is of another training than %s: %s, %d steps, with the settings %s, against %s, %d steps, with the settings %s; take away the one that does not belong there",
			f.path(recordFile), f.path(runFile), what(record.Options), record.Options.Steps, its, what(run.Options), run.Options.Steps, mine)
	}
	of := func(r *train.Run) bool {
		return r.EnvSteps == record.Record.EnvSteps && checkpoint.PolicyOf(r, checkpoint.Record{}).Hash() == record.Hash
	}
	if of(run) {
		return false, nil
	}
	if f.bad && run.EnvSteps != record.Record.EnvSteps {
		return true, nil
	}
	if older, _, err := readRun(f.path(previousFile)); err == nil && older.EnvSteps < run.EnvSteps && of(older) {
		return true, nil
	}
	return false, fmt.Errorf("%s is of step %d with the weights %.12s, %s of step %d with the weights %.12s: they are not of one save; take away the one that does not belong there",
		f.path(runFile), run.EnvSteps, checkpoint.PolicyOf(run, checkpoint.Record{}).Hash(), f.path(recordFile), record.Record.EnvSteps, quote.Word(record.Hash))
}

// wholeSetting is all that decides what a run becomes.
func wholeSetting(o train.Options) string {
	b, err := json.Marshal(o)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// commandFor is a command that makes a run of these options.
func commandFor(o train.Options, dir string) string {
	config, _ := json.Marshal(o.Config)
	return "fpmd train " + shellWords([]string{"-task", o.Task, "-alg", o.Algorithm, "-seed", fmt.Sprint(o.Seed), "-steps", fmt.Sprint(o.Steps), "-config", string(config), "-out", dir})
}

// runIn finds the run of a folder: the one that this program has written there, or the only file that a page has exported.
func runIn(dir string) (string, error) {
	path := filepath.Join(dir, runFile)
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return path, err
	}
	files, err := fs.Glob(os.DirFS(dir), "*.run.safetensors")
	switch {
	case err != nil:
		return "", err
	case len(files) > 1:
		return "", fmt.Errorf("%s holds %d run files: leave the one that is to go on", dir, len(files))
	case len(files) == 1:
		return filepath.Join(dir, files[0]), nil
	}
	return path, nil
}

func readRun(path string) (*train.Run, checkpoint.Record, error) {
	b, err := readTensors(path)
	if err != nil {
		return nil, checkpoint.Record{}, err
	}
	run, record, err := checkpoint.ReadRun(b)
	if err != nil {
		return nil, checkpoint.Record{}, fmt.Errorf("%s: %w", path, err)
	}
	return run, record, nil
}

// save replaces the files of a run. Whatever it is cut off by, a whole run stays that load finds.
func (f *folder) save(run, policy []byte, record *runRecord) error {
	newest, err := written(f.path(runFile), run)
	if err != nil {
		return err
	}
	defer os.Remove(newest) // which is gone once it is renamed
	if !f.bad {
		if err := os.Rename(f.path(runFile), f.path(previousFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := renamed(newest, f.path(runFile)); err != nil {
		return err
	}
	f.bad = false
	return errors.Join(replace(f.path(policyFile), policy), record.write(f.dir))
}

// keep keeps the policy file of an environment step.
func (f *folder) keep(envSteps int, policy []byte) error {
	if err := os.MkdirAll(f.path(filmFolder), 0o755); err != nil {
		return err
	}
	return replace(filepath.Join(f.path(filmFolder), fmt.Sprintf("%09d.safetensors", envSteps)), policy)
}

// replace writes a file by a rename, so that a kill or a failing disk leaves the old or the new one whole. The file is on
// the disk before the rename, and the folder's entry after it; the temporary name is nobody else's.
func replace(path string, b []byte) error {
	name, err := written(path, b)
	if err != nil {
		return err
	}
	defer os.Remove(name)
	return renamed(name, path)
}

// temporary is the pattern of the names under which a file is written.
func temporary(name string) string { return "." + name + "-*" }

// written writes b to the disk beside path, under a name of its own.
func written(path string, b []byte) (name string, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), temporary(filepath.Base(path)))
	if err != nil {
		return "", err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// renamed puts a written file in its place.
func renamed(name, path string) error {
	if err := os.Rename(name, path); err != nil {
		return err
	}
	if dir, err := os.Open(filepath.Dir(path)); err == nil { // where a folder can be synchronised
		dir.Sync()
		dir.Close()
	}
	return nil
}
