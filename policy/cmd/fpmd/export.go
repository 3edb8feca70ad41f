package main

import "fmt"

// exportCommand writes a policy for other programs.
type exportCommand struct {
	Policy string `name:"policy" placeholder:"FILE" help:"Policy file or run file (required)."`
	Format string `name:"format" default:"onnx" values:"@format" help:"What to write."`
	K      int    `name:"k" default:"1" range:"1..64" help:"Sampler steps of an ONNX graph, and of a Python program unless it is told otherwise."`
	Out    string `name:"out" default:"-" placeholder:"FILE" help:"File to write; - is standard output."`
}

// Run writes the file.
func (q *exportCommand) Run(s *session) error {
	if q.Policy == "" {
		return wrongUse("-policy names the file")
	}
	p, err := readPolicyFile(q.Policy)
	if err != nil {
		return err
	}
	b, err := p.Export(q.Format, q.K)
	if err != nil {
		return err
	}
	if q.Out == "-" {
		_, err = s.stdout.Write(b)
		return err
	}
	if err := replace(q.Out, b); err != nil {
		return err
	}
	fmt.Fprintf(s.stderr, "%s: %d bytes\n", q.Out, len(b))
	return nil
}
