// Package library decides about the definitive media library and licences: which
// installations a licence covers, and which are not what was deployed (L1 to L7).
//
// All of it is functions of values: keys, and the instants that a caller gives.
package library
