package scene

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
)

// A colour that fades becomes a gradient whose stops fade too, by the attribute that SVG knows (SVG 2, 14.2.4.2).
func TestAFadingColourFadesInSVG(t *testing.T) {
	var l List
	l.Fill(Rect{W: 10, H: 10}, Color{1, 0, 0, 0.1}, Color{0, 0, 1, 0.6})
	l.Capsule(0, 0, 10, 0, 2, Color{1, 0, 0, 0.1}, Color{0, 0, 1, 0.6})
	var b bytes.Buffer
	l.SVG(&b)
	assert.NotContains(t, b.String(), "stop-color-opacity")
	assert.Contains(t, b.String(), `stop-opacity="0.100"`)
	assert.Contains(t, b.String(), `stop-opacity="0.600"`)
}
