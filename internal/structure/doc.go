// Package structure holds the packages of use cases to limits that only fall:
// how many files and lines one may have, and how many methods a type
// (docs/architecture.md, "Sizes").
package structure
