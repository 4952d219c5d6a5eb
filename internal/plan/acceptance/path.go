package acceptance

import (
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/release"
)

// Shown is what the last run of a test that counts showed: a kind of test, in an
// environment.
type Shown struct {
	Environment domain.Environment
	Kind        domain.TestKind
	Passed      bool
}

// Path is the promotion path of a release as far as its test runs show it (R15):
// of what a step must show, that which the release must pass at all. An environment
// in which nothing must be shown is passed by itself.
func Path(steps []domain.PromotionStep, demanded []domain.TestKind, shown []Shown) []release.PathStep {
	path := make([]release.PathStep, len(steps))
	for i, step := range steps {
		one := release.PathStep{Environment: step.Environment}
		for _, kind := range step.Shows {
			if slices.Contains(demanded, kind) {
				one.Shows = append(one.Shows, string(kind))
			}
		}
		one.Reached = len(one.Shows) == 0
		for _, s := range shown {
			if s.Environment != step.Environment {
				continue
			}
			if one.Reached = true; s.Passed {
				one.Shown = append(one.Shown, string(s.Kind))
			}
		}
		path[i] = one
	}
	return path
}
