package release

import (
	"slices"
	"time"

	"releasegraph/internal/domain"
)

// Advice is what a board recommends about a release: for which content and which
// calendar.
type Advice struct {
	Board          string
	Recommends     bool
	ContentVersion int
	From, To       time.Time
}

// Advised is the need BOARD_ADVICE: a board recommends the release with its
// present content and calendar (R19). Advice is the last one, nil for none.
func Advised(advice *Advice, contentVersion int, from, to time.Time) []Lack {
	switch {
	case advice == nil:
		return NeedBoardAdvice.only("", "a board that recommends its contents and calendar")
	case advice.ContentVersion != contentVersion:
		return NeedBoardAdvice.only(advice.Board, "a recommendation of its present contents: %s gave its own before they changed", advice.Board)
	case !advice.From.Equal(from) || !advice.To.Equal(to):
		return NeedBoardAdvice.only(advice.Board, "a recommendation of its present calendar: %s gave its own before it changed", advice.Board)
	case !advice.Recommends:
		return NeedBoardAdvice.only(advice.Board, "a board that recommends it: %s does not", advice.Board)
	}
	return nil
}

// Authorised is the need AUTHORISATION: a change manager has signed that the release is
// to be implemented (R22).
func Authorised(signed bool) []Lack {
	if signed {
		return nil
	}
	return NeedAuthorisation.only("", "the signature of a change manager, who authorises to implement it (signRelease, AUTHORISATION)")
}

// PlanAccepted is the need PLAN: a plan of its roll-out is accepted (P11).
func PlanAccepted(accepted bool) []Lack {
	if accepted {
		return nil
	}
	return NeedPlan.only("", "a plan of its roll-out that is accepted (planDeployment, acceptDeploymentPlan)")
}

// PathStep is an environment of the promotion path: what must be shown there, and
// what was.
type PathStep struct {
	Environment domain.Environment
	Reached     bool
	Shows       []string
	Shown       []string
}

// PathPassed is the need PATH: the release has been in every environment before
// LIVE, in order, and has shown there what the policy wants (R15).
func PathPassed(path []PathStep) (list []Lack) {
	for _, p := range path {
		if p.Environment == domain.Live {
			continue
		}
		if !p.Reached {
			list = append(list, NeedPath.lack(string(p.Environment), "its promotion path: it has not been in %s", p.Environment))
		}
		for _, what := range p.Shows {
			if !slices.Contains(p.Shown, what) {
				list = append(list, NeedPath.lack(string(p.Environment), "its promotion path: %s was not shown in %s", what, p.Environment))
			}
		}
	}
	return list
}
