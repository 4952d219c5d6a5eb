package policy_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/policy"
)

var now = time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)

func inForce(key string, s policy.Scope) policy.Candidate {
	return policy.Candidate{Key: key, Version: 1, Status: policy.InForce, EffectiveFrom: now, Scope: s}
}

func calc() policy.Item {
	return policy.Item{
		Key: "pay-calc", Units: []string{"pay"}, Services: map[string]int{"accounts": 2, "salaries": 1}, Suppliers: []string{"acme"},
		Class: domain.Program, Environment: domain.Live,
	}
}

func TestTheClosestPolicyWins_R3(t *testing.T) {
	house, classes := inForce("house", policy.Scope{}), inForce("programs", policy.Scope{Classes: []domain.Class{domain.Program}})
	accounts, salaries := inForce("accounts", policy.Scope{Service: "accounts"}), inForce("salaries", policy.Scope{Service: "salaries"})
	unit := inForce("pay", policy.Scope{Unit: "pay", Environment: domain.Live})
	for _, c := range []struct {
		want string
		of   []policy.Candidate
	}{
		{"house", []policy.Candidate{house}}, {"programs", []policy.Candidate{house, classes}}, {"accounts", []policy.Candidate{classes, accounts}},
		{"salaries", []policy.Candidate{accounts, salaries, house}}, {"pay", []policy.Candidate{salaries, unit, house, classes}},
	} {
		choice := policy.For(calc(), c.of, now)
		require.NotNil(t, choice.Policy)
		require.Equal(t, c.want, choice.Policy.Key)
		require.Len(t, choice.Reasons, len(c.of)-1)
	}
	require.Equal(t, []policy.Reason{
		{"accounts", 1, "applies, but salaries is closer: its service is nearer (1, not 2 dependencies away)"}, {"house", 1, "applies, but salaries is closer: it names the service"},
	}, policy.For(calc(), []policy.Candidate{house, accounts, salaries}, now).Reasons)
}

func TestPoliciesSayWhyTheyDoNotApply_R3(t *testing.T) {
	draft, later, old, newer := inForce("draft", policy.Scope{}), inForce("later", policy.Scope{}), inForce("old", policy.Scope{}), inForce("old", policy.Scope{Supplier: "zeta"})
	draft.Status, later.EffectiveFrom, newer.Version = policy.Draft, now.Add(time.Hour), 2
	choice := policy.For(calc(), []policy.Candidate{
		newer, old, later, draft, inForce("a", policy.Scope{Unit: "ui"}), inForce("b", policy.Scope{Service: "mail"}),
		inForce("c", policy.Scope{Classes: []domain.Class{domain.Server, domain.Storage}}), inForce("d", policy.Scope{Environment: domain.Test}),
	}, now)
	require.Nil(t, choice.Policy)
	require.Empty(t, choice.Ambiguous)
	require.Equal(t, []policy.Reason{
		{"a", 1, "is for unit ui, and pay-calc is in pay"}, {"b", 1, "is for service mail, which neither is pay-calc nor depends on it"},
		{"c", 1, "is for SERVER, STORAGE, and pay-calc is PROGRAM"}, {"d", 1, "is for TEST, and pay-calc is in LIVE"},
		{"draft", 1, "is DRAFT"}, {"later", 1, "is in force from 2026-05-01T01:00:00Z on"},
		{"old", 1, "version 2 of it is in force"}, {"old", 2, "is for supplier zeta, and pay-calc comes from acme"},
	}, choice.Reasons)
}

func TestEquallyClosePoliciesAreAmbiguous_R3(t *testing.T) {
	item := calc()
	item.Services["salaries"] = 2
	choice := policy.For(item, []policy.Candidate{
		inForce("salaries", policy.Scope{Service: "salaries"}), inForce("accounts", policy.Scope{Service: "accounts"}), inForce("house", policy.Scope{}),
	}, now)
	require.Nil(t, choice.Policy)
	require.Equal(t, "accounts", choice.Ambiguous[0].Key)
	require.Equal(t, "salaries", choice.Ambiguous[1].Key)
	require.Len(t, choice.Reasons, 1)
	require.Equal(t, []string{"accounts", "house", "salaries"}, policy.Winners([]policy.Choice{choice, policy.For(item, []policy.Candidate{inForce("house", policy.Scope{})}, now), {}}))
}

func TestScopesClashWhereTheirOverlapIsCertain_R3(t *testing.T) {
	programs := []domain.Class{domain.Program, domain.Utility}
	for _, c := range []struct {
		a, b policy.Scope
		want bool
	}{
		{policy.Scope{}, policy.Scope{}, true},
		{policy.Scope{Unit: "pay"}, policy.Scope{Unit: "pay"}, true},
		{policy.Scope{Unit: "pay"}, policy.Scope{Unit: "ui"}, false},
		{policy.Scope{Unit: "pay"}, policy.Scope{Unit: "pay", Environment: domain.Live}, false},
		{policy.Scope{Classes: programs}, policy.Scope{Classes: []domain.Class{domain.Utility}}, true},
		{policy.Scope{Classes: programs}, policy.Scope{Classes: []domain.Class{domain.Server}}, false},
		{policy.Scope{Service: "a", Supplier: "x"}, policy.Scope{Service: "a", Supplier: "y"}, false},
		{policy.Scope{Environment: domain.Live}, policy.Scope{Environment: domain.Test}, false},
	} {
		require.Equal(t, c.want, policy.Clash(c.a, c.b), "%+v and %+v", c.a, c.b)
		require.Equal(t, c.want, policy.Clash(c.b, c.a))
	}
}

// TestChoosingIsAsTheRuleIsWorded compares with weights of powers of two.
func TestChoosingIsAsTheRuleIsWorded_R3(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var policies []policy.Candidate
		weights := map[string]float64{}
		for i := range rapid.IntRange(0, 6).Draw(t, "policies") {
			key := fmt.Sprint("p", i)
			var s policy.Scope
			applies, weight := true, 0.0
			if rapid.Bool().Draw(t, "unit") {
				s.Unit = rapid.SampledFrom([]string{"pay", "ui"}).Draw(t, "which")
				applies, weight = applies && s.Unit == "pay", weight+16
			}
			if rapid.Bool().Draw(t, "service") {
				s.Service = rapid.SampledFrom([]string{"accounts", "salaries", "mail"}).Draw(t, "which")
				applies, weight = applies && s.Service != "mail", weight+8
				if s.Service == "accounts" {
					weight -= 0.5
				}
			}
			if rapid.Bool().Draw(t, "supplier") {
				s.Supplier = rapid.SampledFrom([]string{"acme", "zeta"}).Draw(t, "which")
				applies, weight = applies && s.Supplier == "acme", weight+4
			}
			if rapid.Bool().Draw(t, "classes") {
				s.Classes = []domain.Class{domain.Server, rapid.SampledFrom([]domain.Class{domain.Program, domain.Storage}).Draw(t, "which")}
				applies, weight = applies && s.Classes[1] == domain.Program, weight+2
			}
			if rapid.Bool().Draw(t, "environment") {
				s.Environment = rapid.SampledFrom([]domain.Environment{domain.Live, domain.Test}).Draw(t, "which")
				applies, weight = applies && s.Environment == domain.Live, weight+1
			}
			policies = append(policies, inForce(key, s))
			if applies {
				weights[key] = weight
			}
		}
		var best []string
		for key, w := range weights {
			if !slices.ContainsFunc(policies, func(p policy.Candidate) bool { return weights[p.Key] > w }) {
				best = append(best, key)
			}
		}
		slices.SortFunc(best, cmp.Compare)
		choice := policy.For(calc(), policies, now)
		var got []string
		if choice.Policy != nil {
			got = []string{choice.Policy.Key}
		}
		for _, p := range choice.Ambiguous {
			got = append(got, p.Key)
		}
		require.Equal(t, best, got)
		require.Len(t, choice.Reasons, len(policies)-len(best), "each of the others has a reason")
	})
}
