package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"onestep/policy/checkpoint"
)

// Names of the files in an output folder.
const (
	policyFile = "policy.safetensors"
	runFile    = "run.safetensors"
	recordFile = "record.json"
)

// runRecord is the record of an output folder.
type runRecord struct {
	checkpoint.RunRecord
}

// readRecord reads the record of an output folder, or a record file.
func readRecord(path string) (*runRecord, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, recordFile)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := &runRecord{}
	if err := json.Unmarshal(b, r); err != nil {
		return nil, fmt.Errorf("%s is no record of a run: %w", path, err)
	}
	return r, nil
}

// write replaces the record in an output folder.
func (r *runRecord) write(dir string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return replace(filepath.Join(dir, recordFile), append(text, '\n'))
}

// machine is the processor's name on Linux, and nothing elsewhere.
func machine() string {
	if runtime.GOOS != "linux" {
		return ""
	}
	b, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(b)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// replace writes a file by a rename, so that a kill or a failing disk leaves the old or the new one whole. The file is on
// the disk before the rename, and the folder's entry after it; the temporary name is nobody else's.
func replace(path string, b []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = f.Write(b)
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	if folder, err := os.Open(filepath.Dir(path)); err == nil { // where a folder can be synchronised
		folder.Sync()
		folder.Close()
	}
	return nil
}
