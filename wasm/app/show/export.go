package show

import (
	"onestep/policy/checkpoint"
	"onestep/wasm/protocol"
)

// export writes a policy file in another format. What is shown is not touched.
func (s *Session) export(m protocol.Message, q protocol.ExportRequest) error {
	if len(m.Data) != 1 {
		return refuse("protocol", "a policy comes as one array of bytes, not %d", len(m.Data))
	}
	p, err := checkpoint.ReadPolicy(m.Data[0])
	if err != nil {
		return refuse("bad-file", "the policy cannot be exported: %w", err)
	}
	b, err := p.Export(q.Format, q.Steps)
	if err != nil {
		return refuse("bad-config", "%w", err)
	}
	s.out.Post(protocol.New(protocol.Exported, m.ID, nil, b))
	return nil
}
