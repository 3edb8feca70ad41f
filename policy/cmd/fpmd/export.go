package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"onestep/policy/checkpoint"
	"onestep/policy/export"
)

func runExport(_ context.Context, args []string, stdout, stderr io.Writer) error {
	f := flag.NewFlagSet("export", flag.ContinueOnError)
	path := f.String("policy", "", "policy file or run file (required)")
	format := f.String("format", "onnx", "what to write: "+strings.Join(checkpoint.ExportFormats, ", "))
	k := f.Int("k", 1, "sampler steps of an ONNX graph, and of a Python program unless it is told otherwise")
	out := f.String("out", "-", "file to write; - is standard output")
	if err := parse(f, args, 0, stderr); err != nil {
		return err
	}
	switch {
	case *path == "":
		return wrongUse(f, "-policy names the file")
	case !slices.Contains(checkpoint.ExportFormats, *format):
		return wrongUse(f, "-format must be one of %s, not %q", strings.Join(checkpoint.ExportFormats, ", "), *format)
	case *k < 1 || *k > export.MaxSteps:
		return wrongUse(f, "-k must lie in 1..%d, not %d", export.MaxSteps, *k)
	}
	p, err := readPolicyFile(*path)
	if err != nil {
		return err
	}
	b, err := p.Export(*format, *k)
	if err != nil {
		return err
	}
	if *out == "-" {
		_, err = stdout.Write(b)
		return err
	}
	if err := replace(*out, b); err != nil {
		return err
	}
	fmt.Fprintf(stderr, "%s: %d bytes\n", *out, len(b))
	return nil
}
