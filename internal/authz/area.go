package authz

import (
	"slices"

	"releasegraph/internal/entity"
)

// The kinds of resource that are no kind of record.
const (
	// KindChangeSet is the log, and what differs between two moments.
	KindChangeSet = "ChangeSet"
	// KindRecords stands for records of all kinds, as an import writes them.
	KindRecords = "records"
	// KindToken is the API tokens.
	KindToken = "ApiToken"
	// KindWebhook is the webhooks.
	KindWebhook = "Webhook"
)

// own are the areas of what is no record.
var own = []entity.PolicyArea{
	{Name: "log", Doc: "what was changed, when, by whom: only of records that the caller may see", Kinds: []string{KindChangeSet}},
	{Name: "bulk", Doc: "all kinds of record at once, as an import writes them", Kinds: []string{KindRecords}, Placed: true},
	{Name: "administration", Doc: "what is not of the graph", Kinds: []string{KindToken, KindWebhook}, Wide: true},
}

// none is the area of what the Catalog puts into no other.
const none = "new"

// areas are those of the Catalog and the own ones. A policy that names another kind,
// relationship or area is refused.
var areas = areasOf(entity.PolicyAreas(), entity.Kinds(), entity.Relationships())

func areasOf(declared []entity.PolicyArea, kinds []*entity.Kind, relationships []*entity.Relationship) []entity.PolicyArea {
	list := slices.Concat(declared, own)
	placed := func(name string) bool {
		return slices.ContainsFunc(list, func(a entity.PolicyArea) bool {
			return slices.Contains(a.Kinds, name) || slices.Contains(a.Relationships, name)
		})
	}
	rest := entity.PolicyArea{Name: none, Doc: "kinds and relationships that stand in no other area yet, which are ADMIN's"}
	for _, k := range kinds {
		if !placed(k.Name) {
			rest.Kinds = append(rest.Kinds, k.Name)
		}
	}
	for _, r := range relationships {
		if !placed(r.Name) && !slices.Contains(rest.Relationships, r.Name) {
			rest.Relationships = append(rest.Relationships, r.Name)
		}
	}
	return append(list, rest)
}

// areaBy finds the area of a kind or relationship.
var areaBy = func() map[string]*entity.PolicyArea {
	by := map[string]*entity.PolicyArea{}
	for i := range areas {
		for _, name := range slices.Concat(areas[i].Kinds, areas[i].Relationships) {
			by[name] = &areas[i]
		}
	}
	return by
}()

// drafted are the kinds that have drafts.
var drafted = func() map[string]bool {
	by := map[string]bool{}
	for _, k := range entity.Kinds() {
		by[k.Name] = k.Draft != nil
	}
	return by
}()

// areaOf returns the area of a kind or relationship: of one that there is not, that of
// what is new.
func areaOf(name string) *entity.PolicyArea {
	if a := areaBy[name]; a != nil {
		return a
	}
	return &areas[len(areas)-1]
}

// Known reports whether there is a kind or relationship of this name, so that
// policies may name it.
func Known(name string) bool { return areaBy[name] != nil }

// Kinds lists the kinds and relationships that policies decide about, area by area.
func Kinds() []string {
	var list []string
	for _, a := range areas {
		list = append(append(list, a.Kinds...), a.Relationships...)
	}
	return list
}

// isRelationship reports whether a name is that of a relationship.
func isRelationship(name string) bool { return slices.Contains(areaOf(name).Relationships, name) }
