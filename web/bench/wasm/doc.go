// Command wasm is what the benchmarks measure of this program in the browser: the items of package work behind three
// exported functions, so that a page's JavaScript calls them as it calls any other library. It never touches the page.
package main
