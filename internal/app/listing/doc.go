// Package listing cuts pages out of lists that are worked out, not read.
package listing
