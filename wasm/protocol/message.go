package protocol

import (
	"encoding/json"
	"fmt"
)

// Message is one message as it crosses a port. Data holds raw little-endian bytes; what they mean
// stands at the Type.
type Message struct {
	Type Type
	ID   int
	Body []byte // JSON, or nil
	Data [][]byte
	Port any // a MessagePort that came with it, or nil; only wasm/bridge looks inside
}

// New builds a message with body encoded as JSON (nil for none).
func New(t Type, id int, body any, data ...[]byte) Message {
	m := Message{Type: t, ID: id, Data: data}
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			panic("protocol: a body that JSON cannot hold: " + err.Error())
		}
		m.Body = b
	}
	return m
}

// Decode reads the body of m into dst. Unknown fields are refused, so that a misspelt setting is not
// ignored in silence.
func (m Message) Decode(dst any) error {
	if len(m.Body) == 0 {
		return fmt.Errorf("message %d has no body", m.Type)
	}
	if err := unmarshalStrict(m.Body, dst); err != nil {
		return fmt.Errorf("message %d: %w", m.Type, err)
	}
	return nil
}
