package plot

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"strings"

	"onestep/engine/scene"
)

// Picture is a panel as a figure of its own: its lists from back to front, what clips the middle one, and its labels.
type Picture struct {
	Frame, Clip         scene.Rect // px
	Back, Inside, Front *scene.List
	Labels              []Label
	Ground              scene.Color
	Ink, Muted          scene.Color            // of the text
	Keys                map[string]scene.Color // of a label by its colour's name
	Pixel               float64                // px to a CSS pixel
}

// SVG writes the picture in CSS pixels, its text as text.
func (p *Picture) SVG() []byte {
	var b bytes.Buffer
	w, h := p.Frame.W/p.Pixel, p.Frame.H/p.Pixel
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"%.2f %.2f %.2f %.2f\" font-family=\"system-ui, sans-serif\">\n",
		w, h, p.Frame.X, p.Frame.Y, p.Frame.W, p.Frame.H)
	fmt.Fprintf(&b, "<clipPath id=\"inside\"><rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"/></clipPath>\n", p.Clip.X, p.Clip.Y, p.Clip.W, p.Clip.H)
	fmt.Fprintf(&b, "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" fill=\"%s\"/>\n", p.Frame.X, p.Frame.Y, p.Frame.W, p.Frame.H, hex(p.Ground))
	p.Back.SVG(&b)
	io.WriteString(&b, "<g clip-path=\"url(#inside)\">\n")
	p.Inside.SVG(&b)
	io.WriteString(&b, "</g>\n")
	p.Front.SVG(&b)
	for _, l := range p.Labels {
		p.text(&b, l)
	}
	io.WriteString(&b, "</svg>\n")
	// The names of gradients hold where a list lay in memory; numbered in their order the same picture is the same file.
	return number(b.Bytes())
}

// number replaces the gradients' names by g1, g2 and so on.
func number(svg []byte) []byte {
	names := map[string]string{}
	text := string(svg)
	for _, part := range strings.Split(text, "<linearGradient id=\"")[1:] {
		id, _, _ := strings.Cut(part, "\"")
		if names[id] == "" {
			names[id] = fmt.Sprintf("g%d", len(names)+1)
		}
	}
	pairs := make([]string, 0, 4*len(names))
	for old, id := range names {
		pairs = append(pairs, "\""+old+"\"", "\""+id+"\"", "#"+old+")", "#"+id+")")
	}
	return []byte(strings.NewReplacer(pairs...).Replace(text))
}

func (p *Picture) text(w io.Writer, l Label) {
	size := sizeOf(l.Class) * p.Pixel
	anchor, dy := "middle", 0.35*size
	switch l.Align {
	case Left:
		anchor = "start"
	case Right:
		anchor = "end"
	case Above:
		dy = -0.2 * size
	case Below:
		dy = 0.9 * size
	}
	if l.Turned {
		anchor, dy = "middle", 0.35*size
	}
	color, weight, turned := p.Muted, "", ""
	switch l.Class {
	case "title", "value":
		color, weight = p.Ink, " font-weight=\"600\""
	case "mark", "chip":
		weight = " font-weight=\"600\""
	}
	if c, ok := p.Keys[l.Color]; ok {
		color = c
	}
	if l.Turned {
		turned = fmt.Sprintf(" transform=\"rotate(-90 %.2f %.2f)\"", l.X, l.Y)
	}
	fmt.Fprintf(w, "<text x=\"%.2f\" y=\"%.2f\" dy=\"%.2f\" font-size=\"%.2f\" text-anchor=\"%s\"%s%s fill=\"%s\">%s</text>\n",
		l.X, l.Y, dy, size, anchor, weight, turned, hex(color), p.words(l))
}

// words are a label's text; a legend's keys stand in a row, each after a mark in its colour.
func (p *Picture) words(l Label) string {
	if l.Class != "legend" {
		return html.EscapeString(l.Text)
	}
	var b strings.Builder
	for i, key := range strings.Split(l.Text, "|") {
		class, text, _ := strings.Cut(key, ":")
		name, _, _ := strings.Cut(class, " ")
		if name == "switch" { // a switch is no part of a figure
			continue
		}
		if i > 0 {
			b.WriteString("\u2003")
		}
		color, ok := p.Keys[name]
		if !ok {
			color = p.Muted
		}
		fmt.Fprintf(&b, "<tspan fill=\"%s\">●</tspan> %s", hex(color), html.EscapeString(text))
	}
	return b.String()
}

func hex(c scene.Color) string {
	return fmt.Sprintf("#%02x%02x%02x", int(255*c[0]+0.5), int(255*c[1]+0.5), int(255*c[2]+0.5))
}
