// Package environment decides about test environments (R12): when they are free,
// how representative of LIVE they are, and whether tests in them count.
package environment
