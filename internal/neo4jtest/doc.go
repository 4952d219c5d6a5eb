// Package neo4jtest gives tests a Neo4j: one that the environment names, a
// container, or the server's jars run on a free loopback port.
//
// A server from the jars takes seconds to start and minutes to become fast, so
// it outlives the process that started it: the test processes of a user share a
// pool, in which one that needs a server takes a free one, or else adds one. Two
// never have the same at once, a process that is killed gives its server back,
// and a server that nobody wanted for some minutes ends. Start gives a test a server
// of its own, to be killed.
//
// The Community edition has one database, so tests of one process share it:
// they call Fresh, or Emptied, before they open a store, and do not run in
// parallel.
package neo4jtest
