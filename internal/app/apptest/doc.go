// Package apptest is what the tests of the use cases share: a fixture over each kind of store, and
// what they write into it.
package apptest
