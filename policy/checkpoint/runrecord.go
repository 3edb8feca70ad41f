package checkpoint

import "onestep/policy/train"

// RunRecord is what a run leaves for people, as JSON: how it was made, where, and what came out.
type RunRecord struct {
	Command string        `json:"command"`
	Options train.Options `json:"options"`
	Hash    string        `json:"hash"` // of the weights
	CPU     int           `json:"cpus"`
	Machine string        `json:"machine,omitempty"` // the processor's name, where the system tells it
	Scores  []Score       `json:"scores,omitzero"`   // of the finished policy
	Record  Record        `json:"record"`
}

// Score is how a finished policy does under one way of acting.
type Score struct {
	K            int           `json:"k"`
	NFE          int           `json:"nfe"`       // evaluations of the policy's network per action
	BestOf       int           `json:"bestOf"`    // candidates per action; 1 is no choice
	CriticNFE    int           `json:"criticNFE"` // evaluations of critics per action
	Returns      train.Returns `json:"returns"`
	Microseconds float64       `json:"microseconds"` // per action, one at a time
}
