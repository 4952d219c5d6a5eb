// Package replays holds the tests that an estate's history can be moved: what
// lived through mutations of every kind, drawn from the schema itself, is
// exported with its history and imported again, change set by change set.
package replays
