package protocol

import (
	"errors"

	"onestep/engine/strict"
)

// maxBody bounds the JSON body of a message, bytes.
const maxBody = 1 << 20

func unmarshalStrict(b []byte, dst any) error {
	if len(b) > maxBody {
		return errors.New("body is larger than 1 MiB")
	}
	return strict.Known(b, dst)
}
