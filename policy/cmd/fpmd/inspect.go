package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"onestep/engine/quote"
	"onestep/policy/checkpoint"
	"onestep/policy/settings"
	"onestep/policy/tensorio"
)

// description is what inspect prints.
type description struct {
	Kind      string              `json:"kind"` // policy or run
	Task      string              `json:"task"`
	Algorithm string              `json:"algorithm"`
	Seed      uint64              `json:"seed"`
	Hash      string              `json:"hash"`
	Bytes     int                 `json:"bytes"`
	Checked   bool                `json:"checked"` // its data has the SHA-256 that it names
	Whole     bool                `json:"whole"`   // so has the whole file
	Weights   int                 `json:"weights"` // that act
	Config    map[string]any      `json:"config"`
	Record    checkpoint.Record   `json:"record"`
	Tensors   []tensorDescription `json:"tensors"`
}

type tensorDescription struct {
	Name  string `json:"name"`
	DType string `json:"dtype"`
	Shape []int  `json:"shape"`
}

// inspectCommand describes a file.
type inspectCommand struct {
	JSON bool   `name:"json" help:"Print JSON."`
	File string `arg:"" name:"file" help:"Policy file or run file."`
}

// Run prints the description.
func (q *inspectCommand) Run(s *session) error {
	d, err := describe(q.File)
	if err != nil {
		return err
	}
	if q.JSON {
		e := json.NewEncoder(s.stdout)
		e.SetIndent("", "  ")
		return e.Encode(d)
	}
	return d.print(s.stdout)
}

func describe(path string) (*description, error) {
	p, err := readPolicyFile(path)
	if err != nil {
		return nil, err
	}
	b, err := readTensors(path)
	if err != nil {
		return nil, err
	}
	file, err := tensorio.ReadSafetensors(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	d := &description{
		Kind: file.Metadata["onestep.kind"], Task: p.Task, Algorithm: string(p.Algorithm), Seed: p.Seed, Hash: p.Hash(), Bytes: len(b), Checked: file.Checked, Whole: file.Whole,
		Weights: p.NumParams(), Config: settings.Map(p.Config), Record: p.Record,
	}
	for _, t := range file.Tensors() {
		d.Tensors = append(d.Tensors, tensorDescription{Name: t.Name, DType: t.DType.String(), Shape: t.Shape})
	}
	return d, nil
}

func (d *description) print(w io.Writer) error {
	var b strings.Builder
	r := d.Record
	fmt.Fprintf(&b, "%s file, %d bytes: %s on %s, seed %d, %d weights that act\n", quote.Word(d.Kind), d.Bytes, quote.Word(d.Algorithm), quote.Word(d.Task), d.Seed, d.Weights)
	fmt.Fprintf(&b, "hash      %s\n", d.Hash)
	switch {
	case d.Whole:
		b.WriteString("file      whole, by its SHA-256\n")
	case d.Checked:
		b.WriteString("data      whole, by its SHA-256; the header is unchecked\n")
	default:
		b.WriteString("data      unchecked: the file names no SHA-256\n")
	}
	fmt.Fprintf(&b, "trained   %d of %d steps, %d updates, %.1f s\n", r.EnvSteps, r.TotalSteps, r.Updates, r.Seconds)
	fmt.Fprintf(&b, "by        %s, %s, %s, %d lanes\n", quote.Word(r.Program), quote.Word(r.Go), quote.Word(r.Platform), r.Lanes)
	b.WriteString("config   ")
	for _, name := range slices.Sorted(maps.Keys(d.Config)) {
		fmt.Fprintf(&b, " %s=%v", name, d.Config[name])
	}
	b.WriteString("\nreturns   step, one-step mean (std), K-step mean (std), episodes\n")
	for _, e := range r.Curve {
		fmt.Fprintf(&b, "  %9d  %9.2f (%.2f)  K=%d %9.2f (%.2f)", e.EnvSteps, e.OneStep.Mean, e.OneStep.Std, e.ManySteps, e.Many.Mean, e.Many.Std)
		if e.BestOf > 1 {
			fmt.Fprintf(&b, "  best of %d %9.2f (%.2f)", e.BestOf, e.Best.Mean, e.Best.Std)
		}
		fmt.Fprintf(&b, "  %d\n", e.OneStep.Episodes)
	}
	fmt.Fprintf(&b, "tensors   %d\n", len(d.Tensors))
	for _, t := range d.Tensors {
		fmt.Fprintf(&b, "  %-28s %-4s %v\n", quote.Word(t.Name), t.DType, t.Shape)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
