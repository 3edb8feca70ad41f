package tensorio

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"onestep/engine/quote"
)

// WriteSafetensors writes tensors and metadata to w. The bytes depend on the arguments alone: metadata
// first, sorted by key; then the tensors, those of larger elements first and otherwise as given, so that
// every element is aligned; the header padded with spaces to a multiple of eight. What ReadSafetensors
// would refuse for its names, shapes or size is refused here, before the first byte is written. The SHA-256 of
// the file joins the metadata as FileChecksumKey, whatever stands there.
func WriteSafetensors(w io.Writer, tensors []Tensor, metadata map[string]string) error {
	ordered, err := arrange(tensors)
	if err != nil {
		return fmt.Errorf("tensorio: %w", err)
	}
	header, err := appendHeader(binary.LittleEndian.AppendUint64(nil, 0), ordered, withoutDigits(metadata))
	if err != nil {
		return fmt.Errorf("tensorio: %w", err)
	}
	binary.LittleEndian.PutUint64(header, uint64(len(header)-8))
	if err := seal(header, ordered); err != nil {
		return fmt.Errorf("tensorio: %w", err)
	}
	if _, err := w.Write(header); err != nil {
		return fmt.Errorf("tensorio: %w", err)
	}
	for _, t := range ordered {
		if err := writeData(w, t.data); err != nil {
			return fmt.Errorf("tensorio: tensor %s: %w", quote.Text(t.Name), err)
		}
	}
	return nil
}

// noDigits stands in place of the checksum while it is computed.
var noDigits = strings.Repeat("0", 2*sha256.Size)

// withoutDigits is metadata with room for the checksum.
func withoutDigits(metadata map[string]string) map[string]string {
	all := maps.Clone(metadata)
	if all == nil {
		all = map[string]string{}
	}
	delete(all, ChecksumKey)
	all[FileChecksumKey] = noDigits
	return all
}

// seal puts the checksum of the whole file into its head, which is the header behind its length.
func seal(head []byte, ordered []Tensor) error {
	h := sha256.New()
	h.Write(head)
	for _, t := range ordered {
		if err := writeData(h, t.data); err != nil {
			return err
		}
	}
	mark := appendString(nil, FileChecksumKey)
	mark = append(mark, `:"`...) // within a JSON string its quotation marks are escaped
	hex.Encode(head[bytes.Index(head, mark)+len(mark):], h.Sum(nil))
	return nil
}

// arrange checks the tensors and puts those of larger elements first.
func arrange(tensors []Tensor) ([]Tensor, error) {
	if len(tensors) > MaxTensors {
		return nil, fmt.Errorf("%d tensors are more than %d", len(tensors), MaxTensors)
	}
	seen := make(map[string]bool, len(tensors))
	for _, t := range tensors {
		if t.data == nil {
			return nil, fmt.Errorf("tensor %s has no data", quote.Text(t.Name))
		}
		if t.Name == metadataKey || !utf8.ValidString(t.Name) || seen[t.Name] {
			return nil, fmt.Errorf("tensor name %s is reserved, not UTF-8 or taken", quote.Text(t.Name))
		}
		seen[t.Name] = true
		size, err := byteSize(t.Shape, t.DType())
		if err == nil && size != t.data.count()*t.DType().Size() {
			err = fmt.Errorf("shape %s does not hold %d elements", shapeText(t.Shape), t.data.count())
		}
		if err != nil {
			return nil, fmt.Errorf("tensor %s: %w", quote.Text(t.Name), err)
		}
	}
	ordered := append([]Tensor(nil), tensors...)
	sort.SliceStable(ordered, func(i, j int) bool { return ordered[i].DType().Size() > ordered[j].DType().Size() })
	return ordered, nil
}

// appendHeader appends the JSON header to b, the room of its length, and pads it to a multiple of 8.
func appendHeader(b []byte, tensors []Tensor, metadata map[string]string) ([]byte, error) {
	start := len(b)
	b, err := appendMetadata(append(b, '{'), metadata)
	if err != nil {
		return nil, err
	}
	at := 0
	for _, t := range tensors {
		if len(b) > start+1 {
			b = append(b, ',')
		}
		end := at + t.data.count()*t.DType().Size()
		b = append(appendString(b, t.Name), `:{"dtype":"`...)
		b = append(append(b, t.DType().String()...), `","shape":[`...)
		for i, n := range t.Shape {
			if i > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendInt(b, int64(n), 10)
		}
		b = append(strconv.AppendInt(append(b, `],"data_offsets":[`...), int64(at), 10), ',')
		b = append(strconv.AppendInt(b, int64(end), 10), `]}`...)
		at = end
	}
	b = append(b, '}')
	for len(b)%8 != 0 {
		b = append(b, ' ')
	}
	if len(b)-start > MaxHeader {
		return nil, fmt.Errorf("names and metadata make a header of %d bytes, more than %d", len(b)-start, MaxHeader)
	}
	return b, nil
}

// appendMetadata appends "__metadata__":{…}, or nothing when there is none.
func appendMetadata(b []byte, metadata map[string]string) ([]byte, error) {
	if len(metadata) == 0 {
		return b, nil
	}
	if len(metadata) > MaxMetadata {
		return nil, fmt.Errorf("%d entries of metadata are more than %d", len(metadata), MaxMetadata)
	}
	keys := make([]string, 0, len(metadata))
	for key, value := range metadata {
		if !utf8.ValidString(key) || !utf8.ValidString(value) {
			return nil, errors.New("metadata " + quote.Text(key) + " is not UTF-8")
		}
		keys = append(keys, key)
	}
	sort.Strings(keys)
	b = append(b, `"`+metadataKey+`":{`...)
	for i, key := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(append(appendString(b, key), ':'), metadata[key])
	}
	return append(b, '}'), nil
}

// appendString appends s as a JSON string, escaping only what must be.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// writeData writes an array in pieces of a fixed number of elements, so that no second copy of it is made.
func writeData(w io.Writer, v values) error {
	const piece = 4096 // elements
	buf := make([]byte, 0, min(piece, v.count())*v.dtype().Size())
	for from := 0; from < v.count(); from += piece {
		if _, err := w.Write(v.appendTo(buf, from, min(from+piece, v.count()))); err != nil {
			return err
		}
	}
	return nil
}
