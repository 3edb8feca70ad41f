// Package sim moves the body that is seen: its environment, the ghost beside it, the clocks, the hand that pulls it, its
// episodes and the policy that acts. What can be seen of all that is a Moment; everything else is private. Time is an
// argument, and setters only record what they have changed: settle alone decides what follows from that, and Take hands
// the facts to whoever draws.
//
// # One moment
//
// In the state in which the body takes its next action, x0 ~ SourceStd N(0, I) is drawn, one particle, and mapped to the
// action with the sampler's number of steps; with best-of-N there are N candidates, and that of the highest min(Q1, Q2) is
// taken. After a change of policy or sampler the same noise serves again, so that the difference is theirs.
package sim
