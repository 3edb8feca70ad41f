// Package show is the stage apart from the browser: a Session hands the page's messages and the pointer to those who own
// what they are about, and brings everything else up to date. It joins three owners:
//
//   - sim moves the body, its ghost and the clocks, and lets the policy act;
//   - probe makes pictures of the policy where the body is, bit by bit;
//   - panel draws, one type a panel.
//
// All panels show one state: the one in which the body takes its next action, or the one that was chosen by clicking a dot.
// Whatever changes is noted in one set of changes; what follows from it stands in settle and in the panels' Changed.
// Everything that the stage needs of the outside is handed in: time is an argument and messages go out through a function.
// The whole package runs natively.
package show
