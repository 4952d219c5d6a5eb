// Package response is what an answer needs beside its data: how errors are
// presented, the id of the request, and what a transport and a subscription tell
// each other. It knows nothing of the schema.
package response
