package protocol

import "fmt"

// Refusal is an error with the code that its Failure carries.
type Refusal struct {
	Code string
	Err  error
}

func (r *Refusal) Error() string { return r.Err.Error() }

// Unwrap returns the cause.
func (r *Refusal) Unwrap() error { return r.Err }

// Refuse formats a refusal, as fmt.Errorf does.
func Refuse(code, format string, args ...any) error {
	return &Refusal{code, fmt.Errorf(format, args...)}
}
