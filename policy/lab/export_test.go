package lab

import "math"

// Break makes the online weights worthless.
func (l *Learner) Break() { l.online[len(l.online)-1] = float32(math.Inf(1)) }
