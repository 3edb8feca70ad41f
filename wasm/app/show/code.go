package show

import (
	"fmt"
	"strings"

	"rsc.io/qr"

	"onestep/wasm/protocol"
)

// quiet is the margin of a QR code in modules (ISO/IEC 18004, 6.3.8).
const quiet = 4

// drawCode answers with a QR code as an SVG picture, for a class that reads a link from the wall. It is made here, so that no
// other server learns of the link.
func (s *Session) drawCode(m protocol.Message, q protocol.QRText) error {
	code, err := qr.Encode(q.Text, qr.L)
	if err != nil {
		return protocol.Refuse("bad-config", "a text of %d bytes is too long for a QR code", len(q.Text))
	}
	s.out.Post(protocol.New(protocol.Exported, m.ID, nil, codeSVG(code)))
	return nil
}

// codeSVG draws a code in black on white, whatever the theme: cameras expect it. One unit is one module.
func codeSVG(code *qr.Code) []byte {
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			from := x
			for code.Black(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&path, "M%d %dh%dv1H%dz", from, y, x-from, from)
			}
		}
	}
	side := code.Size + 2*quiet
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="%d %d %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M%d %dh%dv%dh%dz"/><path d="%s"/></svg>`,
		-quiet, -quiet, side, side, -quiet, -quiet, side, side, -side, path.String())
}
