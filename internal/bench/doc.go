// Package bench asks a server the same thing over many connections, and tells
// how fast it answers and what that costs it.
package bench
