// Package forge makes the files of safetensors that tests need: altered, and yet not damaged.
package forge

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"onestep/policy/tensorio"
)

// Seal returns a copy of a file whose checksum (tensorio.FileChecksumKey) is that of what the file now holds. A file that names
// none comes back as it is.
func Seal(file []byte) []byte {
	file = bytes.Clone(file)
	mark := []byte(`"` + tensorio.FileChecksumKey + `":"`)
	if i := bytes.Index(file, mark); i >= 0 {
		digits := file[i+len(mark):][:2*sha256.Size]
		copy(digits, strings.Repeat("0", len(digits)))
		sum := sha256.Sum256(file)
		hex.Encode(digits, sum[:])
	}
	return file
}
