package preparation

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/release"
)

// Open is the need TASKS of a move into a status (R12): the tasks of a release that
// are to be done before that status, or before one that comes earlier, and are not;
// and the sorts of task that the policy wants by then, of which there is none. Tasks
// come by when they are due, those without a date last, then by key.
func Open(tasks []*domain.Task, rules []domain.TaskRule, into domain.ReleaseStatus) (list []release.Lack) {
	has := map[domain.TaskKind]bool{}
	var open []*domain.Task
	for _, t := range tasks {
		has[t.Kind] = true
	}
	for _, t := range Due(tasks, rules, into) {
		if !t.Done {
			open = append(open, t)
		}
	}
	slices.SortFunc(open, byDue)
	for _, t := range open {
		list = append(list, release.NeedTasks.Lack(t.Key, "%s", describe(t)))
	}
	for _, rule := range rules {
		if !has[rule.Kind] && into.Reaches(rule.Before) {
			has[rule.Kind] = true
			list = append(list, release.NeedTasks.Lack("", "a task of kind %s, which the policy wants done before %s (planReleaseTasks)", rule.Kind, rule.Before))
		}
	}
	return list
}

// Due are the tasks, open or done, that are to be done before a status, or before one
// that comes earlier.
func Due(tasks []*domain.Task, rules []domain.TaskRule, into domain.ReleaseStatus) (list []*domain.Task) {
	for _, t := range tasks {
		if due(t, rules, into) {
			list = append(list, t)
		}
	}
	return list
}

// due reports whether a task is to be done before a status: as it says itself, or
// as the policy says of its kind.
func due(t *domain.Task, rules []domain.TaskRule, into domain.ReleaseStatus) bool {
	if t.Before != nil {
		return into.Reaches(*t.Before)
	}
	return slices.ContainsFunc(rules, func(r domain.TaskRule) bool { return r.Kind == t.Kind && into.Reaches(r.Before) })
}

func byDue(a, b *domain.Task) int {
	switch {
	case a.Due == nil && b.Due != nil:
		return 1
	case a.Due != nil && b.Due == nil:
		return -1
	case a.Due != nil && !a.Due.Equal(*b.Due):
		return a.Due.Compare(*b.Due)
	}
	return cmp.Compare(a.Key, b.Key)
}

func describe(t *domain.Task) string {
	text := fmt.Sprintf("the task %s (%s) done", t.Key, t.Kind)
	if t.Due != nil {
		text += ", due " + t.Due.UTC().Format(time.DateOnly)
	}
	if t.Owner != nil {
		text += ", by " + *t.Owner
	}
	return text
}

// Bought are the purchases of a release as the need PURCHASES looks at them (R6).
// Whether a licence is needed, KIT_LICENSED tells.
func Bought(tasks []*domain.Task) (list []release.Purchase) {
	for _, t := range tasks {
		if t.Kind == domain.TaskPurchase {
			list = append(list, release.Purchase{Key: t.Key, Order: t.OrderNumber != nil, Licence: true, Warranty: t.WarrantyUntil != nil})
		}
	}
	return list
}

// Missing are the rules of a policy of whose kind a release has no task yet, each
// kind once, by its first rule.
func Missing(tasks []*domain.Task, rules []domain.TaskRule) (list []domain.TaskRule) {
	has := map[domain.TaskKind]bool{}
	for _, t := range tasks {
		has[t.Kind] = true
	}
	for _, rule := range rules {
		if !has[rule.Kind] {
			has[rule.Kind] = true
			list = append(list, rule)
		}
	}
	return list
}
