package show

import (
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"rsc.io/qr"

	"onestep/wasm/protocol"
)

// The picture has just the black modules of the code, and a margin of four.
func TestAQRCode(t *testing.T) {
	b := shown(t, "pendulum", "zero")
	const link = "https://example.org/onestep/#v=1&task=hopper&k=20"
	b.send(protocol.QRCode, protocol.QRText{Text: link})
	svg := string(b.last(protocol.Exported).Data[0])
	require.NoError(t, xml.Unmarshal([]byte(svg), &struct{}{}))
	want, err := qr.Encode(link, qr.L)
	require.NoError(t, err)
	black := map[[2]int]bool{}
	path := svg[strings.LastIndex(svg, ` d="`):]
	for _, run := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1H(\d+)z`).FindAllStringSubmatch(path, -1) {
		var n [4]int
		for i := range n {
			n[i], err = strconv.Atoi(run[1+i])
			require.NoError(t, err)
		}
		require.Equal(t, n[0], n[3])
		for x := range n[2] {
			black[[2]int{n[0] + x, n[1]}] = true
		}
	}
	for y := range want.Size {
		for x := range want.Size {
			assert.Equal(t, want.Black(x, y), black[[2]int{x, y}], "%d, %d", x, y)
		}
	}
	side := strconv.Itoa(want.Size + 8)
	assert.Contains(t, svg, `viewBox="-4 -4 `+side+" "+side+`"`)

	b.send(protocol.QRCode, protocol.QRText{Text: strings.Repeat("x", 4000)})
	assert.Contains(t, string(b.last(protocol.StageError).Body), "a text of 4000 bytes is too long for a QR code")
}
