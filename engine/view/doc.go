// Package view puts display lists on the screen. It is the only package that imports Ebitengine: it runs
// the frame loop, compiles the one shader that smooths every edge (see package scene), and draws the
// panels that have changed, each with three draw calls at most. What stays the same is not drawn again.
// It also owns the colours of the looks (Palette); where panels lie is told by the page.
package view
