package preparation

import (
	"math/big"

	"releasegraph/internal/domain"
)

// Budget is what the preparation of a release costs, in one currency (R12). Amounts
// are decimal texts, as records have them.
type Budget struct {
	Currency string
	// Approved is what the release may cost, empty where nobody said.
	Approved string
	// Planned and Spent are the sums over the tasks. Expected counts of each task
	// what was spent, once it is done, or else the larger of both.
	Planned, Spent, Expected string
	// Over is by how much Expected is above Approved, empty where it is not.
	Over string
}

// Sum adds up the costs of a release and its tasks. All are in one currency, which
// CheckCurrency holds; tasks in another one are left out, and other names their
// keys.
func Sum(r *domain.Release, tasks []*domain.Task) (b Budget, other []string) {
	b.Currency = CurrencyOf(r, tasks)
	planned, spent, expected := new(big.Rat), new(big.Rat), new(big.Rat)
	for _, t := range tasks {
		if t.PlannedCost == nil && t.SpentCost == nil {
			continue
		}
		if t.Currency == nil || *t.Currency != b.Currency {
			other = append(other, t.Key)
			continue
		}
		p, s := amount(t.PlannedCost), amount(t.SpentCost)
		planned.Add(planned, p)
		spent.Add(spent, s)
		if !t.Done && p.Cmp(s) > 0 {
			s = p
		}
		expected.Add(expected, s)
	}
	b.Planned, b.Spent, b.Expected = text(planned), text(spent), text(expected)
	if r.BudgetPlanned != nil {
		approved := amount(r.BudgetPlanned)
		b.Approved = text(approved)
		if expected.Cmp(approved) > 0 {
			b.Over = text(expected.Sub(expected, approved))
		}
	}
	return b, other
}

// CurrencyOf is the currency of a release's budget: its own, or else that of the
// first of its tasks by key that has one; empty where none has.
func CurrencyOf(r *domain.Release, tasks []*domain.Task) string {
	if r.Currency != nil {
		return *r.Currency
	}
	first := ""
	var of string
	for _, t := range tasks {
		if t.Currency != nil && (first == "" || t.Key < first) {
			first, of = t.Key, *t.Currency
		}
	}
	return of
}

// amount reads a decimal text; records hold no other.
func amount(text *string) *big.Rat {
	if text == nil {
		return new(big.Rat)
	}
	r, ok := new(big.Rat).SetString(*text)
	if !ok {
		return new(big.Rat)
	}
	return r
}

// text writes an amount with two digits behind the point, or four where it needs
// them.
func text(r *big.Rat) string {
	if two := r.FloatString(2); amount(&two).Cmp(r) == 0 {
		return two
	}
	return r.FloatString(4)
}

// CheckCurrency says why a task cannot be in a currency beside those of the release
// and its other tasks, or nil: one budget has one currency (R12).
func CheckCurrency(r *domain.Release, others []*domain.Task, t *domain.Task) *domain.Error {
	of := CurrencyOf(r, others)
	if t.Currency == nil || of == "" || *t.Currency == of {
		return nil
	}
	return domain.Breaks("R12", "currency", "is %s: the budget of %s is in %s", *t.Currency, r.Key, of)
}
