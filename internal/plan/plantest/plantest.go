// Package plantest holds what the tests of the planner share.
package plantest

// Done returns what a search found that nobody stops.
func Done[T any](found T, err error) T {
	if err != nil {
		panic(err)
	}
	return found
}
