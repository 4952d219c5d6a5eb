package app_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/entity"
)

// A consequence that owns nothing can write nothing: it takes note.
func TestNoTwoConsequencesWriteOneField(t *testing.T) {
	owners := map[string]string{}
	for _, c := range app.New(app.Config{}).Consequences() {
		for _, field := range c.Owns {
			require.Empty(t, owners[field], "%s belongs to another consequence", field)
			owners[field] = c.Name
		}
	}
}

func TestRulesAndConsequencesMindWhatThereIs(t *testing.T) {
	a := app.New(app.Config{})
	names := map[string]bool{}
	minds := func(name string, kinds, rels []string) {
		require.False(t, names[name], "%s is there twice", name)
		names[name] = true
		require.NotEmpty(t, append(append([]string{}, kinds...), rels...), name)
		for _, kind := range kinds {
			require.NotNil(t, entity.KindNamed(kind), "%s minds %s", name, kind)
		}
		for _, rel := range rels {
			require.NotEmpty(t, entity.RelationshipsNamed(rel), "%s minds %s", name, rel)
		}
	}
	for _, r := range a.Rules() {
		require.NotZero(t, r.Binds, "%s binds nobody", r.Name)
		minds(r.Name, r.Minds.Kinds, r.Minds.Rels)
	}
	for _, c := range a.Consequences() {
		minds(c.Name, c.Minds.Kinds, c.Minds.Rels)
	}
}

// What internal/app leaves out would bind nobody, and follow from nothing.
func TestEveryAreaHasItsSay(t *testing.T) {
	a := app.New(app.Config{})
	rules, consequences := 0, 0
	for areas, i := reflect.ValueOf(*a), 0; i < areas.NumField(); i++ {
		if !areas.Type().Field(i).IsExported() {
			continue
		}
		area := areas.Field(i).Interface()
		if has, ok := area.(interface{ Rules() []estate.Rule }); ok {
			rules += len(has.Rules())
		}
		if has, ok := area.(interface{ Consequences() []estate.Consequence }); ok {
			consequences += len(has.Consequences())
		}
	}
	require.Len(t, a.Rules(), rules)
	require.Len(t, a.Consequences(), consequences)
}
