package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/topology"
)

// twoWays is one store, asked over the topology and without it.
type twoWays struct {
	store         store.Store
	over, beneath *app.App
	ids           map[string]store.ID
}

func openTwoWays(t interface {
	Fatal(...any)
	Cleanup(func())
}) *twoWays {
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
	return &twoWays{
		store: top, ids: map[string]store.ID{},
		over: app.New(app.Config{Store: top, Graphs: top, Now: time.Now}), beneath: app.New(app.Config{Store: s}),
	}
}

func (w *twoWays) node(kind, key string, props store.Props) store.Op {
	props["key"], props["name"] = key, "The "+key
	w.ids[key] = store.ID("id-" + key)
	return store.CreateNode{ID: w.ids[key], Kind: kind, Props: props}
}

func (w *twoWays) item(key string, users int) store.Op {
	return w.node(domain.KindConfigurationItem, key, store.Props{"class": "SERVICE", "status": "LIVE", "environment": "LIVE", "users": int64(users)})
}

func (w *twoWays) site(key string) store.Op {
	return w.node(domain.KindSite, key, store.Props{"ring": "GENERAL"})
}

func (w *twoWays) dependency(from, to string, d domain.Dependency) store.Op {
	rel := entity.RelationshipsNamed(domain.RelDependsOn)[0]
	return store.PutEdge{EdgeKey: rel.Key(string(w.ids[from]), string(w.ids[to]), &d), Props: rel.EncodeLink(&d)}
}

func (w *twoWays) edge(rel, from, to string) store.Op {
	return store.PutEdge{EdgeKey: store.EdgeKey{Rel: rel, From: w.ids[from], To: w.ids[to]}, Props: store.Props{}}
}

func (w *twoWays) commit(t interface{ Fatal(...any) }, ops ...store.Op) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	if _, err := w.store.Commit(context.Background(), store.Changeset{Ops: ops, Actor: "test", At: at}); err != nil {
		t.Fatal(err)
	}
}

func byKey(key string) *domain.Ref { return &domain.Ref{Key: &key} }

func byKeys(keys ...string) (list []*domain.Ref) {
	for _, k := range keys {
		list = append(list, byKey(k))
	}
	return list
}

// tell writes an answer out in full, so that two can be compared.
func tell(ctx context.Context, a *app.App, in domain.ImpactInput) (string, error) {
	return tellAsOf(ctx, a, in, nil)
}

func tellAsOf(ctx context.Context, a *app.App, in domain.ImpactInput, asOf *domain.AsOf) (string, error) {
	r, err := a.Impact(ctx, in, asOf)
	if err != nil {
		return err.Error(), nil
	}
	page, err := r.Hits(context.Background(), nil, nil)
	if err != nil {
		return "", err
	}
	summary, err := json.Marshal(must(r.Summary(context.Background())))
	if err != nil {
		return "", err
	}
	told := fmt.Sprintln(r.Revision(), string(summary), page.TotalCount)
	for _, h := range page.Nodes {
		item, err := h.Item(ctx)
		if err != nil {
			return "", err
		}
		told += fmt.Sprint(h.Depth, " ", item.Key, " ", item.Name, " ", h.Strength, " ", h.Cursor)
		for _, l := range must(h.Chain(context.Background())) {
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
	for _, c := range must(r.Cycles(context.Background())) {
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

// Whatever the estate and the question, the topology and the store beneath it
// give the same answers to the word.
func TestImpactPathAndOrderAreTheSameWithAndWithoutTopology(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := openTwoWays(t)
		n := rapid.IntRange(1, 7).Draw(t, "items")
		key := rapid.Custom(func(t *rapid.T) string { return fmt.Sprint("i", rapid.IntRange(0, n-1).Draw(t, "item")) })
		ops := []store.Op{w.site("hub"), w.site("branch")}
		for i := range n {
			ops = append(ops, w.item(fmt.Sprint("i", i), i))
		}
		ops = append(ops, w.edge(domain.RelPartOf, "branch", "hub"))
		for range rapid.IntRange(0, 3).Draw(t, "installations") {
			ops = append(ops, w.edge(domain.RelInstalledAt, key.Draw(t, "installed"), rapid.SampledFrom([]string{"hub", "branch"}).Draw(t, "at")))
		}
		for range rapid.IntRange(0, 14).Draw(t, "dependencies") {
			from, to := key.Draw(t, "from"), key.Draw(t, "to")
			if from != to {
				ops = append(ops, w.dependency(from, to, drawDependency(t)))
			}
		}
		w.commit(t, ops...)
		ctx := w.over.WithLoads(context.Background())
		in := drawImpactInput(t, key)
		over, err := tell(ctx, w.over, in)
		beneath, err2 := tell(ctx, w.beneath, in)
		if err != nil || err2 != nil || over != beneath {
			t.Fatalf("over the topology: %v\n%s\nwithout: %v\n%s", err, over, err2, beneath)
		}
		from, to := key.Draw(t, "path from"), key.Draw(t, "path to")
		if p, q := tellPath(t, w.over, from, to), tellPath(t, w.beneath, from, to); p != q {
			t.Fatalf("path over the topology %s, without %s", p, q)
		}
		listed := rapid.SliceOfN(key, 0, 4).Draw(t, "listed")
		if p, q := tellOrder(t, w.over, listed), tellOrder(t, w.beneath, listed); p != q {
			t.Fatalf("order over the topology %s, without %s", p, q)
		}
	})
}

func drawDependency(t *rapid.T) domain.Dependency {
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

func drawImpactInput(t *rapid.T, key *rapid.Generator[string]) domain.ImpactInput {
	in := domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: byKeys(rapid.SliceOfN(key, 0, 2).Draw(t, "sources")...)}}
	if len(in.Sources.Items) == 0 || rapid.IntRange(0, 3).Draw(t, "sites too") == 0 {
		in.Sources.Sites = byKeys("hub")
	}
	if rapid.Bool().Draw(t, "forwards") {
		d := domain.ImpactDependencies
		in.Direction = &d
	}
	if rapid.IntRange(0, 3).Draw(t, "limited") == 0 {
		in.StopAt = byKeys(key.Draw(t, "stop at"))
		in.Kinds = []domain.DependencyKind{domain.HostedOn}
		in.Site = byKey("branch")
		one := 1
		in.MaxDepth = &one
	}
	if rapid.IntRange(0, 2).Draw(t, "what if") == 0 {
		in.WhatIf = &domain.WhatIfInput{
			Items: []*domain.HypotheticalItemInput{{Key: "new"}},
			AddDependencies: []*domain.HypotheticalDependencyInput{
				{From: *byKey("new"), To: *byKey(key.Draw(t, "new to"))}, {From: *byKey(key.Draw(t, "to new")), To: *byKey("new")},
			},
		}
		if rapid.Bool().Draw(t, "remove") {
			in.WhatIf.RemoveDependencies = []*domain.DependencySelectorInput{{From: *byKey(key.Draw(t, "remove from")), To: *byKey(key.Draw(t, "remove to"))}}
		}
	}
	return in
}

func tellPath(t *rapid.T, a *app.App, from, to string) string {
	ctx := context.Background()
	p, err := a.DependencyPath(ctx, *byKey(from), *byKey(to), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if p == nil {
		return "none"
	}
	told := fmt.Sprint(p.Length)
	for _, l := range p.Chain {
		from, _ := l.From(ctx)
		to, _ := l.To(ctx)
		told += fmt.Sprint(" ", from.Key, l.Kind, to.Key)
	}
	return told
}

func tellOrder(t *rapid.T, a *app.App, keys []string) (told string) {
	o, err := a.InstallationOrder(context.Background(), byKeys(keys...), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range o.Steps {
		told += fmt.Sprint(s.Ordinal, s.Cycle)
		list, err := s.Items(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range list {
			told += " " + item.Key
		}
	}
	return told
}

// estateOfThree is a shop on an app on a database, installed in Paris.
func estateOfThree(t *testing.T) *twoWays {
	w := openTwoWays(t)
	uses := domain.Dependency{Kind: domain.Uses, Impact: domain.ImpactFull}
	w.commit(t, w.site("emea"), w.site("paris"), w.item("shop", 5), w.item("app", 2), w.item("db", 0),
		w.edge(domain.RelPartOf, "paris", "emea"), w.edge(domain.RelInstalledAt, "db", "paris"), w.edge(domain.RelInstalledAt, "shop", "paris"),
		w.dependency("shop", "app", uses), w.dependency("app", "db", uses))
	return w
}

func hitKeys(t *testing.T, a *app.App, in domain.ImpactInput) (keys []string) {
	t.Helper()
	r, err := a.Impact(context.Background(), in, nil)
	if err != nil {
		t.Fatal(err)
	}
	page, err := r.Hits(context.Background(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range page.Nodes {
		item, err := h.Item(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, item.Key)
	}
	return keys
}

// I1: a site stands for what is installed there and at its parts.
func TestASiteStandsForWhatIsInstalledInItsRegion(t *testing.T) {
	w := estateOfThree(t)
	in := domain.ImpactInput{Sources: domain.ImpactSourcesInput{Sites: byKeys("emea")}}
	if got := hitKeys(t, w.over, in); !slices.Equal(got, []string{"app"}) {
		t.Errorf("hit %v", got)
	}
}

// I1: what is assumed holds for the question and is not stored.
func TestWhatIsAssumedIsNotStored(t *testing.T) {
	w := estateOfThree(t)
	in := domain.ImpactInput{
		Sources: domain.ImpactSourcesInput{Items: byKeys("new")},
		WhatIf: &domain.WhatIfInput{
			Items:              []*domain.HypotheticalItemInput{{Key: "new"}},
			AddDependencies:    []*domain.HypotheticalDependencyInput{{From: *byKey("db"), To: *byKey("new")}},
			RemoveDependencies: []*domain.DependencySelectorInput{{From: *byKey("shop"), To: *byKey("app")}},
		},
	}
	for about, a := range map[string]*app.App{"over": w.over, "beneath": w.beneath} {
		if got := hitKeys(t, a, in); !slices.Equal(got, []string{"db", "app"}) {
			t.Errorf("%s: hit %v", about, got)
		}
		in := domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: byKeys("db")}}
		if got := hitKeys(t, a, in); !slices.Equal(got, []string{"app", "shop"}) {
			t.Errorf("%s: afterwards hit %v", about, got)
		}
	}
}

func TestAllThatIsWrongWithAQuestionIsTold(t *testing.T) {
	w := estateOfThree(t)
	zero, west := 0, domain.ImpactDirection("WEST")
	for about, c := range map[string]struct {
		in   domain.ImpactInput
		want []string
	}{
		"no source": {domain.ImpactInput{}, []string{"INVALID input.sources"}},
		"several": {domain.ImpactInput{
			Sources: domain.ImpactSourcesInput{Items: byKeys("db", "nobody"), Releases: byKeys("REL-1")}, MaxDepth: &zero, Direction: &west,
			StopAt: []*domain.Ref{{}},
		}, []string{"INVALID input.sources.releases.0", "INVALID input.maxDepth", "INVALID input.direction", "INVALID input.stopAt.0", "NOT_FOUND input.sources.items.1"}},
		"what if": {domain.ImpactInput{
			Sources: domain.ImpactSourcesInput{Items: byKeys("db")},
			WhatIf:  &domain.WhatIfInput{Items: []*domain.HypotheticalItemInput{{Key: "shop"}}},
		}, []string{"CONFLICT input.whatIf.items.0.key"}},
		"what is not there": {domain.ImpactInput{
			Sources: domain.ImpactSourcesInput{Items: byKeys("db")},
			WhatIf:  &domain.WhatIfInput{RemoveDependencies: []*domain.DependencySelectorInput{{From: *byKey("shop"), To: *byKey("db")}}},
		}, []string{"NOT_FOUND input.whatIf.removeDependencies.0"}},
	} {
		_, err := w.over.Impact(context.Background(), c.in, nil)
		var got []string
		for _, e := range domainErrors(err) {
			got = append(got, fmt.Sprint(e.Code, " ", e.Field))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", about, got, c.want)
		}
	}
}

func domainErrors(err error) domain.Errors {
	switch err := err.(type) {
	case *domain.Error:
		return domain.Errors{err}
	case domain.Errors:
		return err
	}
	return nil
}

func TestPagesOfHitsFollowOneAnother(t *testing.T) {
	w := estateOfThree(t)
	r, err := w.over.Impact(context.Background(), domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: byKeys("db")}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	one := 1
	first, err := r.Hits(context.Background(), &one, nil)
	if err != nil || len(first.Nodes) != 1 || !first.HasNext || first.HasPrevious || first.TotalCount != 2 {
		t.Fatalf("first page %+v, %v", first, err)
	}
	second, err := r.Hits(context.Background(), &one, &first.Nodes[0].Cursor)
	if err != nil || len(second.Nodes) != 1 || second.HasNext || !second.HasPrevious {
		t.Fatalf("second page %+v, %v", second, err)
	}
	bad := "?"
	if _, err := r.Hits(context.Background(), &one, &bad); len(domainErrors(err)) != 1 {
		t.Errorf("a bad cursor gives %v", err)
	}
}
