// Package refusal makes the errors by which use cases say what is wrong with what they
// were asked.
package refusal
