// Package rollouttest makes inputs of roll-out plans for tests: estates told in the
// interchange format, the worked examples, and random ones with everything at once.
package rollouttest
