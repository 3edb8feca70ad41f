// Package panel draws the stage's panels: one type each, in a list. A panel reads the Stage, which holds what sim and probe
// return, and knows neither how these came about nor the other panels. A Board holds the list: it gives each panel its
// place, asks what a set of changes makes stale, collects lists and labels, and hands on the pointer. A further panel is
// its type and a line in the list; nothing else moves.
package panel
