package tabular

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"onestep/engine/strict"
	"onestep/policy/settings"
)

// readError says in plain words why a JSON text is not what was expected.
func readError(err error) error {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		field := kind.Field
		if field == "" {
			field = "all of it"
		}
		found, value, _ := strings.Cut(kind.Value, " ")
		if value == "" {
			value = map[string]string{"array": "a list", "object": "an object", "string": "a text", "number": "a number", "bool": "true or false"}[found]
		}
		return fmt.Errorf("%s must be %s, not %s", field, kindName(kind.Type), value)
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("it is not JSON at byte %d: %w", syntax.Offset, err)
	}
	return err
}

func kindName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Float64:
		return "a number"
	case reflect.Int, reflect.Uint64:
		return "a whole number"
	}
	return "an object"
}

// numbers are those of a list in JSON, where null is none.
func numbers(list []*float64) ([]float64, error) {
	x := make([]float64, len(list))
	for i, v := range list {
		if v == nil {
			return nil, fmt.Errorf("number %d is null", i)
		}
		x[i] = *v
	}
	return x, nil
}

func pointers(x []float64) []*float64 {
	list := make([]*float64, len(x))
	for i := range x {
		list[i] = &x[i]
	}
	return list
}

// described are the names that a run of the reference data has besides its settings.
var described = []string{"columns", "rows", "tol", "boundOn", "rate", "states", "policy"}

// positive are the settings whose 0 stands for a default, so that nobody can have meant it.
var positive = []string{"h", "H", "lr", "m", "eta", "eta0", "factor", "c0", "depth", "cap", "q", "b"}

// ParseSettings reads the settings of a run from JSON into s, whose fields stay where the text has none. Names that neither
// settings nor runs of the reference data have are refused, and so is a 0 where it can only be a mistake.
func ParseSettings(text []byte, s *Settings) error {
	var parts map[string]json.RawMessage
	if err := strict.Unmarshal(text, &parts); err != nil {
		return fmt.Errorf("the settings cannot be read: %w", readError(err))
	}
	for _, name := range described {
		delete(parts, name)
	}
	if err := known(reflect.TypeFor[Settings](), "", parts); err != nil {
		return err
	}
	for part, kind := range map[string]reflect.Type{"map": reflect.TypeFor[Map](), "step": reflect.TypeFor[Rule](), "noise": reflect.TypeFor[Noise]()} {
		var inner map[string]json.RawMessage
		if parts[part] == nil {
			continue
		}
		if err := json.Unmarshal(parts[part], &inner); err != nil {
			return fmt.Errorf("the settings cannot be read: %s: %w", part, readError(err))
		}
		if err := known(kind, part, inner); err != nil {
			return err
		}
	}
	if err := strict.Unmarshal(text, s); err != nil {
		return fmt.Errorf("the settings cannot be read: %w", readError(err))
	}
	return nil
}

// known refuses names that t does not have as JSON, and zeros of positive ones; part is where the names stand.
func known(t reflect.Type, part string, names map[string]json.RawMessage) error {
	var fields []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		fields = append(fields, name)
	}
	what := strings.TrimSpace("setting " + map[bool]string{true: "", false: "of " + part}[part == ""])
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if !slices.Contains(fields, name) {
			return settings.Unknown(what, name, fields)
		}
		if part != "noise" && slices.Contains(positive, name) && string(bytes.TrimSpace(names[name])) == "0" {
			return fmt.Errorf("%s must be positive, not 0", name)
		}
	}
	return nil
}
