package main

import (
	"onestep/engine/env"
	"onestep/policy/checkpoint"
	"onestep/policy/learner"
	"onestep/policy/train"
	"onestep/wasm/protocol"
)

// draft answers with the untrained policy that a training would begin with. The run in memory, if any, is not
// touched.
func (s *session) draft(m protocol.Message) error {
	var q protocol.TrainRequest
	if err := m.Decode(&q); err != nil {
		return err
	}
	o, err := optionsOf(q)
	if err != nil {
		return err
	}
	config := o.Config
	o.Config = learner.Clone(config)
	o.Config.Shared().ReplayCapacity = 1 // this run takes no step, and its replay need not cost memory
	r, err := train.NewRun(o)
	if err != nil {
		return err
	}
	p := checkpoint.PolicyOf(r, checkpoint.NewRecord(0))
	p.Config = config
	b, err := checkpoint.PolicyBytes(p)
	if err != nil {
		return err
	}
	s.post(protocol.New(protocol.Drafted, m.ID, nil, b))
	return nil
}

// optionsOf are the options of a training that the page asks for.
func optionsOf(q protocol.TrainRequest) (train.Options, error) {
	o, err := train.NewOptions(q.Task, q.Algorithm, q.Seed, q.Steps, q.Config)
	if q.Model != nil {
		o.Model = &env.Model{Name: q.Model.Name, Files: q.Model.Files, Reward: q.Model.Reward, Done: q.Model.Done}
	}
	return o, err
}
