package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"onestep/engine/env"
)

// rolloutCommand moves a bare body.
type rolloutCommand struct {
	Model string `name:"model" placeholder:"FILE" help:"MJCF file of the body (required)."`
	In    string `name:"in" placeholder:"FILE" help:"JSON file with qpos0, qvel0, ctrl (one array per control) and frame_skip (required)."`
	Out   string `name:"out" default:"-" placeholder:"FILE" help:"File for qpos, qvel and ncon, one entry per control; - is standard output."`
}

// Run moves it.
func (q *rolloutCommand) Run(s *session) error {
	if q.Model == "" || q.In == "" {
		return wrongUse("-model and -in name the files")
	}
	text, err := readText(q.In)
	if err != nil {
		return err
	}
	input, err := env.ReadRolloutInput(text)
	if err != nil {
		return fmt.Errorf("%s: %w", q.In, err)
	}
	result, notes, err := env.Rollout(env.Disk{}, filepath.ToSlash(q.Model), input)
	for _, note := range notes {
		fmt.Fprintln(s.stderr, "fpmd rollout: note:", note)
	}
	if result == nil {
		return err
	}
	b, encodeErr := json.Marshal(result)
	if encodeErr != nil {
		return errors.Join(err, encodeErr)
	}
	if q.Out == "-" {
		_, writeErr := s.stdout.Write(append(b, '\n'))
		return errors.Join(err, writeErr)
	}
	return errors.Join(err, output(q.Out, append(b, '\n'), q.Model, q.In))
}
