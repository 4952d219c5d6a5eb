// Package version reads and orders version numbers by the scheme that a policy
// names (R3), and writes texts after a template.
//
// No scheme guesses: a text that a scheme cannot read is an error that says why.
// A caller that only reports calls such versions not comparable.
package version
