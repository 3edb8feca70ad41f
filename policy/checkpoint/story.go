package checkpoint

import (
	"encoding/json"
	"fmt"

	"onestep/engine/env"
	"onestep/engine/strict"
	"onestep/policy/analysis"
	"onestep/policy/tensorio"
	"onestep/policy/train"
)

// What grows with a training, or is a person's own, lies in tensors: the header has a bound, and whatever can be begun
// can be saved.
const (
	curveTensor = "record.curve" // [evaluations, curveColumns]: see appendEvaluation
	modelTensor = "model.files"  // the bytes of modelFiles as JSON
)

// modelFiles is the JSON of a person's own body.
type modelFiles struct {
	Name  string            `json:"name"`
	Files map[string]string `json:"files"`
}

// story is the metadata of a file, and the tensors of what they leave out.
func (p *Policy) story(kind string) (map[string]string, []tensorio.Tensor, error) {
	brief := *p
	brief.Record.Curve = nil
	metadata, err := brief.metadata(kind)
	if err != nil {
		return nil, nil, err
	}
	var list []tensorio.Tensor
	if n := len(p.Record.Curve); n > 0 {
		rows := make([]float64, 0, n*curveColumns)
		for i := range p.Record.Curve {
			rows = appendEvaluation(rows, &p.Record.Curve[i])
		}
		list = append(list, tensorio.Float64s(curveTensor, []int{n, curveColumns}, rows))
	}
	if text := metadata["onestep.model"]; text != "" {
		delete(metadata, "onestep.model")
		list = append(list, tensorio.Bytes(modelTensor, []int{len(text)}, []byte(text)))
	}
	return metadata, list, nil
}

// withoutStory is the number of a file's tensors but for those of its story.
func withoutStory(f *tensorio.File) int {
	n := len(f.Tensors())
	for _, name := range []string{curveTensor, modelTensor} {
		if _, ok := f.Lookup(name); ok {
			n--
		}
	}
	return n
}

// readStory reads the evaluations and the body of a file: of tensors, or of the metadata of an older file.
func (p *Policy) readStory(f *tensorio.File) error {
	if _, ok := f.Lookup(curveTensor); ok {
		width := curveColumns
		rows, err := f.AnyFloat64(curveTensor, tensorio.AnyDim, width)
		if err != nil {
			width = unprobedColumns
			if older, cause := f.AnyFloat64(curveTensor, tensorio.AnyDim, width); cause == nil {
				rows, err = older, nil
			}
		}
		if err != nil {
			return err
		}
		p.Record.Curve = make([]train.Evaluation, len(rows)/width)
		for i := range p.Record.Curve {
			if p.Record.Curve[i], err = evaluationOf(rows[i*width : (i+1)*width]); err != nil {
				return fmt.Errorf("evaluation %d of the file: %w", i, err)
			}
		}
	}
	text := f.Metadata["onestep.model"]
	if _, ok := f.Lookup(modelTensor); ok {
		b, err := f.Bytes(modelTensor, tensorio.AnyDim)
		if err != nil {
			return err
		}
		text = string(b)
	}
	reward, done := f.Metadata["onestep.reward"], f.Metadata["onestep.done"]
	if text == "" && reward == "" && done == "" {
		return nil
	}
	var files modelFiles
	if text != "" {
		if err := strict.Known([]byte(text), &files); err != nil {
			return fmt.Errorf("the file's model cannot be read: %w", err)
		}
	}
	p.Model = &env.Model{Name: files.Name, Files: files.Files, Reward: reward, Done: done}
	return nil
}

// The width of a row of record.curve, and of a file from before evaluations told what was probed.
const (
	curveColumns    = unprobedColumns + 4
	unprobedColumns = 5 + 3*5
)

// appendEvaluation appends a row: environment steps, updates, seconds, K and N of best-of-N; then episodes, mean, std, min
// and max of one step, of K steps and of best-of-N; then variance, lower and upper end of W2 and mean shift of what was
// probed, NaN where nothing was.
func appendEvaluation(dst []float64, e *train.Evaluation) []float64 {
	dst = append(dst, float64(e.EnvSteps), float64(e.Updates), e.Seconds, float64(e.ManySteps), float64(e.BestOf))
	for _, r := range [...]train.Returns{e.OneStep, e.Many, e.Best} {
		dst = append(dst, float64(r.Episodes), r.Mean, r.Std, r.Min, r.Max)
	}
	p := analysis.Unknown()
	if e.Probe != nil {
		p = *e.Probe
	}
	return append(dst, p.Variance, p.Lower, p.Upper, p.Shift)
}

// evaluationOf reads such a row.
func evaluationOf(row []float64) (e train.Evaluation, err error) {
	whole := func(x float64) int {
		if n := int(x); x >= 0 && x <= 1<<53 && float64(n) == x {
			return n
		}
		if err == nil {
			err = fmt.Errorf("%v is not a number of steps or episodes", x)
		}
		return 0
	}
	e.EnvSteps, e.Updates, e.Seconds, e.ManySteps, e.BestOf = whole(row[0]), whole(row[1]), row[2], whole(row[3]), whole(row[4])
	if err == nil && e.Seconds-e.Seconds != 0 {
		err = fmt.Errorf("%v is not a time", e.Seconds)
	}
	for i, r := range [...]*train.Returns{&e.OneStep, &e.Many, &e.Best} {
		x := row[5+5*i:]
		*r = train.Returns{Episodes: whole(x[0]), Mean: x[1], Std: x[2], Min: x[3], Max: x[4]}
	}
	if x := row[unprobedColumns:]; len(x) > 0 && x[0] == x[0] {
		e.Probe = &analysis.Point{Variance: x[0], Lower: x[1], Upper: x[2], Shift: x[3]}
	}
	return e, err
}

// modelJSON is the text of a person's own body.
func modelJSON(m *env.Model) (string, error) {
	b, err := json.Marshal(modelFiles{m.Name, m.Files})
	return string(b), err
}
