package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"

	"onestep/engine/quote"
	"onestep/engine/strict"
)

// Validate names every setting of a configuration that is out of its range, with the range.
func Validate(config any) error {
	v := reflect.Indirect(reflect.ValueOf(config))
	var errs []error
	for _, f := range Fields(config) {
		errs = append(errs, f.check(v.FieldByIndex(f.index)))
	}
	return errors.Join(errs...)
}

func (f Field) check(v reflect.Value) error {
	if f.unset && v.IsZero() {
		return nil
	}
	switch f.Kind {
	case Int:
		return f.within(f.Name, float64(v.Int()))
	case Float:
		return f.within(f.Name, v.Float())
	case Enum:
		if !slices.Contains(f.Values, v.String()) {
			return fmt.Errorf("%s must be one of %s, not %s", f.Name, strings.Join(f.Values, ", "), quote.Text(v.String()))
		}
	case Ints:
		if v.Len() < f.Items[0] || v.Len() > f.Items[1] {
			return fmt.Errorf("%s must have %d..%d numbers, not %d", f.Name, f.Items[0], f.Items[1], v.Len())
		}
		for i := range v.Len() {
			if err := f.within("each number of "+f.Name, float64(v.Index(i).Int())); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f Field) within(name string, x float64) error {
	if math.IsNaN(x) || x < f.Min || x > f.Max {
		return fmt.Errorf("%s must lie in %s..%s, not %s", name, Number(f.Min), Number(f.Max), Number(x))
	}
	return nil
}

// Map returns a configuration's settings by name, as JSON has them.
func Map(config any) map[string]any {
	b, err := json.Marshal(config)
	if err != nil {
		panic("settings: a configuration that JSON cannot hold: " + err.Error())
	}
	m := map[string]any{}
	if err := json.Unmarshal(b, &m); err != nil {
		panic("settings: " + err.Error())
	}
	return m
}

// Set changes the settings of a configuration, a pointer to a struct, that overrides names, now or before; an unknown name
// is an error with the nearest one that is known, and so is a setting under two names. Ranges are left to Validate. Where it fails the configuration is undefined.
func Set(config any, overrides map[string]any) error {
	named := map[string]any{} // by today's names
	for _, name := range slices.Sorted(maps.Keys(overrides)) {
		f, ok := Lookup(config, name)
		if !ok {
			return Unknown("setting", name, Names(config))
		}
		if _, twice := named[f.Name]; twice {
			return fmt.Errorf("%s is given twice, also as %s", f.Name, strings.Join(f.Aliases, " or "))
		}
		named[f.Name] = overrides[name]
	}
	b, err := json.Marshal(named)
	if err != nil {
		return fmt.Errorf("the settings cannot be written as JSON: %w", err)
	}
	if err := strict.Known(b, config); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			for _, name := range strings.FieldsFunc(wrong.Field, func(r rune) bool { return r == '.' || r == '[' }) { // a path
				if f, ok := Lookup(config, name); ok {
					return fmt.Errorf("%s must be %s, not a %s", name, f.Range(), wrong.Value)
				}
			}
		}
		return fmt.Errorf("a setting is wrong: %w", err)
	}
	return nil
}

// Unknown is the error of a name that is none of those known: it names the nearest, or all where none is near. what says
// what was asked for, such as "setting".
func Unknown(what, name string, known []string) error {
	if near := Nearest(name, known); near != "" {
		return fmt.Errorf("no %s is named %s; did you mean %s?", what, quote.Text(name), near)
	}
	return fmt.Errorf("no %s is named %s; there are %s", what, quote.Text(name), strings.Join(known, ", "))
}

// Nearest returns the known name that takes the fewest changes of a letter and swaps of two neighbours from name, upper and lower case alike, or ""
// where that is more than a third of its letters. Of names of several words, such as a command's, the last one is compared.
func Nearest(name string, known []string) string {
	best, least := "", 0
	lower := strings.ToLower(name)
	for _, candidate := range known {
		known, most := strings.ToLower(candidate), max(lastWord(name), lastWord(candidate))/3
		if max(len(lower)-len(known), len(known)-len(lower)) > most {
			continue // as many insertions at least, of a name of any length
		}
		if d := distance(lower, known); d <= most && (best == "" || d < least) {
			best, least = candidate, d
		}
	}
	return best
}

// lastWord is the length of the last word of name in bytes.
func lastWord(name string) int {
	return len(name) - 1 - strings.LastIndexByte(name, ' ')
}

// distance is Levenshtein's with swaps of neighbours: insertions, deletions, replacements and swaps of bytes.
func distance(a, b string) int {
	var rows [3][]int // of the last byte but one, of the last, and of this one
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
	}
	for j := range rows[2] {
		rows[2][j] = j
	}
	for i := range len(a) {
		rows[0], rows[1], rows[2] = rows[1], rows[2], rows[0]
		rows[2][0] = i + 1
		for j := range len(b) {
			change := rows[1][j]
			if a[i] != b[j] {
				change++
			}
			d := min(change, rows[1][j+1]+1, rows[2][j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				d = min(d, rows[0][j-1]+1)
			}
			rows[2][j+1] = d
		}
	}
	return rows[2][len(b)]
}
