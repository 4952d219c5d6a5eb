//go:build race

package server_test

// slower is how much more time tests are given while races are looked for.
const slower = 5
