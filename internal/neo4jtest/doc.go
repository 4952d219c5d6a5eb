// Package neo4jtest gives tests a Neo4j: one that the environment names, a
// container, or the server's jars run on a free loopback port. It is started
// once for a test process and ends with it.
//
// The Community edition has one database, so tests of one process share it:
// they call Fresh, or Emptied, before they open a store, and do not run in
// parallel.
package neo4jtest
