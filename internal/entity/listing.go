package entity

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// What records and relationships keep for imports, beside who set what (C6).
// All are absent where there is nothing to keep.
const (
	// ListingsProperty tells which sources list a record or relationship, and
	// attributes of a record: texts as "netbox@2026-03-01T08:00:00Z/=*".
	ListingsProperty = "listings"
	// WithdrawnFromProperty is the status from which a prune withdrew a record.
	WithdrawnFromProperty = "withdrawnFrom"
	// RemovedLinksProperty names the relationships from a record that people
	// removed while a source listed them.
	RemovedLinksProperty = "removedLinks"
)

// Kept reports whether a property is kept for imports, and no field.
func Kept(property string) bool {
	switch property {
	case SourcesProperty, SourceProperty, ListingsProperty, WithdrawnFromProperty, RemovedLinksProperty:
		return true
	}
	return false
}

// EncodeListings gives the value of the ListingsProperty, nil when there are
// none.
func EncodeListings(list domain.Listings) any {
	if len(list) == 0 {
		return nil
	}
	texts := make([]string, len(list))
	for i, l := range list {
		texts[i] = l.Source
		if l.First != nil || l.Last != nil {
			texts[i] += "@" + stamp(l.First) + "/" + stamp(l.Last)
		}
		texts[i] += "=" + l.Field
	}
	return texts
}

func stamp(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// DecodeListings reads the ListingsProperty.
func DecodeListings(props store.Props) domain.Listings {
	texts, _ := props[ListingsProperty].([]string)
	if len(texts) == 0 {
		return nil
	}
	list := make(domain.Listings, 0, len(texts))
	for _, text := range texts {
		if l, err := ParseListing(text); err == nil {
			list = append(list, l)
		}
	}
	return list
}

// ParseListing reads one text of the ListingsProperty.
func ParseListing(text string) (l domain.Listing, err error) {
	who, field, ok := strings.Cut(text, "=")
	if !ok || field == "" {
		return l, fmt.Errorf(`cannot be %q: it is a text such as "netbox=*" or "netbox@2026-03-01T08:00:00Z/=attributes.rack"`, text)
	}
	source, times, timed := strings.Cut(who, "@")
	if source != "" {
		if err := domain.CheckSource(source); err != nil {
			return l, err
		}
	}
	l.Source, l.Field = source, field
	if timed {
		first, last, _ := strings.Cut(times, "/")
		for text, to := range map[*string]**time.Time{&first: &l.First, &last: &l.Last} {
			if *text == "" {
				continue
			}
			t, err := time.Parse(time.RFC3339Nano, *text)
			if err != nil {
				return l, fmt.Errorf("has no time in %q", who)
			}
			t = t.UTC()
			*to = &t
		}
	}
	return l, nil
}

// RemovedLink names a relationship as the RemovedLinksProperty does: by its name,
// its end, and what tells it from others between the two. Of a relationship to
// one record only the name is said: to whom it led does not matter.
func RemovedLink(r *Relationship, toKey, tag string) string {
	if r.ToOne {
		return r.Name + "\t" + r.To
	}
	return r.Name + "\t" + r.To + ":" + toKey + "\t" + tag
}

// RenameRemoved names removed links by the new key of the record that they led
// to.
func RenameRemoved(links []string, kind, before, after string) []string {
	renamed := slices.Clone(links)
	for i, link := range renamed {
		parts := strings.Split(link, "\t")
		if len(parts) == 3 && parts[1] == kind+":"+before {
			parts[1] = kind + ":" + after
			renamed[i] = strings.Join(parts, "\t")
		}
	}
	slices.Sort(renamed)
	return renamed
}
