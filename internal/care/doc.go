// Package care looks after a whole store: it takes backups and finds out what
// a backup holds, checks everything, and forgets old history.
package care
