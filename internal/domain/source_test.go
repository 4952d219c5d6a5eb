package domain_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"releasegraph/internal/domain"
)

func TestWhatAPersonSetIsKeptByAnImportUnlessToldOtherwise(t *testing.T) { // C6
	list, _ := domain.Own(nil, domain.SourceAPI, false, domain.FieldClaim{Field: "users", Had: true, Has: true})
	claims := []domain.FieldClaim{{Field: "name", Had: true, Has: true}, {Field: "users", Had: true, Has: true}}
	after, kept := domain.Own(list, "netbox", false, claims...)
	if !slices.Equal(kept, []string{"users"}) || domain.OwnerOf(after, "name", true) != "netbox" || domain.OwnerOf(after, "users", true) != domain.SourceAPI {
		t.Errorf("kept %v, after %v", kept, after)
	}
	after, kept = domain.Own(list, "netbox", true, claims...)
	if len(kept) != 0 || domain.OwnerOf(after, "users", true) != "netbox" {
		t.Errorf("told to overwrite: kept %v, after %v", kept, after)
	}
}

func TestWhatAPersonEmptiedStaysEmptyAndWhatNobodyFilledIsFree(t *testing.T) { // C6
	made := domain.BroughtBy(domain.SourceAPI)
	if _, kept := domain.Own(made, "netbox", false, domain.FieldClaim{Field: "users", Has: true}); len(kept) != 0 {
		t.Error("a field that nobody filled was kept")
	}
	emptied, _ := domain.Own(made, domain.SourceAPI, false, domain.FieldClaim{Field: "users", Had: true})
	if _, kept := domain.Own(emptied, "netbox", false, domain.FieldClaim{Field: "users", Has: true}); len(kept) != 1 {
		t.Error("a field that a person emptied was filled")
	}
}

// Whatever sources did to a record before, a claim holds exactly by the rule
// C6, the fields that nobody claims keep their owner, and plain imports leave
// no trace on a record of theirs.
func TestOwnershipFollowsTheRule(t *testing.T) {
	fields, sources := []string{"name", "users", "attributes.tier=1"}, []string{domain.SourceImport, domain.SourceAPI, "netbox"}
	rapid.Check(t, func(t *rapid.T) {
		has := map[string]bool{}
		list := domain.BroughtBy(rapid.SampledFrom(sources).Draw(t, "brought by"))
		for range rapid.IntRange(0, 12).Draw(t, "steps") {
			field, source := rapid.SampledFrom(fields).Draw(t, "field"), rapid.SampledFrom(sources).Draw(t, "source")
			overwrite, fill := rapid.Bool().Draw(t, "overwrite"), rapid.Bool().Draw(t, "fill")
			before := slices.Clone(list)
			after, kept := domain.Own(list, source, overwrite, domain.FieldClaim{Field: field, Had: has[field], Has: fill})
			if !slices.Equal(list, before) {
				t.Fatal("the list was changed")
			}
			owner := domain.OwnerOf(list, field, has[field])
			if allowed := domain.MayOverwrite(owner, source, overwrite); allowed != (len(kept) == 0) {
				t.Fatalf("of %s, by %s: kept %v", owner, source, kept)
			}
			if len(kept) == 0 {
				has[field] = fill
				owner = source
			}
			if got := domain.OwnerOf(after, field, has[field]); got != owner {
				t.Fatalf("the owner is %s, not %s", got, owner)
			}
			for _, other := range fields {
				if was, is := domain.OwnerOf(list, other, has[other]), domain.OwnerOf(after, other, has[other]); other != field && was != is {
					t.Fatalf("%s went from %s to %s", other, was, is)
				}
			}
			list = after
		}
	})
	if after, _ := domain.Own(nil, domain.SourceImport, false, domain.FieldClaim{Field: "name", Had: true, Has: true}); len(after) != 0 {
		t.Errorf("a plain import left %v", after)
	}
}

func TestASourceHasAPlainName(t *testing.T) {
	for name, right := range map[string]bool{"netbox": true, "cmdb.eu-1": true, "": false, "a=b": false, "*": false, "ü": false} {
		if err := domain.CheckSource(name); (err == nil) != right {
			t.Errorf("%q: %v", name, err)
		}
	}
}
