//go:build e2e

package e2e

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"image/png"
	"io"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPanelFiles saves every panel in every format by the menu and reads the files.
func TestPanelFiles(t *testing.T) {
	t.Parallel()
	p := open(t, address+pendulum, width, height)
	p.drawn()
	p.wait("a dot and a flow", "stage.contentWindow.onestepStage.numbers[1] > 0 && stage.contentWindow.onestepStage.numbers[4] > 0", 60*time.Second)
	p.click("play") // a body at rest makes no dots
	var entries []struct{ Panel, Format string }
	p.eval("[...document.querySelectorAll('[data-panel]')].map(({dataset}) => ({Panel: dataset.panel, Format: dataset.format}))", &entries)
	require.Len(t, entries, 11)
	for _, c := range entries {
		name := c.Panel + " as " + c.Format
		p.click("export")
		p.eval(fmt.Sprintf("document.querySelector('[data-panel=%s][data-format=%s]').click()", c.Panel, c.Format), nil)
		b, err := os.ReadFile(p.downloaded(c.Panel + "." + c.Format))
		require.NoError(t, err)
		switch c.Format {
		case "svg":
			d := xml.NewDecoder(bytes.NewReader(b))
			for err == nil {
				_, err = d.Token()
			}
			assert.ErrorIs(t, err, io.EOF, "%s is well-formed", name)
		case "png":
			picture, err := png.Decode(bytes.NewReader(b))
			if assert.NoError(t, err, name) {
				assert.Greater(t, picture.Bounds().Dx(), 200, name)
			}
		case "csv":
			rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
			if assert.NoError(t, err, name) {
				assert.NotEmpty(t, rows, name)
			}
		}
	}
	assert.Empty(t, p.text("errors"))
}

// A browser starts ten downloads of a frame in a second and drops more in silence: the page saves its files no faster.
func TestManyFilesAtOnceAreAllSaved(t *testing.T) {
	t.Parallel()
	p := open(t, address+pendulum+"&play=0&auto=0", width, height)
	p.eval("import('./js/files.js').then((f) => { for (let i = 10; i < 32; i++) f.save(new Uint8Array([i]), `file-${i}.csv`) })", nil)
	for i := byte(10); i < 32; i++ {
		b, err := os.ReadFile(p.downloaded(fmt.Sprintf("file-%d.csv", i)))
		require.NoError(t, err)
		assert.Equal(t, []byte{i}, b)
	}
}
