package preparation_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/preparation"
	"releasegraph/internal/plan/release"
)

func task(key string, kind domain.TaskKind, change func(*domain.Task)) *domain.Task {
	t := &domain.Task{Record: domain.Record{Key: key, Name: key}, Kind: kind}
	if change != nil {
		change(t)
	}
	return t
}

func before(s domain.ReleaseStatus) func(*domain.Task) {
	return func(t *domain.Task) { t.Before = &s }
}

func texts(lacks []release.Lack) (list []string) {
	for _, l := range lacks {
		list = append(list, l.Text)
	}
	return list
}

// What is due before a status is asked for on the way to it, and from then on.
func TestOpenTasksAreAskedForOnTheWayToWhatTheyPrepare_R12(t *testing.T) {
	tasks := []*domain.Task{
		task("plan", domain.TaskQualityPlan, before(domain.ReleaseBuilding)), task("train", domain.TaskTraining, before(domain.ReleaseDeploying)),
		task("free", domain.TaskMeeting, nil),
	}
	for into, want := range map[domain.ReleaseStatus][]string{
		domain.ReleaseBuilding:     {"the task plan (QUALITY_PLAN) done"},
		domain.ReleaseInAcceptance: {"the task plan (QUALITY_PLAN) done"},
		domain.ReleaseDeploying:    {"the task plan (QUALITY_PLAN) done", "the task train (TRAINING) done"},
		domain.ReleaseCancelled:    nil,
		domain.ReleasePlanned:      nil,
	} {
		require.Equal(t, want, texts(preparation.Open(tasks, nil, into)), into)
	}
	tasks[0].Done = true
	require.Empty(t, preparation.Open(tasks, nil, domain.ReleaseInAcceptance))
}

func TestThePolicySaysWhichTasksThereMustBe_R12(t *testing.T) {
	rules := domain.DefaultPolicy().TaskRules
	require.Equal(t, []string{
		"a task of kind QUALITY_PLAN, which the policy wants done before BUILDING (planReleaseTasks)",
		"a task of kind RESOURCE, which the policy wants done before BUILDING (planReleaseTasks)",
	}, texts(preparation.Open(nil, rules, domain.ReleaseBuilding)))
	// A task that names no status is due when the policy says so of its kind.
	tasks := []*domain.Task{task("plan", domain.TaskQualityPlan, nil), task("people", domain.TaskResource, func(t *domain.Task) { t.Done = true })}
	require.Equal(t, []string{"the task plan (QUALITY_PLAN) done"}, texts(preparation.Open(tasks, rules, domain.ReleaseBuilding)))
	require.Equal(t, []domain.TaskKind{domain.TaskTraining, domain.TaskCommunication}, kinds(preparation.Missing(tasks, rules)))
}

func kinds(rules []domain.TaskRule) (list []domain.TaskKind) {
	for _, r := range rules {
		list = append(list, r.Kind)
	}
	return list
}

func TestWhatIsDueFirstIsToldFirst_R12(t *testing.T) {
	on := func(day int) func(*domain.Task) {
		return func(t *domain.Task) {
			due, s := time.Date(2027, 1, day, 0, 0, 0, 0, time.UTC), domain.ReleaseBuilding
			t.Due, t.Before = &due, &s
		}
	}
	tasks := []*domain.Task{task("b", domain.TaskOther, before(domain.ReleaseBuilding)), task("c", domain.TaskOther, on(9)), task("d", domain.TaskOther, on(2)), task("a", domain.TaskOther, on(9))}
	var keys []string
	for _, l := range preparation.Open(tasks, nil, domain.ReleaseBuilding) {
		keys = append(keys, l.About)
	}
	require.Equal(t, []string{"d", "a", "c", "b"}, keys)
}

func TestAPurchaseLacksItsOrderAndItsWarranty_R6(t *testing.T) {
	order, day := "PO-1", time.Date(2027, 1, 2, 0, 0, 0, 0, time.UTC)
	bought := task("disks", domain.TaskPurchase, nil)
	lacks := func() []string {
		return texts(release.Purchased(preparation.Bought([]*domain.Task{bought, task("talk", domain.TaskMeeting, nil)})))
	}
	require.Equal(t, []string{"purchases that are complete: disks lacks order, warranty"}, lacks())
	bought.OrderNumber, bought.WarrantyUntil = &order, &day
	require.Empty(t, lacks())
}

func TestATaskIsDoneWithWhatItsKindNeeds_R12(t *testing.T) {
	bought := task("disks", domain.TaskPurchase, func(t *domain.Task) { t.Done = true })
	require.Equal(t, "orderNumber", bought.CheckDone()[0].Field)
	taught := task("course", domain.TaskTraining, func(t *domain.Task) {
		t.Done, t.Sessions = true, []domain.TrainingSession{{Held: true}, {}}
	})
	require.Equal(t, "sessions.1.held", taught.CheckDone()[0].Field)
	taught.Sessions[1].Held = true
	require.Empty(t, taught.CheckDone())
}

func TestWhatBelongsToOneKindStandsInNoOther_R12(t *testing.T) {
	text := "x"
	wrong := task("talk", domain.TaskMeeting, func(t *domain.Task) { t.Quote, t.Audience = &text, &text })
	var fields []string
	for _, e := range wrong.Check() {
		fields = append(fields, fmt.Sprint(e.Rule, " ", e.Field))
	}
	require.Equal(t, []string{"R12 quote", "R12 audience"}, fields)
}
