package tensorio

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"sort"
	"unicode/utf8"

	"onestep/engine/quote"
)

// ErrSafetensors is wrapped by every error of ReadSafetensors.
var ErrSafetensors = errors.New("not a valid safetensors file")

// Keys of checksums in the metadata, in hexadecimal. WriteSafetensors puts the SHA-256 of the whole file, taken with zeros in
// place of the checksum's own 64 digits, under FileChecksumKey; older files have that of everything behind the header
// under ChecksumKey.
const (
	FileChecksumKey = "sha256.file"
	ChecksumKey     = "sha256"
)

// Info describes a tensor in a file.
type Info struct {
	Name       string
	DType      DType
	Shape      []int // row-major; not to be changed
	begin, end int   // bytes, relative to the end of the header
}

// File is a safetensors file that has been checked. Tensors are decoded when they are asked for.
type File struct {
	Metadata map[string]string // never nil; without the checksums' keys
	Checked  bool              // the data has the SHA-256 that the file names; false where it names none
	Whole    bool              // so has the whole file, its header included

	infos  []Info         // by position in the file
	byName map[string]int // index into infos
	header []byte
	data   []byte // the bytes behind the header
	digits int    // where those of FileChecksumKey begin in the header
}

// Tensors returns what is in the file, in the order of the data. The caller does not change it.
func (f *File) Tensors() []Info { return f.infos }

// Lookup finds a tensor by name.
func (f *File) Lookup(name string) (Info, bool) {
	i, ok := f.byName[name]
	if !ok {
		return Info{}, false
	}
	return f.infos[i], true
}

// ReadSafetensors checks a whole file and returns a view of it; b is kept and must not change. It accepts
// less than other readers: besides what the specification demands (no duplicate names, no overlaps, no
// holes, every size equal to its shape) it knows the element types of this package only, and the limits
// MaxHeader, MaxTensors, MaxMetadata, MaxRank and MaxDim. Every error wraps ErrSafetensors and names the
// cause and, where there is one, the tensor. A file whose SHA-256 is not the one in the metadata is damaged and
// refused; a file of another program that names none is read unchecked.
//
// The layout: 8 bytes of header length N, little-endian; N bytes of JSON beginning with '{' and possibly
// padded with spaces; the data.
func ReadSafetensors(b []byte) (*File, error) {
	f, err := read(b)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSafetensors, err)
	}
	return f, nil
}

// Size returns the bytes that a file has by its header. head is its beginning: 8 bytes and MaxHeader, or all of a shorter file.
// Errors are those of ReadSafetensors.
func Size(head []byte) (int64, error) {
	header, _, err := split(head)
	f := &File{Metadata: map[string]string{}, byName: map[string]int{}}
	if err == nil {
		err = f.parse(header)
	}
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrSafetensors, err)
	}
	end := 0
	for _, t := range f.infos {
		end = max(end, t.end)
	}
	return int64(8+len(header)) + int64(min(end, math.MaxInt-8-MaxHeader)), nil
}

func read(b []byte) (*File, error) {
	header, data, err := split(b)
	if err != nil {
		return nil, err
	}
	f := &File{Metadata: map[string]string{}, byName: map[string]int{}, header: header, data: data}
	if err := f.parse(header); err != nil {
		return nil, err
	}
	if err := f.layOut(); err != nil {
		return nil, err
	}
	return f, f.verify()
}

// verify compares the file with its checksum, and takes that out of the metadata.
func (f *File) verify() error {
	h, what := sha256.New(), "its data"
	want, there := f.Metadata[FileChecksumKey]
	if f.Whole = there; there {
		if len(want) != len(noDigits) || string(f.header[f.digits:f.digits+len(want)]) != want {
			return fmt.Errorf("the file is damaged: its checksum is %s", quote.Text(want))
		}
		what = "the file"
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(f.header))))
		h.Write(f.header[:f.digits])
		h.Write([]byte(noDigits))
		h.Write(f.header[f.digits+len(want):])
	} else if want, there = f.Metadata[ChecksumKey]; !there {
		return nil
	}
	delete(f.Metadata, FileChecksumKey)
	delete(f.Metadata, ChecksumKey)
	h.Write(f.data)
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		return fmt.Errorf("the file is damaged: the SHA-256 of %s is %s, but it was written with %s", what, got, quote.Text(want))
	}
	f.Checked = true
	return nil
}

// split finds the header and the data.
func split(b []byte) (header, data []byte, err error) {
	if kind := foreign(b); kind != "" {
		return nil, nil, errors.New("this is " + kind)
	}
	if len(b) < 8 {
		return nil, nil, fmt.Errorf("the file has %d bytes and ends inside the header's length (8 bytes)", len(b))
	}
	n, rest := binary.LittleEndian.Uint64(b), b[8:]
	switch {
	case n > MaxHeader:
		return nil, nil, fmt.Errorf("the header would have %d bytes, more than %d are not accepted", n, MaxHeader)
	case n > uint64(len(rest)):
		return nil, nil, fmt.Errorf("the file ends inside the header: %d of its %d bytes are there", len(rest), n)
	case n < 2 || rest[0] != '{':
		return nil, nil, errors.New("the header does not begin with '{'")
	case !utf8.Valid(rest[:n]):
		return nil, nil, errors.New("the header is not UTF-8")
	}
	return rest[:n], rest[n:], nil
}

// parse fills Metadata, infos and byName from the header.
func (f *File) parse(header []byte) error {
	s := &scanner{b: header}
	seenMetadata := false
	err := s.object(func(key string) error {
		if key == metadataKey {
			if seenMetadata {
				return s.errorf("has %s twice", metadataKey)
			}
			seenMetadata = true
			return f.parseMetadata(s)
		}
		if _, twice := f.byName[key]; twice {
			return s.errorf("names tensor %s twice", quote.Text(key))
		}
		if len(f.infos) == MaxTensors {
			return s.errorf("names more than %d tensors", MaxTensors)
		}
		info, err := parseInfo(s)
		if err != nil {
			return fmt.Errorf("tensor %s: %w", quote.Text(key), err)
		}
		info.Name = key
		f.byName[key] = len(f.infos)
		f.infos = append(f.infos, info)
		return nil
	})
	if err != nil {
		return err
	}
	for ; s.i < len(header); s.i++ {
		if header[s.i] != ' ' {
			return s.errorf("goes on after its closing brace with something other than spaces")
		}
	}
	return nil
}

// parseMetadata reads the text-to-text object __metadata__.
func (f *File) parseMetadata(s *scanner) error {
	return s.object(func(key string) error {
		if _, twice := f.Metadata[key]; twice {
			return s.errorf("metadata has %s twice", quote.Text(key))
		}
		if len(f.Metadata) == MaxMetadata {
			return s.errorf("metadata has more than %d entries", MaxMetadata)
		}
		value, err := s.str()
		if err != nil {
			return fmt.Errorf("metadata %s: %w", quote.Text(key), err)
		}
		if key == FileChecksumKey {
			f.digits = s.i - len(`"`) - len(noDigits) // where the value has as many, which verify asks
		}
		f.Metadata[key] = value
		return nil
	})
}

// parseInfo reads {"dtype": …, "shape": […], "data_offsets": […, …]} and checks it in itself.
func parseInfo(s *scanner) (Info, error) {
	var t Info
	var dtype, shape, offsets bool
	err := s.object(func(key string) error {
		switch {
		case key == "dtype" && !dtype:
			dtype = true
			name, err := s.str()
			if err != nil {
				return err
			}
			if t.DType = dtypeOf(name); t.DType == 0 {
				return fmt.Errorf("element type %s is not supported", quote.Text(name))
			}
			return nil
		case key == "shape" && !shape:
			shape = true
			var err error
			t.Shape, err = s.ints([]int{}, MaxRank)
			return err
		case key == "data_offsets" && !offsets:
			offsets = true
			var room [2]int
			pair, err := s.ints(room[:0], 2)
			if err == nil && len(pair) != 2 {
				err = s.errorf("data_offsets has %d numbers, not 2", len(pair))
			}
			t.begin, t.end = room[0], room[1]
			return err
		case key == "dtype" || key == "shape" || key == "data_offsets":
			return s.errorf("has %s twice", key)
		}
		return s.errorf("has the unknown field %s", quote.Text(key))
	})
	switch {
	case err != nil:
		return t, err
	case !dtype:
		return t, errors.New("dtype is missing")
	case !shape:
		return t, errors.New("shape is missing")
	case !offsets:
		return t, errors.New("data_offsets is missing")
	}
	return t, t.check()
}

// check compares the offsets with type and shape.
func (t *Info) check() error {
	size, err := byteSize(t.Shape, t.DType)
	if err != nil {
		return err
	}
	if t.end < t.begin {
		return fmt.Errorf("data_offsets [%d, %d] end before they begin", t.begin, t.end)
	}
	if t.end-t.begin != size {
		return fmt.Errorf("data_offsets [%d, %d] hold %d bytes, but %s of shape %s needs %d", t.begin, t.end, t.end-t.begin, t.DType, shapeText(t.Shape), size)
	}
	return nil
}

// layOut sorts the tensors by position and demands that they cover the data without overlap or hole.
func (f *File) layOut() error {
	sort.SliceStable(f.infos, func(i, j int) bool {
		a, b := &f.infos[i], &f.infos[j]
		return a.begin < b.begin || (a.begin == b.begin && a.end < b.end)
	})
	at := 0
	for i := range f.infos {
		t := &f.infos[i]
		switch {
		case t.begin < at:
			return fmt.Errorf("tensor %s overlaps the one before it: begins at %d, before %d", quote.Text(t.Name), t.begin, at)
		case t.begin > at:
			return fmt.Errorf("tensor %s leaves a hole before it: begins at %d, after %d", quote.Text(t.Name), t.begin, at)
		case t.end > len(f.data):
			return fmt.Errorf("the file ends inside tensor %s: it needs %d bytes of data, %d are there", quote.Text(t.Name), t.end, len(f.data))
		}
		at = t.end
		f.byName[t.Name] = i
	}
	if at != len(f.data) {
		return fmt.Errorf("%d bytes follow the last tensor", len(f.data)-at)
	}
	return nil
}

// foreign names what a file is when its first bytes give it away as something else.
func foreign(b []byte) string {
	if len(b) == 0 {
		return "an empty file"
	}
	if len(b) < 9 || plausible(b) {
		return ""
	}
	for _, k := range [...]struct{ magic, kind string }{
		{"\x89PNG\r\n", "a PNG image"}, {"GIF8", "a GIF image"}, {"\xff\xd8\xff", "a JPEG image"},
		{"PK\x03\x04", "a zip archive (as PyTorch's .pt and NumPy's .npz are)"}, {"\x1f\x8b", "a gzip archive"},
		{"%PDF-", "a PDF document"}, {"\x93NUMPY", "a NumPy array (.npy)"}, {"\x89HDF", "an HDF5 file"},
		{"\x00asm", "a WebAssembly module"}, {"\x7fELF", "an ELF program"}, {"<", "an HTML or XML document"},
	} {
		if len(b) >= len(k.magic) && string(b[:len(k.magic)]) == k.magic {
			return k.kind
		}
	}
	if b[0] == '{' || b[0] == '[' {
		return "a JSON text"
	}
	return ""
}

// plausible says whether b looks like safetensors in spite of its first byte, which is the low byte of the
// header's length and may be anything. b has at least 9 bytes.
func plausible(b []byte) bool {
	return b[8] == '{' && binary.LittleEndian.Uint64(b) <= MaxHeader
}
