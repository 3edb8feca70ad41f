package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"

	"onestep/engine/scene"
)

const keeperName = "sw.js"

// onDemand is the folder of the files that the service worker keeps once they have been asked for. Their names have hashes.
const onDemand = "films"

// listFiles writes the names and hashes of all files but those on demand into the service worker, which keeps them, and the
// hash of that list as the site's version.
func listFiles(dst string) error {
	var files [][2]string
	err := filepath.WalkDir(dst, func(path string, d fs.DirEntry, err error) error {
		if err == nil && path == filepath.Join(dst, onDemand) {
			return fs.SkipDir
		}
		if err != nil || d.IsDir() || d.Name() == keeperName {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dst, path)
		sum := sha256.Sum256(b)
		files = append(files, [2]string{filepath.ToSlash(name), base64.StdEncoding.EncodeToString(sum[:])})
		return err
	})
	if err != nil {
		return err
	}
	list, err := json.Marshal(files)
	if err != nil {
		return err
	}
	path := filepath.Join(dst, keeperName)
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	version := sha256.Sum256(append(list, text...))
	for _, c := range [][2]string{{"[/* files */]", string(list)}, {"'version'", "'" + hex.EncodeToString(version[:8]) + "'"}} {
		if bytes.Count(text, []byte(c[0])) != 1 {
			return fmt.Errorf("%s has not one %s to be replaced", keeperName, c[0])
		}
		text = bytes.Replace(text, []byte(c[0]), []byte(c[1]), 1)
	}
	return os.WriteFile(path, text, 0o644)
}

// icons draws the page's icon, icon.svg, as PNG for the home screens that want one; the full one has no corners, for systems
// that cut their own.
func icons(dst string) error {
	for _, icon := range []struct {
		name   string
		size   int
		corner float64
	}{{"icon-192.png", 192, 8}, {"icon-512.png", 512, 8}, {"icon-512-full.png", 512, 0}} {
		var b bytes.Buffer
		if err := png.Encode(&b, drawIcon(icon.size, icon.corner)); err != nil {
			return err
		}
		if _, err := write(dst, icon.name, b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

func drawIcon(size int, corner float64) image.Image {
	k := float64(size) / 32
	blue, orange := scene.Hex(0x4fa8ff), scene.Hex(0xffa033)
	var l scene.List
	l.Box(scene.Rect{W: 32 * k, H: 32 * k}, corner*k, scene.Hex(0x12171f))
	line := scene.Stroke{List: &l, Width: 3.5 * k}
	line.Move(8*k, 22*k, blue)
	for i := 1; i <= 64; i++ { // the cubic from (8, 22) by (12, 22) and (20, 10) to (24, 10)
		t := float64(i) / 64
		s := 1 - t
		x := s*s*s*8 + 3*s*s*t*12 + 3*s*t*t*20 + t*t*t*24
		y := s*s*s*22 + 3*s*s*t*22 + 3*s*t*t*10 + t*t*t*10
		line.To(x*k, y*k, blue.Mix(orange, float32((x-8)/16)))
	}
	line.End()
	l.Dot(8*k, 22*k, 4*k, blue)
	l.Dot(24*k, 10*k, 4*k, orange)
	img := image.NewRGBA(image.Rect(0, 0, size, size))
	l.Raster(img, img.Rect)
	return img
}
