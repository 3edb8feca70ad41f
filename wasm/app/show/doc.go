// Package show is what the stage does, apart from the browser: it holds the state that the page's messages
// build up, simulates the body for the eye, acts with the policy it was given, probes that policy where the
// body is, and composes the four panels. Everything it needs of the outside is handed in: time is an
// argument and messages go out through a function. The whole package runs natively.
//
// # One moment
//
// All panels show one state: the one in which the body takes its next action (or the one that was chosen
// by clicking a dot). In it the stage draws x0 ~ SourceStd N(0, I), one particle, and maps it to the
// action with the sampler's number of steps; with best-of-N it draws N candidates and takes the one of
// highest min(Q1, Q2). The flow panel shows those very particles among others.
//
// # Probing
//
// At a visited state, n = 64 particles are sent through the network with one step and with many steps from
// the same noise. The spread is trace Var of the many-step actions (divided by n-1); the error is W2
// between both sets, as package analysis measures them for the training worker too. Both have a floor of
// their own at finite n. The work is spread over frames.
package show
