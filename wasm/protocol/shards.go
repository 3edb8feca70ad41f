package protocol

// Between a worker and its helpers, of which the page's copy of the numbers knows nothing. Numbers are little-endian; an update's number is the id of its messages.
const (
	HelperReady Type = 100 // from the helper, first of all
	Replica     Type = 101 // data[0] a state: the agent of the run that the helper computes for
	Shards      Type = 102 // data[0] Float64Array [NumShards], data[1] Float32Array: Obs, Act, Reward, NextObs, Done of the shards' rows, one behind the other
	Summed      Type = 103 // data[0] Float32Array, data[1] Float64Array: the gradient of the batch, for the step
	Gradients   Type = 104 // from the helper; for each shard data[2i] Float32Array, data[2i+1] Float64Array
)

// Entries of the head of Shards.
const (
	ShardsFrom     = iota // the first shard
	ShardsEnd             // behind the last
	ShardsSeedHigh        // upper 32 bits of the update's seed
	ShardsSeedLow         // lower
	NumShards
)
