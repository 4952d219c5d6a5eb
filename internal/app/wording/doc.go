// Package wording tells in words what change sets did: which records and links they are
// about, and which fields they changed.
package wording
