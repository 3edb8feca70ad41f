package export

import (
	"encoding/json"
	"fmt"
	"strconv"

	"onestep/policy/flow"
)

// JSONVersion is the version of the JSON export's layout.
const JSONVersion = 1

// jsonHead is everything in the JSON export but the network's weights.
type jsonHead struct {
	Format       string                     `json:"format"`
	Version      int                        `json:"version"`
	About        []string                   `json:"about"`
	Task         string                     `json:"task"`
	Title        string                     `json:"title"`
	Gymnasium    string                     `json:"gymnasium"`
	Observation  []string                   `json:"observation"`
	Action       []string                   `json:"action"`
	ActionRange  [2]float64                 `json:"actionRange"`
	ActionScale  []float64                  `json:"actionScale"`
	ActionCenter []float64                  `json:"actionCenter,omitempty"`
	Flow         string                     `json:"flow"`
	NumTimes     int                        `json:"numTimes"`
	SourceStd    json.Number                `json:"sourceStd"`
	Activation   string                     `json:"activation"`
	Metadata     map[string]json.RawMessage `json:"metadata"`
}

// about tells a reader of the JSON export all that it takes to run a policy of the family, whose network takes so many
// times.
func about(f flow.Exporter, times int) []string {
	list := []string{
		"A policy of Onestep. Weights are [inputs][outputs]: a layer computes y = x weight + bias.",
		"noise: x is drawn from N(0, sourceStd^2) for each component of the action.",
	}
	list = append(list, f.Texts().Step...)
	list = append(list, "net: the input is observation, x (not for a gaussian), and an embedding of each time, in this order; the activation stands after each layer but the last.")
	if times > 0 {
		list = append(list, "embedding of t: phi = [sin(t f_j)/4 for j = 0..7, cos(t f_j)/4 for j = 0..7], f_j = 10000^(-j/8); then layer in, mish, layer out.")
	}
	return append(list,
		"mish(z) = z tanh(log(1 + exp(z))); silu(z) = z/(1 + exp(-z)).",
		"action: x after the last step, clipped to actionRange; the environment's own action is action * actionScale, plus actionCenter where there is one.")
}

// JSON returns a policy as text that a person can read: what it is, how to run it, its weights, one matrix row
// a line. Numbers have as many digits as bring the float32 back.
func JSON(p *Policy) ([]byte, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	c := p.Actor.Net.Config()
	head := jsonHead{
		Format: "onestep-json", Version: JSONVersion, About: about(p.Actor.Family, c.NumTimes),
		Task: p.Spec.Name, Title: p.Spec.Title, Gymnasium: p.Spec.GymnasiumID(),
		Observation: p.Spec.ObsNames(), Action: p.Spec.ActNames(), ActionRange: [2]float64{-1, 1}, ActionScale: p.Spec.ActionScale, ActionCenter: p.Spec.ActionCenter,
		Flow: p.Actor.Family.String(), NumTimes: c.NumTimes, SourceStd: json.Number(number(p.Actor.SourceStd)), Activation: c.Activation.String(),
		Metadata: map[string]json.RawMessage{},
	}
	for k, v := range p.Metadata {
		head.Metadata[k] = embedded(v)
	}
	b, err := json.MarshalIndent(head, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	b = b[:len(b)-len("\n}")] // the weights go on in the same object
	b = append(b, ",\n  \"embeddings\": ["...)
	for i := range c.NumTimes {
		b = append(separate(b, i), "\n    {\n      \"in\": "...)
		b = append(p.appendLayer(b, fmt.Sprintf("time%d.in", i)), ",\n      \"out\": "...)
		b = append(p.appendLayer(b, fmt.Sprintf("time%d.out", i)), "\n    }"...)
	}
	b = append(b, "\n  ],\n  \"layers\": ["...)
	for i := range len(c.Hidden) + 1 {
		b = p.appendLayer(append(separate(b, i), "\n    "...), fmt.Sprintf("layer%d", i))
	}
	return append(b, "\n  ]\n}\n"...), nil
}

// embedded returns a metadata value: the JSON that it holds when that is an object or an array, else a string.
func embedded(v string) json.RawMessage {
	if v != "" && (v[0] == '{' || v[0] == '[') && json.Valid([]byte(v)) {
		return json.RawMessage(v)
	}
	return json.RawMessage(text(v))
}

// appendLayer appends {"weight": [[...], ...], "bias": [...]} of a layer by its name in package nn.
func (p *Policy) appendLayer(b []byte, name string) []byte {
	w, shape := p.tensor(name + ".weight")
	bias, _ := p.tensor(name + ".bias")
	b = append(b, `{"weight": [`...)
	for i := range shape[0] {
		b = appendRow(append(separate(b, i), "\n        "...), w[i*shape[1]:][:shape[1]])
	}
	b = append(b, "],\n      \"bias\": "...)
	return append(appendRow(b, bias), '}')
}

func appendRow(b []byte, row []float32) []byte {
	b = append(b, '[')
	for j, x := range row {
		b = strconv.AppendFloat(separate(b, j), float64(x), 'g', -1, 32)
	}
	return append(b, ']')
}

// separate appends the comma before all items but the first.
func separate(b []byte, item int) []byte {
	if item > 0 {
		return append(b, ',')
	}
	return b
}
