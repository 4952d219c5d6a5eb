// Package leaving holds the tests of what happens when a caller leaves while a
// question is being answered.
package leaving
