package figure_test

import (
	"bytes"
	"encoding/xml"
	"image/png"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot"

	"onestep/policy/figure"
)

// By hand: at 10 the seeds have 4 and (halfway from 0 to 20) 5, at 20 they have 6 and 10.
func TestBandInterpolatesBetweenEvaluations(t *testing.T) {
	seeds := [][]figure.Point{{{Steps: 0, Return: 2}, {Steps: 10, Return: 4}, {Steps: 20, Return: 6}}, {{Steps: 0, Return: 0}, {Steps: 20, Return: 10}}}
	mean, low, high := figure.Band(seeds, []float64{0, 10, 20})
	require.Equal(t, []float64{1, 4.5, 8}, mean)
	require.Equal(t, []float64{0, 4, 6}, low)
	require.Equal(t, []float64{2, 5, 10}, high)
}

// An axis from -1700 to 0 is marked at whole multiples, with a true minus sign and no -0.
func TestTicksAreRoundNumbers(t *testing.T) {
	p, err := figure.Light.Curves("", []figure.Series{{Name: "x", Seeds: [][]figure.Point{{{0, -1700}, {6000, 0}}}}}, nil)
	require.NoError(t, err)
	var labels []string
	for _, tick := range p.Y.Tick.Marker.Ticks(-1700, 0) {
		labels = append(labels, tick.Label)
	}
	require.Equal(t, []string{"−1600", "−1400", "−1200", "−1000", "−800", "−600", "−400", "−200", "0"}, labels)
	labels = nil
	for _, tick := range p.Y.Tick.Marker.Ticks(0, 0.03) {
		labels = append(labels, tick.Label)
	}
	require.Equal(t, []string{"0.000", "0.005", "0.010", "0.015", "0.020", "0.025", "0.030"}, labels)
	require.Empty(t, p.Y.Tick.Marker.Ticks(1, 1))
}

func series() []figure.Series {
	return []figure.Series{
		{Name: "first", Seeds: [][]figure.Point{{{0, -5}, {10, -1}}, {{0, -6}, {5, -4}, {12, -2}}}},
		{Name: "second", Seeds: [][]figure.Point{{{0, -7}, {10, -3}}}},
	}
}

func figures(t *testing.T) map[string]*plot.Plot {
	curves, err := figure.Light.Curves("title", series(), &figure.Level{Value: -2, Name: "goal: learned from −2"})
	require.NoError(t, err)
	paths, err := figure.Light.Paths("title", "torque", [][]float64{{0, 0.5, 1}, {-1, 0, 1}})
	require.NoError(t, err)
	variance, err := figure.Light.Variance("title", 20, 1, []figure.Dot{{Variance: 0.04, Lower: 0.15, Upper: 0.18, Shift: 0.1}, {}})
	require.NoError(t, err)
	return map[string]*plot.Plot{"curves": curves, "paths": paths, "variance": variance}
}

// Each figure is a whole SVG with its words in it, and a PNG of more than one colour.
func TestFiguresRender(t *testing.T) {
	words := map[string][]string{
		"curves": {"title", "environment steps", "first, 2 seeds", "second"}, "paths": {"torque", "noise at 0"}, "variance": {"W2, lower to upper bound", "shift of the mean", "bound", "20-step actions", "c = 1"},
	}
	for name, p := range figures(t) {
		t.Run(name, func(t *testing.T) {
			b, err := figure.Render(p, "svg")
			require.NoError(t, err)
			d := xml.NewDecoder(bytes.NewReader(b))
			for err == nil {
				_, err = d.Token()
			}
			require.ErrorIs(t, err, io.EOF, "well-formed XML")
			require.NotContains(t, strings.ReplaceAll(string(b), ",sans-serif;", ""), "font-family:Liberation Sans;", "every font has one to stand in for it")
			require.Contains(t, string(b), ",sans-serif;")
			for _, w := range words[name] {
				require.True(t, strings.Contains(string(b), w), "%q", w)
			}
			b, err = figure.Render(p, "png")
			require.NoError(t, err)
			image, err := png.Decode(bytes.NewReader(b))
			require.NoError(t, err)
			colours := map[[3]uint32]bool{}
			for y := range image.Bounds().Dy() {
				for x := range image.Bounds().Dx() {
					r, g, b, _ := image.At(x, y).RGBA()
					colours[[3]uint32{r, g, b}] = true
				}
			}
			require.Greater(t, len(colours), 10)
		})
	}
}

func TestWhatCannotBeDrawn(t *testing.T) {
	_, err := figure.Light.Curves("", []figure.Series{{Name: "x", Seeds: [][]figure.Point{{}}}}, nil)
	require.ErrorContains(t, err, "without evaluations")
	_, err = figure.Light.Curves("", []figure.Series{{Name: "x", Seeds: [][]figure.Point{{{0, 1}}, {{5, 1}}}}}, nil)
	require.ErrorContains(t, err, "no steps in common")
	_, err = figure.Light.Paths("", "", nil)
	require.ErrorContains(t, err, "no paths")
	_, err = figure.Light.Variance("", 20, 1, nil)
	require.ErrorContains(t, err, "no states")
	_, err = figure.Render(figures(t)["paths"], "gif")
	require.ErrorContains(t, err, `"gif"`)
}

// The legend of curves ends within the picture, also in DejaVu Sans, whose letters are 0.6 of their size wide on the average.
func TestTheLegendFits(t *testing.T) {
	b, err := figure.Render(figures(t)["curves"], "svg")
	require.NoError(t, err)
	number := func(text string) float64 {
		x, err := strconv.ParseFloat(text, 64)
		require.NoError(t, err)
		return x
	}
	width := number(regexp.MustCompile(`viewBox="0 0 ([\d.]+) `).FindStringSubmatch(string(b))[1])
	for _, word := range []string{"first, 2 seeds", "line: mean, band: worst to best", "goal: learned from −2"} {
		at := regexp.MustCompile(`<text x="([\d.]+)" [^>]*font-size:(\d+)px[^>]*>` + word + `<`).FindStringSubmatch(string(b))
		require.NotNil(t, at, word)
		require.Less(t, number(at[1])+0.6*number(at[2])*float64(utf8.RuneCountInString(word)), width, word)
	}
}
