// Package plot turns arrays into pictures: axes with round ticks, lines, scatter, histograms and the
// transport of particles from one place to another. It receives numbers and knows neither flows nor
// policies nor environments; it draws into scene.List and lists its text as Label, which the page shows.
//
// Notation: x and y are data; px and py, or pixels, are device pixels on the screen, y down.
package plot
