// Package checker judges roll-out plans. It works out anew, from the input alone,
// every rule that a plan has to keep (P1 to P13) and every reason that it gives, and
// reports what does not hold.
//
// It shares nothing with package planner, so that a rule that one of them misreads
// stands out. It is slow and plain: it builds the whole graph of items at sites,
// follows each chain by itself, and finds the fewest waves of a small plan by trying
// all there are. Tests use it, and nothing else does.
package checker
