// Package importer reads estates from files into a store, through the use
// cases or through the API of a server, and writes them back.
//
// A run reads its files twice: the first time it checks every line, and
// reports all that is wrong; the second time it writes, records before
// relationships, in change sets of a few thousand. What is in the store as the
// file says is left alone, so that a run that was cut off is finished by
// running it again.
package importer
