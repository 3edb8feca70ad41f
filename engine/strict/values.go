package strict

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"onestep/engine/quote"
)

// Unmarshal is json.Unmarshal of a text that Names and Values have nothing against.
func Unmarshal(b []byte, v any) error {
	return cmp.Or(Names(b), json.Unmarshal(b, v), Values(b, v))
}

// Known is Unmarshal that refuses names that v has no place for.
func Known(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := cmp.Or(Names(b), d.Decode(v)); err != nil {
		if name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown { // quoted, of whatever length
			if text, wrong := strconv.Unquote(name); wrong == nil {
				return fmt.Errorf("unknown field %s", quote.Text(text))
			}
		}
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more text follows after the value")
	}
	return Values(b, v)
}

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

// Values returns an error where the JSON text b, which has been read into something of v's type, says null in place of a number, a
// text, a truth or an object, or of any item of a list: encoding/json leaves zero there without a word. Pointers, interfaces and what
// reads itself know null; a list or a table that is null in an object is an empty one, as encoding/json writes it. A field that two
// spellings of its name set is an error too. Other faults are for whoever decodes the text.
func Values(b []byte, v any) error {
	var x any
	if json.Unmarshal(b, &x) != nil {
		return nil
	}
	t := reflect.TypeOf(v)
	if t.Kind() == reflect.Pointer { // that which is read into
		t = t.Elem()
	}
	return values(t, x, whole, false)
}

const whole = "the value" // that nothing is around

// values judges x, which has been read into a t; at says where it stands, and empty whether a list may be null.
func values(t reflect.Type, x any, at string, empty bool) error {
	if t.Kind() == reflect.Interface || reflect.PointerTo(t).Implements(unmarshaler) {
		return nil
	}
	if t.Kind() == reflect.Pointer {
		if x == nil {
			return nil
		}
		return values(t.Elem(), x, at, empty)
	}
	if x == nil {
		if empty && (t.Kind() == reflect.Slice || t.Kind() == reflect.Map) {
			return nil
		}
		if at == whole {
			return errors.New("the value is null") // a sentence that is translated whole
		}
		return fmt.Errorf("%s is null", at)
	}
	switch x := x.(type) {
	case []any:
		if t.Kind() != reflect.Slice && t.Kind() != reflect.Array {
			return nil
		}
		for i, item := range x {
			if err := values(t.Elem(), item, fmt.Sprintf("number %d of %s", i, at), false); err != nil {
				return err
			}
		}
	case map[string]any:
		var visible []reflect.StructField
		if t.Kind() == reflect.Struct {
			visible = reflect.VisibleFields(t)
		}
		fields := map[int]string{} // the names that set them
		for name, value := range x {
			of, at := t, quote.Text(name)
			switch t.Kind() {
			case reflect.Map:
				of = t.Elem()
			case reflect.Struct:
				i := field(visible, name)
				if i < 0 {
					continue
				}
				if other, twice := fields[i]; twice {
					return fmt.Errorf("%s and %s are the same", quote.Text(min(name, other)), quote.Text(max(name, other)))
				}
				fields[i], of = name, visible[i].Type
			default:
				return nil
			}
			if err := values(of, value, at, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// field is the number of the field that encoding/json finds under name, or -1.
func field(fields []reflect.StructField, name string) int {
	return slices.IndexFunc(fields, func(f reflect.StructField) bool {
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		return f.IsExported() && tag != "-" && !(f.Anonymous && tag == "") && strings.EqualFold(cmp.Or(tag, f.Name), name)
	})
}
