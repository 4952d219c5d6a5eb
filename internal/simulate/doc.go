// Package simulate plays the sites of a roll-out, and the people who watch it: sites that
// install, fail, fall silent, report late, twice and out of order, by clocks that are
// wrong. All that they do follows from a seed. Each site knows what it really has, so that
// what a server believes can be held to it.
package simulate
