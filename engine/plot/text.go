package plot

import (
	"strings"

	"onestep/engine/scene"
)

// sizes of the labels' classes, CSS px; those of web/css/stage.css.
var sizes = map[string]float64{"title": 13, "note": 13, "tip": 11.5}

func sizeOf(class string) float64 {
	if size := sizes[class]; size != 0 {
		return size
	}
	return 11
}

// The page's typeface is the reader's own. These are the widths of DejaVu Sans, one of the widest, in parts of its size:
// a text that fits in it fits in others.
var advances = func() map[rune]float64 {
	m := map[rune]float64{}
	for _, g := range []struct {
		width float64
		runes string
	}{
		{0.2, "\u202f"}, {0.28, "ijlI'|"}, {0.32, " .,:;\u00a0·"}, {0.4, "ftr()-"}, {0.56, "cskvxyz"},
		{0.68, "ABCDEFGHKLNOPQRSTUVXYZ"}, {0.84, "w−+=→"}, {0.98, "mMW%"},
	} {
		for _, r := range g.runes {
			m[r] = g.width
		}
	}
	return m
}()

// otherAdvance is the width of what is not listed: most small letters and the digits. bolder is how much wider a bold text is.
const (
	otherAdvance = 0.625
	bolder       = 1.14
)

// keyMark and keyGap are the mark before a legend's key with its distance, and the distance of two keys, CSS px.
const (
	keyMark = 19
	keyGap  = 12
)

// chipEdge is what a chip's padding and border add to either side of its text, CSS px: along it and across.
var chipEdge = [2]float64{9, 3}

// TextWidth estimates how long a label's text is on the page, CSS px.
func TextWidth(class, text string) float64 {
	switch class {
	case "legend":
		keys := strings.Split(text, "|")
		width := keyGap * float64(len(keys)-1)
		for _, key := range keys {
			_, words, _ := strings.Cut(key, ":")
			width += keyMark + TextWidth("key", words)
		}
		return width
	case "chip":
		return 2*chipEdge[0] + bolder*lineWidth(class, text)
	case "title", "value", "mark":
		return bolder * lineWidth(class, text)
	}
	return lineWidth(class, text)
}

func lineWidth(class, text string) float64 {
	width := 0.0
	for _, r := range text {
		advance, ok := advances[r]
		if !ok {
			advance = otherAdvance
		}
		width += advance
	}
	return width * sizeOf(class)
}

// Fitting is the first of the texts that is no longer than room, CSS px, and the last one where none is. The texts are in
// the order of preference, which ends with the shortest.
func Fitting(class string, room float64, texts ...string) string {
	for _, text := range texts {
		if TextWidth(class, text) <= room {
			return text
		}
	}
	return texts[len(texts)-1]
}

// Box estimates where a label's letters lie, px; pixel is how many of them make a CSS pixel.
func (l *Label) Box(pixel float64) scene.Rect {
	w, h := TextWidth(l.Class, l.Text)*pixel, sizeOf(l.Class)*pixel
	if l.Class == "chip" {
		h += 2 * chipEdge[1] * pixel
	}
	if l.Turned {
		return scene.Rect{X: l.X - h/2, Y: l.Y - w/2, W: h, H: w}
	}
	r := scene.Rect{X: l.X - w/2, Y: l.Y - h/2, W: w, H: h}
	switch l.Align {
	case Left:
		r.X = l.X
	case Right:
		r.X = l.X - w
	case Above:
		r.Y = l.Y - h
	case Below:
		r.Y = l.Y
	}
	return r
}
