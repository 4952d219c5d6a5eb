// Package conformance holds the server against public tools and clients: the
// audit of GraphQL over HTTP, graphql-eslint, Relay's compiler, and the clients
// that people use. They run in Node; package.json pins them.
package conformance
