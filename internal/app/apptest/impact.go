package apptest

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"pgregory.net/rapid"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/topology"
)

// TwoWays is one store, asked over the topology and without it.
type TwoWays struct {
	Store         store.Store
	Over, Beneath *app.App
	Ids           map[string]store.ID
}

// OpenTwoWays opens an empty store with a topology over it.
func OpenTwoWays(t interface {
	Fatal(...any)
	Cleanup(func())
}) *TwoWays {
	ctx := context.Background()
	s, err := sqlite.Open(ctx, sqlite.Memory, entity.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	top, err := topology.Open[domain.Facts, domain.Link](ctx, s, entity.TopologyCodec{}, topology.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = top.Close(ctx) })
	return &TwoWays{
		Store: top, Ids: map[string]store.ID{},
		Over: app.New(app.Config{Store: top, Graphs: top, Now: time.Now}), Beneath: app.New(app.Config{Store: s}),
	}
}

// Node is an operation that creates a record.
func (w *TwoWays) Node(kind, key string, props store.Props) store.Op {
	props["key"], props["name"] = key, "The "+key
	w.Ids[key] = store.ID("id-" + key)
	return store.CreateNode{ID: w.Ids[key], Kind: kind, Props: props}
}

// Item is an operation that creates an item with so many users.
func (w *TwoWays) Item(key string, users int) store.Op {
	return w.Node(domain.KindConfigurationItem, key, store.Props{"class": "SERVICE", "status": "LIVE", "environment": "LIVE", "users": int64(users)})
}

// Site is an operation that creates a site.
func (w *TwoWays) Site(key string) store.Op {
	return w.Node(domain.KindSite, key, store.Props{"ring": "GENERAL"})
}

// Dependency is an operation that has an item depend on another.
func (w *TwoWays) Dependency(from, to string, d domain.Dependency) store.Op {
	rel := entity.RelationshipsNamed(domain.RelDependsOn)[0]
	return store.PutEdge{EdgeKey: rel.Key(string(w.Ids[from]), string(w.Ids[to]), &d), Props: rel.EncodeLink(&d)}
}

// Edge is an operation that links two records.
func (w *TwoWays) Edge(rel, from, to string) store.Op {
	return store.PutEdge{EdgeKey: store.EdgeKey{Rel: rel, From: w.Ids[from], To: w.Ids[to]}, Props: store.Props{}}
}

// Commit writes operations, past all rules.
func (w *TwoWays) Commit(t interface{ Fatal(...any) }, ops ...store.Op) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	if _, err := w.Store.Commit(context.Background(), store.Changeset{Ops: ops, Actor: "test", At: at}); err != nil {
		t.Fatal(err)
	}
}

// ByKey names a record by its key, for a question.
func ByKey(key string) *domain.Ref { return &domain.Ref{Key: &key} }

// ByKeys names records by their keys.
func ByKeys(keys ...string) (list []*domain.Ref) {
	for _, k := range keys {
		list = append(list, ByKey(k))
	}
	return list
}

// Tell writes an answer out in full, so that two can be compared.
func Tell(ctx context.Context, a *app.App, in domain.ImpactInput) (string, error) {
	return TellAsOf(ctx, a, in, nil)
}

// TellAsOf is Tell, of a moment.
func TellAsOf(ctx context.Context, a *app.App, in domain.ImpactInput, asOf *domain.AsOf) (string, error) {
	r, err := a.Impact.Impact(ctx, in, asOf)
	if err != nil {
		return err.Error(), nil
	}
	page, err := r.Hits(context.Background(), nil, nil)
	if err != nil {
		return "", err
	}
	summary, err := json.Marshal(Must(r.Summary(context.Background())))
	if err != nil {
		return "", err
	}
	told := fmt.Sprintln(r.Revision(), string(summary), page.TotalCount)
	for _, h := range page.Nodes {
		item, err := h.Item(ctx)
		if err != nil {
			return "", err
		}
		told += fmt.Sprint(h.Depth, " ", item.Key, " ", item.Name, " ", h.Strength, " ", h.Cursor())
		for _, l := range Must(h.Chain(context.Background())) {
			from, _ := l.From(ctx)
			to, err := l.To(ctx)
			if err != nil {
				return "", err
			}
			told += fmt.Sprint(" ", from.Key, "-", l.Kind, "-", to.Key)
		}
		causes, err := h.RootCauses(ctx)
		if err != nil {
			return "", err
		}
		for _, c := range causes {
			told += " cause " + c.Key
		}
		told += "\n"
	}
	for _, c := range Must(r.Cycles(context.Background())) {
		list, err := c.Items(ctx)
		if err != nil {
			return "", err
		}
		for _, item := range list {
			told += " in cycle " + item.Key
		}
	}
	for _, cut := range r.Truncated() {
		told += fmt.Sprintln(cut.Limit, cut.Omitted)
	}
	mermaid, err := r.Mermaid(ctx)
	if err != nil {
		return "", err
	}
	dot, err := r.DOT(ctx)
	return told + mermaid + dot, err
}

// DrawDependency draws what a dependency says.
func DrawDependency(t *rapid.T) domain.Dependency {
	d := domain.Dependency{
		Kind:   rapid.SampledFrom(domain.DependencyKinds[:2]).Draw(t, "kind"),
		Impact: rapid.SampledFrom(domain.Impacts).Draw(t, "impact"),
	}
	if group := rapid.SampledFrom([]string{"", "g", "h"}).Draw(t, "group"); group != "" {
		minimum := rapid.IntRange(1, 2).Draw(t, "minimum")
		d.RedundancyGroup, d.Minimum = &group, &minimum
	}
	return d
}

// DrawImpactInput draws a question for what an impact would be.
func DrawImpactInput(t *rapid.T, key *rapid.Generator[string]) domain.ImpactInput {
	in := domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: ByKeys(rapid.SliceOfN(key, 0, 2).Draw(t, "sources")...)}}
	if len(in.Sources.Items) == 0 || rapid.IntRange(0, 3).Draw(t, "sites too") == 0 {
		in.Sources.Sites = ByKeys("hub")
	}
	if rapid.Bool().Draw(t, "forwards") {
		d := domain.ImpactDependencies
		in.Direction = &d
	}
	if rapid.IntRange(0, 3).Draw(t, "limited") == 0 {
		in.StopAt = ByKeys(key.Draw(t, "stop at"))
		in.Kinds = []domain.DependencyKind{domain.HostedOn}
		in.Site = ByKey("branch")
		one := 1
		in.MaxDepth = &one
	}
	if rapid.IntRange(0, 2).Draw(t, "what if") == 0 {
		in.WhatIf = &domain.WhatIfInput{
			Items: []*domain.HypotheticalItemInput{{Key: "new"}},
			AddDependencies: []*domain.HypotheticalDependencyInput{
				{From: *ByKey("new"), To: *ByKey(key.Draw(t, "new to"))}, {From: *ByKey(key.Draw(t, "to new")), To: *ByKey("new")},
			},
		}
		if rapid.Bool().Draw(t, "remove") {
			in.WhatIf.RemoveDependencies = []*domain.DependencySelectorInput{{From: *ByKey(key.Draw(t, "remove from")), To: *ByKey(key.Draw(t, "remove to"))}}
		}
	}
	return in
}

// DomainErrors lists the errors of the domain that an error is made of.
func DomainErrors(err error) domain.Errors {
	switch err := err.(type) {
	case *domain.Error:
		return domain.Errors{err}
	case domain.Errors:
		return err
	}
	return nil
}
