package num

import (
	"encoding/json"
	"fmt"
	"math"
)

// Float is a float64 as results have it in JSON, which has no word for what is not finite: NaN is null, and the
// infinities are the texts "Infinity" and "-Infinity", which JavaScript's Number and Python's float read.
type Float float64

// MarshalJSON implements json.Marshaler.
func (x Float) MarshalJSON() ([]byte, error) {
	switch v := float64(x); {
	case math.IsNaN(v):
		return []byte("null"), nil
	case math.IsInf(v, 1):
		return []byte(`"Infinity"`), nil
	case math.IsInf(v, -1):
		return []byte(`"-Infinity"`), nil
	default:
		return json.Marshal(v)
	}
}

// UnmarshalJSON implements json.Unmarshaler.
func (x *Float) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case "null":
		*x = Float(math.NaN())
		return nil
	case `"Infinity"`:
		*x = Float(math.Inf(1))
		return nil
	case `"-Infinity"`:
		*x = Float(math.Inf(-1))
		return nil
	}
	var v float64
	if err := json.Unmarshal(b, &v); err != nil {
		return fmt.Errorf("a number is expected, or null where it is not one, \"Infinity\" or \"-Infinity\": %w", err)
	}
	*x = Float(v)
	return nil
}
