package main

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestContrast computes the contrast of every pair of colours that text and controls of the page use, in both schemes:
// 4.5 for text and 3 for the edges of controls (WCAG 2.2, 1.4.3 and 1.4.11).
func TestContrast(t *testing.T) {
	light, dark := schemes(t, "page.css")
	stageDark, stageLight := schemes(t, "stage.css")
	for name, c := range map[string]struct {
		tokens  map[string]string
		grounds []string
		texts   []string
		edges   []string
	}{
		"page, light":   {light, []string{"ground", "surface", "sunken"}, []string{"ink", "muted"}, []string{"strong"}},
		"page, dark":    {dark, []string{"ground", "surface", "sunken"}, []string{"ink", "muted"}, []string{"strong"}},
		"words, light":  {light, []string{"ground", "surface"}, []string{"noise", "action", "one", "many", "danger"}, nil},
		"words, dark":   {dark, []string{"ground", "surface"}, []string{"noise", "action", "one", "many", "danger"}, nil},
		"chosen, light": {light, []string{"one", "many", "ink", "danger"}, []string{"surface"}, nil},
		"chosen, dark":  {dark, []string{"one", "many", "ink"}, []string{"surface"}, nil},
		"raised, light": {light, []string{"raised"}, []string{"ink"}, nil},
		"raised, dark":  {dark, []string{"raised"}, []string{"ink"}, nil},
		"stage, light":  {stageLight, []string{"surface", "tip"}, []string{"ink", "muted", "noise", "action", "one", "many"}, nil},
		"stage, dark":   {stageDark, []string{"surface", "tip"}, []string{"ink", "muted", "noise", "action", "one", "many"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			for _, ground := range c.grounds {
				for _, text := range c.texts {
					assert.GreaterOrEqual(t, contrast(t, c.tokens[text], c.tokens[ground]), 4.5, "--%s on --%s", text, ground)
				}
				for _, edge := range c.edges {
					assert.GreaterOrEqual(t, contrast(t, c.tokens[edge], c.tokens[ground]), 3.0, "--%s on --%s", edge, ground)
				}
			}
		})
	}
}

// schemes reads the tokens of a style sheet: those of its first :root, and with those of the second over them.
func schemes(t *testing.T, name string) (first, second map[string]string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "css", name))
	require.NoError(t, err)
	blocks := regexp.MustCompile(`:root(\[[^\]]*\])? \{([^}]*)\}`).FindAllStringSubmatch(string(b), -1)
	require.GreaterOrEqual(t, len(blocks), 2)
	read := func(text string, into map[string]string) {
		for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(text, -1) {
			into[m[1]] = m[2]
		}
	}
	first, second = map[string]string{}, map[string]string{}
	read(blocks[0][2], first)
	read(blocks[0][2], second)
	read(blocks[1][2], second)
	return first, second
}

// contrast is (L1 + 0.05)/(L2 + 0.05) of the relative luminances, the lighter one above.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	require.NoError(t, err, "%q is no colour", hex)
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		c := float64(n>>(16-8*i)&0xff) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
