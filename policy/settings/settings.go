// Package settings reads a configuration's fields from the tags of its type, once, for everyone who asks: the page's
// form, links, the flags and the help of the headless program, and the validation of what any of them sends.
//
// A setting is an exported field with a help tag. Fields of embedded structs count as the outer struct's, as in
// encoding/json. The tags:
//
//	json   its name, everywhere; with omitzero, zero means that it is not set and is in range
//	aliases  names that it had before, with commas between: files, links and flags with one of them are read
//	help   a sentence
//	label  a few words for a form
//	group  the heading it stands under
//	unit   of a number, where it has one
//	range  "lo..hi", both within: of a number, or of each number of a list
//	items  "lo..hi", the length of a list
//	values "a,b,c", of a text
//
// Its kind follows from its Go type. github.com/alecthomas/kong reads help, group and aliases under the same keys and passes over
// the others; a FlagNamer gives its flags the names of the fields.
package settings

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Kinds of settings.
const (
	Int   = "int"
	Float = "float"
	Bool  = "bool"
	Enum  = "enum"
	Ints  = "ints"
)

// Field describes a setting.
type Field struct {
	Name    string   `json:"name"`
	Aliases []string `json:"aliases,omitempty"` // names that it had before
	Label   string   `json:"label"`
	Group   string   `json:"group"`
	Unit    string   `json:"unit,omitempty"`
	Help    string   `json:"help"`
	Kind    string   `json:"kind"`
	Min     float64  `json:"min"`              // of a number or of a list's numbers
	Max     float64  `json:"max"`              //
	Items   [2]int   `json:"items,omitzero"`   // the fewest and the most numbers of a list
	Values  []string `json:"values,omitempty"` // of a text

	unset bool  // zero is in range
	index []int // of the struct's field, through embedded ones
}

// Fields returns the settings of a configuration, a struct or a pointer to one, in the order of its fields. The slice is
// shared. It panics where a tag is wrong.
func Fields(config any) []Field { return fieldsOf(typeOf(config)) }

// Lookup returns the setting of that name, or that had it before.
func Lookup(config any, name string) (Field, bool) {
	for _, f := range Fields(config) {
		if f.Name == name || slices.Contains(f.Aliases, name) {
			return f, true
		}
	}
	return Field{}, false
}

// Names returns the names of a configuration's settings in the order of its fields.
func Names(config any) []string {
	var list []string
	for _, f := range Fields(config) {
		list = append(list, f.Name)
	}
	return list
}

// Union returns a pointer to a new struct that has every setting of the configurations, each once, with the fields' names
// and tags and no methods: for parsers of flags.
func Union(configs ...any) any {
	var fields []reflect.StructField
	seen := map[string]bool{}
	for _, c := range configs {
		t := typeOf(c)
		for _, f := range fieldsOf(t) {
			if seen[f.Name] {
				continue
			}
			seen[f.Name] = true
			sf := t.FieldByIndex(f.index)
			fields = append(fields, reflect.StructField{Name: sf.Name, Type: sf.Type, Tag: sf.Tag})
		}
	}
	return reflect.New(reflect.StructOf(fields)).Interface()
}

// Range says what a setting takes: "4 to 20", "one of a, b".
func (f Field) Range() string {
	switch f.Kind {
	case Enum:
		return "one of " + strings.Join(f.Values, ", ")
	case Bool:
		return "true or false"
	case Ints:
		return fmt.Sprintf("%d to %d whole numbers from %s to %s", f.Items[0], f.Items[1], Number(f.Min), Number(f.Max))
	case Int:
		return fmt.Sprintf("a whole number from %s to %s", Number(f.Min), Number(f.Max))
	}
	return fmt.Sprintf("a number from %s to %s", Number(f.Min), Number(f.Max))
}

// Number writes a number, a whole one without an exponent.
func Number(x float64) string {
	if x == math.Trunc(x) && math.Abs(x) < 1e15 {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

var known sync.Map // reflect.Type to []Field

func typeOf(config any) reflect.Type {
	t := reflect.TypeOf(config)
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Struct {
		panic(fmt.Sprintf("settings: a configuration is a struct, not %T", config))
	}
	return t
}

func fieldsOf(t reflect.Type) []Field {
	if list, ok := known.Load(t); ok {
		return list.([]Field)
	}
	var list []Field
	for _, sf := range reflect.VisibleFields(t) {
		if sf.Tag.Get("help") != "" {
			list = append(list, newField(t, sf))
		}
	}
	known.Store(t, list)
	return list
}

func newField(t reflect.Type, sf reflect.StructField) Field {
	fail := func(what string) { panic(fmt.Sprintf("settings: field %s of %s: %s", sf.Name, t, what)) }
	name, options, _ := strings.Cut(sf.Tag.Get("json"), ",")
	if name == "" || !sf.IsExported() {
		fail("a setting is exported and has a json tag")
	}
	f := Field{
		Name: name, Label: sf.Tag.Get("label"), Group: sf.Tag.Get("group"), Unit: sf.Tag.Get("unit"), Help: sf.Tag.Get("help"),
		unset: strings.Contains(options, "omitzero"), index: sf.Index,
	}
	if aliases := sf.Tag.Get("aliases"); aliases != "" {
		f.Aliases = strings.Split(aliases, ",")
	}
	switch sf.Type.Kind() {
	case reflect.Bool:
		f.Kind, f.Max = Bool, 1
	case reflect.String:
		f.Kind = Enum
		if f.Values = strings.Split(sf.Tag.Get("values"), ","); f.Values[0] == "" {
			fail("a text has values")
		}
	case reflect.Int:
		f.Kind = Int
	case reflect.Float64:
		f.Kind = Float
	case reflect.Slice:
		f.Kind = Ints
		if sf.Type.Elem().Kind() != reflect.Int {
			fail("a list is of whole numbers")
		}
	default:
		fail("there is no setting of type " + sf.Type.String())
	}
	if f.Kind == Int || f.Kind == Float || f.Kind == Ints {
		var ok bool
		if f.Min, f.Max, ok = span(sf.Tag.Get("range")); !ok {
			fail(`a number has a range such as range:"0..1"`)
		}
	}
	if f.Kind == Ints {
		lo, hi, ok := span(sf.Tag.Get("items"))
		if !ok {
			fail(`a list has a length such as items:"1..6"`)
		}
		f.Items = [2]int{int(lo), int(hi)}
	}
	return f
}

// span reads "lo..hi".
func span(text string) (lo, hi float64, ok bool) {
	a, b, found := strings.Cut(text, "..")
	lo, errLo := strconv.ParseFloat(a, 64)
	hi, errHi := strconv.ParseFloat(b, 64)
	return lo, hi, found && errLo == nil && errHi == nil && lo <= hi
}
