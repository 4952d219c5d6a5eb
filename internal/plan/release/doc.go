// Package release decides about releases: what one holds, which number it may
// have, what it supersedes, when the emergency path is open, how it is undone,
// and who may judge it (R1 to R24).
//
// All of it is functions of values. A caller gives keys, which also are the
// order of whatever has no other, and gets keys back. Enumerations are written
// as the schema writes them.
package release
