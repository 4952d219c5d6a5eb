// Package torture holds the server to its promise to subscribers: who gives the last
// revision that they saw misses nothing, whatever happens.
package torture
