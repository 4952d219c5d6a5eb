// Package leaks holds the tests that no answer tells of what is hidden from
// whoever asks. They make estates and callers at random, and questions from the
// schema itself, so that what is added to it takes part by itself.
package leaks
