package domain

import (
	"cmp"
	"slices"
	"time"
)

// Listing says that a source lists a record, a relationship or an attribute, and
// so keeps it alive (C6).
type Listing struct {
	// Field is WholeRecord, or the name of an attribute.
	Field, Source string
	// First is when it first did, Last when it was last seen to; nil where that
	// is not known.
	First, Last *time.Time
}

// Listings tell who lists what. Of what they say nothing, its owner is the only
// one to list it: that is so for nearly all, and takes no room.
type Listings []Listing

// nobody stands for the source where no source lists something any more.
const nobody = ""

// Of lists the sources that list a field that belongs to an owner.
func (l Listings) Of(field, owner string) []string {
	var sources []string
	noted := false
	for _, one := range l {
		if one.Field != field {
			continue
		}
		noted = true
		if one.Source != nobody {
			sources = append(sources, one.Source)
		}
	}
	if !noted {
		return []string{owner}
	}
	return sources
}

// Has reports whether a source lists a field that belongs to an owner.
func (l Listings) Has(field, owner, source string) bool {
	return slices.Contains(l.Of(field, owner), source)
}

// Add notes that a source lists a field from a time on, which may be zero.
func (l Listings) Add(field, owner, source string, at time.Time) Listings {
	if l.Has(field, owner, source) {
		return l
	}
	after := slices.DeleteFunc(l.noted(field, owner), func(one Listing) bool { return one.Field == field && one.Source == nobody })
	one := Listing{Field: field, Source: source}
	if !at.IsZero() {
		one.First = &at
	}
	return after.sorted(one)
}

// Remove notes that a source lists a field no longer.
func (l Listings) Remove(field, owner, source string) Listings {
	if !l.Has(field, owner, source) {
		return l
	}
	after := slices.DeleteFunc(l.noted(field, owner), func(one Listing) bool { return one.Field == field && one.Source == source })
	if slices.ContainsFunc(after, func(one Listing) bool { return one.Field == field }) {
		return after
	}
	return after.sorted(Listing{Field: field, Source: nobody})
}

// Seen notes when a source that lists a field was last seen to.
func (l Listings) Seen(field, owner, source string, at time.Time) Listings {
	after := l.noted(field, owner)
	for i := range after {
		if after[i].Field == field && after[i].Source == source {
			after[i].Last = &at
		}
	}
	return after
}

// Drop forgets who listed a field, since it is gone.
func (l Listings) Drop(field string) Listings {
	return slices.DeleteFunc(slices.Clone(l), func(one Listing) bool { return one.Field == field })
}

// For writes the listings of a field for a new owner: what that one alone lists
// takes no room.
func (l Listings) For(field, before, owner string) Listings {
	if before == owner && len(l.Of(field, owner)) != 1 {
		return l
	}
	after := l.noted(field, before)
	var only *Listing
	n := 0
	for i := range after {
		if after[i].Field == field {
			only = &after[i]
			n++
		}
	}
	if n == 1 && only.Source == owner && only.First == nil && only.Last == nil {
		return after.Drop(field)
	}
	return after
}

// noted is a copy that says of a field who lists it.
func (l Listings) noted(field, owner string) Listings {
	after := slices.Clone(l)
	if slices.ContainsFunc(after, func(one Listing) bool { return one.Field == field }) {
		return after
	}
	return after.sorted(Listing{Field: field, Source: owner})
}

func (l Listings) sorted(more ...Listing) Listings {
	l = append(l, more...)
	slices.SortFunc(l, func(a, b Listing) int { return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.Source, b.Source)) })
	return l
}

// SourceListing tells of a source that lists a record, and when.
type SourceListing struct {
	Source      string
	FirstListed *time.Time
	LastListed  *time.Time
}

// ListedBy tells which sources list the record, by name. The one that brought it
// did so from its creation on.
func (r *Record) ListedBy() []*SourceListing {
	owner := OwnerOf(r.Sources, WholeRecord, true)
	list := []*SourceListing{}
	for _, source := range r.Listings.Of(WholeRecord, owner) {
		one := &SourceListing{Source: source}
		if source == owner {
			one.FirstListed = &r.CreatedAt
		}
		for _, l := range r.Listings {
			if l.Field == WholeRecord && l.Source == source {
				one.LastListed = l.Last
				if l.First != nil {
					one.FirstListed = l.First
				}
			}
		}
		list = append(list, one)
	}
	return list
}
