// Package estate is the kernel of the use cases: the estate as one caller sees it, and the one way
// to change it.
package estate
