package tensorio

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"sort"
	"strconv"
	"unicode/utf8"
)

// WriteSafetensors writes tensors and metadata to w. The bytes depend on the arguments alone: metadata
// first, sorted by key; then the tensors, those of larger elements first and otherwise as given, so that
// every element is aligned; the header padded with spaces to a multiple of eight. What ReadSafetensors
// would refuse for its names, shapes or size is refused here, before the first byte is written. The SHA-256 of
// the data joins the metadata as ChecksumKey, whatever stands there.
func WriteSafetensors(w io.Writer, tensors []Tensor, metadata map[string]string) error {
	ordered, err := arrange(tensors)
	if err != nil {
		return fmt.Errorf("tensorio: %w", err)
	}
	metadata, err = withChecksum(metadata, ordered)
	if err != nil {
		return fmt.Errorf("tensorio: %w", err)
	}
	header, err := appendHeader(nil, ordered, metadata)
	if err != nil {
		return fmt.Errorf("tensorio: %w", err)
	}
	var length [8]byte
	binary.LittleEndian.PutUint64(length[:], uint64(len(header)))
	if _, err := w.Write(length[:]); err != nil {
		return fmt.Errorf("tensorio: %w", err)
	}
	if _, err := w.Write(header); err != nil {
		return fmt.Errorf("tensorio: %w", err)
	}
	for _, t := range ordered {
		if err := writeData(w, t.data); err != nil {
			return fmt.Errorf("tensorio: tensor %s: %w", quote(t.Name), err)
		}
	}
	return nil
}

// withChecksum is metadata with the SHA-256 of the tensors' data in that order.
func withChecksum(metadata map[string]string, ordered []Tensor) (map[string]string, error) {
	h := sha256.New()
	for _, t := range ordered {
		if err := writeData(h, t.data); err != nil {
			return nil, err
		}
	}
	all := maps.Clone(metadata)
	if all == nil {
		all = map[string]string{}
	}
	all[ChecksumKey] = hex.EncodeToString(h.Sum(nil))
	return all, nil
}

// arrange checks the tensors and puts those of larger elements first.
func arrange(tensors []Tensor) ([]Tensor, error) {
	if len(tensors) > MaxTensors {
		return nil, fmt.Errorf("%d tensors are more than %d", len(tensors), MaxTensors)
	}
	seen := make(map[string]bool, len(tensors))
	for _, t := range tensors {
		if t.data == nil {
			return nil, fmt.Errorf("tensor %s has no data", quote(t.Name))
		}
		if t.Name == metadataKey || !utf8.ValidString(t.Name) || seen[t.Name] {
			return nil, fmt.Errorf("tensor name %s is reserved, not UTF-8 or taken", quote(t.Name))
		}
		seen[t.Name] = true
		size, err := byteSize(t.Shape, t.DType())
		if err == nil && size != t.data.count()*t.DType().Size() {
			err = fmt.Errorf("shape %s does not hold %d elements", shapeText(t.Shape), t.data.count())
		}
		if err != nil {
			return nil, fmt.Errorf("tensor %s: %w", quote(t.Name), err)
		}
	}
	ordered := append([]Tensor(nil), tensors...)
	sort.SliceStable(ordered, func(i, j int) bool { return ordered[i].DType().Size() > ordered[j].DType().Size() })
	return ordered, nil
}

// appendHeader appends the JSON header, padded so that 8 + its length is a multiple of 8.
func appendHeader(b []byte, tensors []Tensor, metadata map[string]string) ([]byte, error) {
	b, err := appendMetadata(append(b, '{'), metadata)
	if err != nil {
		return nil, err
	}
	at := 0
	for _, t := range tensors {
		if len(b) > 1 {
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
	if len(b) > MaxHeader {
		return nil, fmt.Errorf("names and metadata make a header of %d bytes, more than %d", len(b), MaxHeader)
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
			return nil, errors.New("metadata " + quote(key) + " is not UTF-8")
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
