// Package topology decorates any store with the adjacency of its graph in
// memory. It loads the graph once, follows the log, and knows the revision it
// has reached, so that traversals run at memory speed and still see all that
// was committed through the store before.
package topology
