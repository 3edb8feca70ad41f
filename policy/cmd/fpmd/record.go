package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"onestep/engine/env"
	"onestep/engine/strict"
	"onestep/policy/checkpoint"
)

// runRecord is the record of an output folder.
type runRecord struct {
	checkpoint.RunRecord
}

// readRecord reads the record of an output folder, or a record file.
func readRecord(path string) (*runRecord, error) {
	list, err := readRecords(path)
	if err != nil {
		return nil, err
	}
	if len(list) != 1 {
		return nil, fmt.Errorf("%s holds %d records where one is expected", path, len(list))
	}
	return list[0], nil
}

// readRecords is readRecord of a file that may hold a list of records, as the page exports them.
func readRecords(path string) ([]*runRecord, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, recordFile)
	}
	b, err := readText(path)
	if err != nil {
		return nil, err
	}
	list := []*runRecord{{}}
	if text := bytes.TrimSpace(b); len(text) > 0 && text[0] == '[' {
		list = nil
		err = strict.Unmarshal(text, &list)
	} else {
		err = strict.Unmarshal(b, list[0])
	}
	if err != nil {
		return nil, fmt.Errorf("%s is no record of a run: %w", path, err)
	}
	for i, r := range list {
		if r == nil || r.Options.Config == nil {
			return nil, fmt.Errorf("%s is no record of a run: number %d of %d has no settings", path, i+1, len(list))
		}
		if err := r.judge(); err != nil {
			return nil, fmt.Errorf("%s is no record of a run: number %d of %d: %w", path, i+1, len(list), err)
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s holds no record of a run", path)
	}
	return list, nil
}

// judge says what no run can have written: counts below zero, a score without a step, a task that is none.
func (r *runRecord) judge() error {
	if _, err := env.Find(r.Options.Task); err != nil {
		return err
	}
	counts := []int{r.Options.Steps, r.Record.EnvSteps, r.Record.TotalSteps, r.Record.Updates}
	for _, e := range r.Record.Curve {
		counts = append(counts, e.EnvSteps, e.Updates, e.ManySteps, e.OneStep.Episodes, e.Many.Episodes, e.Best.Episodes)
	}
	for _, s := range r.Scores {
		counts = append(counts, s.K-1, s.NFE, s.BestOf, s.CriticNFE, s.Returns.Episodes)
	}
	if least := slices.Min(counts); least < 0 {
		return fmt.Errorf("one of its counts is too small by %d", -least)
	}
	return nil
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
