// Package mirror keeps the records of a store in memory and answers reads from
// there. It decorates a store.Store: it follows the log, and what it does not
// hold, or not yet, the store beneath answers.
//
// A reader takes a snapshot, which nothing changes any more, and never waits for
// a writer: the next snapshot shares with it all but what was changed.
package mirror
