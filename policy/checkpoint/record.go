package checkpoint

import (
	"runtime"

	"onestep/policy/kernel"
)

// Program is the name and version of this program, as files record it.
const Program = "onestep 0.1.0"

// NewRecord describes this program and machine, for a run that has trained for so many seconds.
func NewRecord(seconds float64) Record {
	return Record{
		Program: Program, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, Lanes: kernel.Lanes(), Seconds: seconds,
	}
}
