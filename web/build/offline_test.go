package main

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The service worker names every file of the site but itself, with its hash; another content is another version.
func TestTheKeeperListsTheSite(t *testing.T) {
	source, err := os.ReadFile(filepath.Join("..", keeperName))
	require.NoError(t, err)
	made := func(page string) string {
		dir := t.TempDir()
		for name, text := range map[string]string{keeperName: string(source), "index.html": page, "js/a.js": "1", "icon.svg": ""} {
			_, err := write(dir, name, []byte(text))
			require.NoError(t, err)
		}
		require.NoError(t, listFiles(dir))
		b, err := os.ReadFile(filepath.Join(dir, keeperName))
		require.NoError(t, err)
		return string(b)
	}
	one := made("x")
	assert.Contains(t, one, `const FILES = [["icon.svg","47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="],["index.html","LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE="],["js/a.js","a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s="]];`)
	assert.Regexp(t, `const VERSION = '[0-9a-f]{16}';`, one)
	assert.Equal(t, one, made("x"))
	assert.NotEqual(t, one, made("y"))
	require.Error(t, listFiles(t.TempDir()))
}

// Icons are whole pictures of their size; the full one has no transparent corner.
func TestIcons(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, icons(dir))
	for name, corner := range map[string]bool{"icon-192.png": false, "icon-512.png": false, "icon-512-full.png": true} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		img, err := png.Decode(bytes.NewReader(b))
		require.NoError(t, err)
		_, _, _, a := img.At(1, 1).RGBA()
		assert.Equal(t, corner, a == 0xffff, name)
		_, _, _, a = img.At(img.Bounds().Dx()/2, 2).RGBA()
		assert.Equal(t, uint32(0xffff), a, name)
	}
}
