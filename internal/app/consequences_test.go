package app_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// step changes an estate: by a mutation, or by the lines of an import that say
// the same.
type step struct {
	name   string
	mutate func(*apptest.Fixture) error
	lines  []string
}

// steps are changes of the estate of TestAMutationAndTheImportOfTheSameLines….
// Each kind of record and link that a consequence minds is among them.
func steps(day int) []step {
	from, to := apptest.March(day, 9), apptest.March(day, 12)
	at := func(hour int) string { return apptest.March(day, hour).Format("2006-01-02T15:04:05Z") }
	update := func(name, kind, key, field string, value any, line string) step {
		return step{name, func(f *apptest.Fixture) error {
			_, err := f.Records.Update(f.Ctx, kind, apptest.Key(key), apptest.Values{field: value}, nil, nil)
			return err
		}, []string{fmt.Sprintf(`{"node":%q,"key":%q,%q:%s}`, kind, key, field, line)}}
	}
	connect := func(name, rel, from, fromKey, to, toKey string) step {
		return step{name, func(f *apptest.Fixture) error {
			_, err := f.Records.Connect(f.Ctx, rel, apptest.Key(fromKey), apptest.Key(toKey), nil, nil)
			return err
		}, []string{fmt.Sprintf(`{"edge":%q,"from":"%s:%s","to":"%s:%s"}`, rel, from, fromKey, to, toKey)}}
	}
	disconnect := func(name, rel, from, fromKey, to, toKey string) step {
		return step{name, func(f *apptest.Fixture) error {
			_, err := f.Records.Disconnect(f.Ctx, rel, apptest.Key(fromKey), apptest.Key(toKey), nil, nil)
			return err
		}, []string{fmt.Sprintf(`{"edge":%q,"from":"%s:%s","to":"%s:%s","op":"remove"}`, rel, from, fromKey, to, toKey)}}
	}
	return []step{
		{"plan R elsewhen", func(f *apptest.Fixture) error {
			_, err := f.Records.Update(f.Ctx, domain.KindChangeRequest, apptest.Key("R"), apptest.Values{"plannedFrom": from, "plannedTo": to}, nil, nil)
			return err
		}, []string{fmt.Sprintf(`{"node":"ChangeRequest","key":"R","plannedFrom":%q,"plannedTo":%q}`, at(9), at(12))}},
		update("describe R", domain.KindChangeRequest, "R", "description", fmt.Sprint("day ", day), fmt.Sprintf(`"day %d"`, day)),
		{"another quorum", func(f *apptest.Fixture) error {
			_, err := f.Records.Update(f.Ctx, domain.KindBoard, apptest.Key("cab"), apptest.Values{"quorum": 1 + day%2}, nil, nil)
			return err
		}, []string{fmt.Sprintf(`{"node":"Board","key":"cab","members":["ann","bob"],"quorum":%d}`, 1+day%2)}},
		update("widen the freeze", domain.KindFreeze, "peak", "to", to, fmt.Sprintf("%q", at(12))),
		update("another class", domain.KindConfigurationItem, "a", "class", []string{"DATABASE", "APPLICATION"}[day%2], fmt.Sprintf("%q", []string{"DATABASE", "APPLICATION"}[day%2])),
		update("another region", domain.KindSite, "s", "region", []string{"emea", "amer"}[day%2], fmt.Sprintf("%q", []string{"emea", "amer"}[day%2])),
		connect("R affects b", domain.RelAffects, domain.KindChangeRequest, "R", domain.KindConfigurationItem, "b"),
		disconnect("R leaves b", domain.RelAffects, domain.KindChangeRequest, "R", domain.KindConfigurationItem, "b"),
		connect("R at s", domain.RelTakesPlaceAt, domain.KindChangeRequest, "R", domain.KindSite, "s"),
		disconnect("R not at s", domain.RelTakesPlaceAt, domain.KindChangeRequest, "R", domain.KindSite, "s"),
		connect("b at s", domain.RelInstalledAt, domain.KindConfigurationItem, "b", domain.KindSite, "s"),
	}
}

// followed is what consequences have written: which freezes hold each request,
// and how often its content changed.
func followed(f *apptest.Fixture) map[string]string {
	told := map[string]string{}
	for _, k := range []string{"R", "Q"} {
		r := f.Read(domain.KindChangeRequest, k).(*domain.ChangeRequest)
		told[k] = fmt.Sprint(r.HeldBy, r.ContentVersion)
	}
	return told
}

func reviewedEstate(f *apptest.Fixture) *apptest.Fixture {
	f.Brings(
		`{"node":"ConfigurationItem","key":"a","name":"a","class":"DATABASE"}`,
		`{"node":"ConfigurationItem","key":"b","name":"b","class":"DATABASE"}`,
		`{"node":"Site","key":"s","name":"s","region":"emea"}`,
		`{"node":"Board","key":"cab","name":"cab","members":["ann","bob"],"quorum":2}`,
		`{"node":"Freeze","key":"peak","name":"peak","classes":["DATABASE"],"regions":["emea"],"from":"2026-03-10T00:00:00Z","to":"2026-03-11T00:00:00Z"}`,
		`{"node":"Freeze","key":"databases","name":"databases","classes":["DATABASE"],"from":"2026-03-14T00:00:00Z","to":"2026-03-15T00:00:00Z"}`,
	)
	for _, k := range []string{"R", "Q"} {
		f.Brings(
			`{"node":"ChangeRequest","key":"`+k+`","name":"R","type":"NORMAL","status":"ASSESSED","requester":"cleo","plannedFrom":"2026-03-10T01:00:00Z","plannedTo":"2026-03-10T02:00:00Z"}`,
			`{"edge":"AFFECTS","from":"ChangeRequest:`+k+`","to":"ConfigurationItem:a"}`,
			`{"edge":"DECIDED_BY","from":"ChangeRequest:`+k+`","to":"Board:cab"}`,
		)
	}
	return f
}

// run makes the steps on an estate of its own, and tells what followed from each.
func run(t *testing.T, s store.Store, list []step, make func(*apptest.Fixture, step) error) (told []map[string]string) {
	f := reviewedEstate(apptest.NewFixture(t, s))
	for _, one := range list {
		var e *domain.Error
		if err := make(f, one); err != nil && !(errors.As(err, &e) && e.Code == domain.NotFound) {
			require.NoError(t, err, one.name)
		}
		told = append(told, followed(f))
	}
	return told
}

func byMutation(f *apptest.Fixture, one step) error { return one.mutate(f) }

func byImport(f *apptest.Fixture, one step) error {
	got, err := f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Lines: one.lines, Overwrite: true}, nil)
	if err == nil && len(got.Wrong) > 0 {
		return got.Wrong[0].Error
	}
	return err
}

// Whoever makes a change and by whatever means, the same follows from it. What
// follows has come to rest: a round more would add nothing, or nothing would have
// been committed (ADR 15).
func TestAMutationAndTheImportOfTheSameLinesHaveTheSameConsequences(t *testing.T) {
	drawn := rapid.Custom(func(t *rapid.T) (list []step) {
		for range rapid.IntRange(2, 6).Draw(t, "steps") {
			list = append(list, rapid.SampledFrom(steps(rapid.IntRange(10, 15).Draw(t, "day"))).Draw(t, "step"))
		}
		return list
	})
	for kind, on := range map[string]struct {
		draws int
		open  func(*testing.T) store.Store
	}{
		"sqlite": {25, func(t *testing.T) store.Store { return apptest.OpenSQLite(t) }},
		"neo4j":  {3, apptest.OpenNeo4j},
	} {
		t.Run(kind, func(t *testing.T) {
			different := map[string]bool{}
			for seed := range on.draws {
				list := drawn.Example(seed)
				mutated := run(t, on.open(t), list, byMutation)
				imported := run(t, on.open(t), list, byImport)
				for i, one := range list {
					require.Equal(t, mutated[i], imported[i], "after %q, step %d of draw %d", one.name, i, seed)
					different[mutated[i]["R"]] = true
				}
			}
			require.Greater(t, len(different), on.draws/5, "the steps drawn have consequences")
		})
	}
}
