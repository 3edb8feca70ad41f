package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// maxBody bounds the JSON body of a message, bytes.
const maxBody = 1 << 20

func unmarshalStrict(b []byte, dst any) error {
	if len(b) > maxBody {
		return errors.New("body is larger than 1 MiB")
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(dst); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("body goes on after its value")
	}
	return nil
}
