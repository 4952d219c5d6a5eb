// Package preparation decides what is still to be prepared before a release may go
// on (R12), who accepts its calendar (R13), and what its preparation costs.
package preparation
