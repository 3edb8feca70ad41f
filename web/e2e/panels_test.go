//go:build e2e

package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"image/png"
	"io"
	"os"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPanelFiles saves every panel in every format by the menu and reads the files, those of a panel that is not shown too;
// its switch shows it, and the link keeps that.
func TestPanelFiles(t *testing.T) {
	t.Parallel()
	p := open(t, address+pendulum, width, height)
	p.drawn()
	p.wait("a dot and a flow", "stage.contentWindow.onestepStage.numbers[1] > 0 && stage.contentWindow.onestepStage.numbers[4] > 0", 60*time.Second)
	p.click("play") // a body at rest makes no dots
	var entries []struct{ Panel, Format string }
	p.eval("[...document.querySelectorAll('[data-panel]')].map(({dataset}) => ({Panel: dataset.panel, Format: dataset.format}))", &entries)
	require.Len(t, entries, 14)
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
	const room = "stage.contentWindow.onestepStage.panels.training.width"
	for _, shown := range []bool{true, false} {
		p.eval("document.getElementById('panel-training').click()", nil)
		p.wait("the panel on demand", fmt.Sprintf("(%s > 300) === %v && location.hash.includes('panels=training') === %v", room, shown, shown), 20*time.Second)
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

// A picture of a panel is what the stage shows, pixel by pixel, texts left out: the browser draws the SVG, a shader the stage.
func TestPicturesAreWhatTheStageShows(t *testing.T) {
	t.Parallel()
	for _, task := range []string{"pendulum", "half_cheetah"} {
		t.Run(task, func(t *testing.T) {
			t.Parallel()
			p := open(t, address+"#v=1&play=0&auto=0&t=0.5&ghost=0&task="+task, 1280, 900, &emulation.MediaFeature{Name: "prefers-color-scheme", Value: "light"})
			p.drawn()
			p.wait("a flow", "stage.contentWindow.onestepStage.numbers[4] > 0", 60*time.Second)
			stage := p.picture()
			for tries := 0; ; tries++ { // until nothing comes any more
				require.Less(t, tries, 20, "the picture changes on")
				p.eval("window.then = stage.contentWindow.onestepStage.frames", nil)
				p.wait("time to draw", "stage.contentWindow.onestepStage.frames > then || new Promise((done) => setTimeout(done, 1000, true))", 10*time.Second)
				before := stage
				if stage = p.picture(); differing(before, stage) == 0 {
					break
				}
			}
			for _, panel := range []string{"body", "flow", "scatter", "curve"} {
				var got struct {
					PNG                 string
					X, Y, Width, Height float64
					Labels              [][4]float64
				}
				p.eval(fmt.Sprintf(`(async (panel) => {
					const [{Type, message}, {raster}] = await Promise.all([import('./js/protocol.js'), import('./js/raster.js')]);
					const id = 1e6 + Math.floor(1e6 * Math.random());
					const answer = new Promise((done) => addEventListener('message', function hear({data}) { if (data.id === id) { removeEventListener('message', hear); done(data) } }));
					stage.contentWindow.postMessage(message(Type.ExportPanel, id, {panel, format: 'svg', asSeen: true}), location.origin);
					const {data: [svg]} = await answer, {x, y, width, height} = stage.contentWindow.onestepStage.panels[panel];
					const bytes = new Uint8Array(await raster(svg, width, height, 1));
					const labels = [...stage.contentDocument.querySelectorAll('.label')].map((e) => e.getBoundingClientRect()).map((r) => [r.x, r.y, r.right, r.bottom]);
					return {PNG: btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join('')), X: x, Y: y, Width: width, Height: height, Labels: labels};
				})(%q)`, panel), &got)
				b, err := base64.StdEncoding.DecodeString(got.PNG)
				require.NoError(t, err)
				file, err := png.Decode(bytes.NewReader(b))
				require.NoError(t, err)
				compared, far, sum := 0, 0, 0.0
				const margin = 8 // the page's texts and a file's are not the same letters
				for y := 4; y < int(got.Height)-4; y++ {
				pixels:
					for x := 4; x < int(got.Width)-4; x++ {
						sx, sy := float64(x)+got.X, float64(y)+got.Y
						for _, l := range got.Labels {
							if sx > l[0]-margin && sx < l[2]+margin && sy > l[1]-margin && sy < l[3]+margin {
								continue pixels
							}
						}
						r1, g1, b1, _ := stage.At(int(sx), int(sy)).RGBA()
						r2, g2, b2, _ := file.At(x, y).RGBA()
						d := max(max(r1, r2)-min(r1, r2), max(g1, g2)-min(g1, g2), max(b1, b2)-min(b1, b2)) >> 8
						compared++
						sum += float64(d)
						if d > 64 {
							far++
						}
					}
				}
				t.Logf("%s: %d pixels, mean difference %.2f of 255 levels, %.2f %% differ by more than 64", panel, compared, sum/float64(compared), 100*float64(far)/float64(compared))
				require.Greater(t, compared, 10000)
				// Both smooth edges, each in its own way: an edge differs by parts of a pixel, an opaque wedge in place of a cloud by all of it.
				assert.Less(t, sum/float64(compared), 4.0, panel)
				assert.Less(t, float64(far)/float64(compared), 0.01, panel)
			}
		})
	}
}
