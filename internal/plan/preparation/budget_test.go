package preparation_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/preparation"
)

// Budgets add up, to the ten-thousandth, whatever is in them (R12): the reference
// counts ten-thousandths as whole numbers.
func TestBudgetsAddUp_R12(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amounts := rapid.SliceOfN(rapid.Int64Range(-1, 99_999_999_999), 0, 20)
		eur, approved := "EUR", rapid.Int64Range(0, 9_999_999_999_999).Draw(t, "approved")
		limit := decimal(approved)
		r := &domain.Release{BudgetPlanned: &limit, Currency: &eur}
		var tasks []*domain.Task
		var planned, spent, expected int64
		for i, p := range amounts.Draw(t, "planned") {
			one := task(fmt.Sprint("t", i), domain.TaskOther, nil)
			s := rapid.Int64Range(-1, 99_999_999_999).Draw(t, "spent")
			one.Done, one.Currency = rapid.Bool().Draw(t, "done"), &eur
			one.PlannedCost, one.SpentCost = given(p), given(s)
			p, s = max(p, 0), max(s, 0)
			planned, spent = planned+p, spent+s
			if expected += s; !one.Done && p > s {
				expected += p - s
			}
			tasks = append(tasks, one)
		}
		b, other := preparation.Sum(r, tasks)
		require.Empty(t, other)
		require.Equal(t, []int64{planned, spent, expected}, []int64{whole(t, b.Planned), whole(t, b.Spent), whole(t, b.Expected)})
		if expected > approved {
			require.Equal(t, expected-approved, whole(t, b.Over))
		} else {
			require.Empty(t, b.Over)
		}
	})
}

// given is an amount, absent of one below 0.
func given(n int64) *string {
	if n < 0 {
		return nil
	}
	s := decimal(n)
	return &s
}

func decimal(n int64) string { return fmt.Sprintf("%d.%04d", n/10_000, n%10_000) }

func whole(t *rapid.T, s string) int64 {
	var units, parts int64
	var digits string
	if _, err := fmt.Sscanf(s, "%d.%s", &units, &digits); err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	if len(digits) == 2 {
		digits += "00"
	}
	if _, err := fmt.Sscanf(digits, "%d", &parts); err != nil || len(digits) != 4 {
		t.Fatalf("%q has %d digits behind its point", s, len(digits))
	}
	return units*10_000 + parts
}

func TestABudgetHasOneCurrency_R12(t *testing.T) {
	eur, usd, five := "EUR", "USD", "5"
	in := func(key string, currency *string) *domain.Task {
		return task(key, domain.TaskOther, func(t *domain.Task) { t.Currency, t.PlannedCost = currency, &five })
	}
	r := &domain.Release{Record: domain.Record{Key: "R-1"}}
	require.Nil(t, preparation.CheckCurrency(r, nil, in("a", &usd)), "nothing has a currency yet")
	refused := preparation.CheckCurrency(r, []*domain.Task{in("b", &eur)}, in("a", &usd))
	require.Equal(t, "currency: is USD: the budget of R-1 is in EUR", refused.Error())
	b, other := preparation.Sum(r, []*domain.Task{in("b", &eur), in("c", &usd)})
	require.Equal(t, []string{"c"}, other)
	require.Equal(t, "EUR 5.00", b.Currency+" "+b.Planned)
}
