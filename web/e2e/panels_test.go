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
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPanelFiles saves every panel in every format by the menu and reads the files.
func TestPanelFiles(t *testing.T) {
	p := open(t, address+pendulum, width, height)
	p.drawn()
	p.wait("a dot and a flow", "stage.contentWindow.onestepStage.numbers[1] > 0 && stage.contentWindow.onestepStage.numbers[4] > 0", 60*time.Second)
	p.click("play") // a body at rest makes no dots
	var entries []struct{ Panel, Format string }
	p.eval("[...document.querySelectorAll('[data-panel]')].map(({dataset}) => ({Panel: dataset.panel, Format: dataset.format}))", &entries)
	require.Len(t, entries, 11)
	for _, c := range entries {
		name := c.Panel + " as " + c.Format
		before, err := os.ReadDir(p.downloads)
		require.NoError(t, err)
		p.click("export")
		p.eval(fmt.Sprintf("document.querySelector('[data-panel=%s][data-format=%s]').click()", c.Panel, c.Format), nil)
		b := p.newFile(name, len(before), "."+c.Format)
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

// newFile waits for one more file than there were and reads it.
func (p *tab) newFile(what string, there int, ending string) []byte {
	p.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		files, err := os.ReadDir(p.downloads)
		require.NoError(p, err)
		partial, err := filepath.Glob(filepath.Join(p.downloads, "*.crdownload"))
		require.NoError(p, err)
		if len(files) <= there || len(partial) > 0 {
			continue
		}
		newest, stamp := "", time.Time{}
		for _, f := range files {
			info, err := f.Info()
			require.NoError(p, err)
			if info.ModTime().After(stamp) {
				newest, stamp = f.Name(), info.ModTime()
			}
		}
		assert.Equal(p, ending, filepath.Ext(newest), what)
		b, err := os.ReadFile(filepath.Join(p.downloads, newest))
		require.NoError(p, err)
		return b
	}
	p.Fatalf("%s was not saved; errors: %s", what, p.text("errors"))
	return nil
}
