// Command app is the stage's program: the main of the iframe that holds the canvas. It only joins the
// parts: package show decides what is seen, package view draws it, package bridge carries the messages, and
// web/js/stage.js lends the browser's events and shows the texts.
package main
