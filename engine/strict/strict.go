// Package strict refuses JSON that readers understand differently.
package strict

import (
	"bytes"
	"encoding/json"
	"fmt"

	"onestep/engine/quote"
)

// Names returns an error where an object of the JSON text b has a name twice: RFC 8259, section 4, leaves open which of the two
// counts, and encoding/json takes the last without a word. Other faults are for whoever decodes the text.
func Names(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	var around []map[string]bool // the names of each object around, nil for a list
	var named bool               // a name has been read, and its value comes
	for {
		token, err := d.Token()
		if err != nil {
			return nil
		}
		var names map[string]bool
		if len(around) > 0 {
			names = around[len(around)-1]
		}
		name, text := token.(string)
		switch delim, _ := token.(json.Delim); {
		case delim == '{' || delim == '[':
			around, named = append(around, map[json.Delim]map[string]bool{'{': {}}[delim]), false
		case delim != 0:
			around, named = around[:len(around)-1], false
		case text && names != nil && !named:
			if names[name] {
				return fmt.Errorf("the name %s stands twice in one object", quote.Text(name))
			}
			names[name], named = true, true
		default:
			named = false
		}
	}
}
