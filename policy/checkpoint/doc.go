// Package checkpoint turns agents and runs into safetensors files and back.
//
// A policy file holds what acts: the EMA policy, and the critics that best-of-N and the picture of the
// values need. A run file is a policy file with everything else that continues the training bit for bit:
// online policy, target critics, Adam moments, replay, random streams, temperature, running statistics, the
// environment's state and the loop's counters. Both carry their story in the metadata:
//
//	onestep.format     "2", the version of this layout; "1" is read too
//	onestep.kind       "policy", "run" or "state"
//	onestep.task       name of the task
//	onestep.algorithm  name of the algorithm
//	onestep.seed       decimal
//	onestep.config     JSON of the agent's configuration
//	onestep.record     JSON of Record: how far the run was, who made it; its evaluations in the file are a tensor
//	onestep.reward     name of an own body's reward, or the expression that any task pays in place of its own
//	onestep.done       condition that ends an episode in place of the task's own
//	onestep.state      JSON of the loop's scalars; run files and states only
//
// Tensors are named NETWORK.LAYER.weight with shape [fan_in, fan_out] and NETWORK.LAYER.bias, the networks
// being policy, critic1, critic2, and in a run file online, target1, target2, and old where the agent compares with an
// earlier policy. The evaluations are record.curve and a person's own body is model.files (story.go), because a header is
// bounded; format 1 has both in the metadata (onestep.record, onestep.model). A file is read whole and checked whole before
// anything is built from it; one of format 2 names the SHA-256 of all its bytes, so that a change of its names, shapes and
// metadata is noticed as one of its data is.
//
// A run that is saved every few seconds is saved in pieces: a state, which is a run file without its replay and
// does not grow, and blocks with the transitions that came since (save.go).
package checkpoint

// Format is the version of the layout that is written.
const Format = "2"

// formatBefore is the one before it, which is read.
const formatBefore = "1"

// Kinds of files.
const (
	kindPolicy = "policy"
	kindRun    = "run"
	kindState  = "state"
)

// Names of the networks.
const (
	netPolicy = "policy"
	netOnline = "online"
	netOld    = "old"
)

var netTargets = [2]string{"target1", "target2"}
