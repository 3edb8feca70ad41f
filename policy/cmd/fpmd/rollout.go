package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"onestep/engine/env"
)

func runRollout(_ context.Context, args []string, stdout, stderr io.Writer) error {
	f := flag.NewFlagSet("rollout", flag.ContinueOnError)
	model := f.String("model", "", "MJCF file of the body (required)")
	in := f.String("in", "", `JSON file with {"qpos0", "qvel0", "ctrl": one array per control, "frame_skip"} (required)`)
	out := f.String("out", "-", `file for {"qpos", "qvel", "ncon"}, one entry per control; - is standard output`)
	if err := parse(f, args, 0, stderr); err != nil {
		return err
	}
	if *model == "" || *in == "" {
		return wrongUse(f, "-model and -in name the files")
	}
	text, err := os.ReadFile(*in)
	if err != nil {
		return err
	}
	input, err := env.ReadRolloutInput(text)
	if err != nil {
		return fmt.Errorf("%s: %w", *in, err)
	}
	result, notes, err := env.Rollout(env.Disk{}, filepath.ToSlash(*model), input)
	for _, note := range notes {
		fmt.Fprintln(stderr, "fpmd rollout: note:", note)
	}
	if result == nil {
		return err
	}
	b, encodeErr := json.Marshal(result)
	if encodeErr != nil {
		return errors.Join(err, encodeErr)
	}
	if *out == "-" {
		_, writeErr := stdout.Write(append(b, '\n'))
		return errors.Join(err, writeErr)
	}
	return errors.Join(err, replace(*out, append(b, '\n')))
}
