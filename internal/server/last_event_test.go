package server_test

import (
	"bufio"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/server"
	"releasegraph/internal/store"
	"releasegraph/internal/store/neo4j"
	"releasegraph/internal/store/sqlite"
	"releasegraph/resolvers"
)

// overStore serves the real schema over a store.
func overStore(t *testing.T, s store.Store, c server.Config) *running {
	t.Helper()
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	a := appOver(s)
	r := start(t, c, func(*fake) server.Open {
		return func(context.Context) (*server.Core, error) {
			return &server.Core{Schema: resolvers.New(a, zerolog.Nop())}, nil
		}
	})
	r.awaitReady()
	return r
}

func commit(t *testing.T, s store.Store, ops ...store.Op) int64 {
	t.Helper()
	c, err := s.Commit(t.Context(), store.Changeset{Actor: "ann", Source: "api", At: time.Now().UTC().Truncate(time.Microsecond), Ops: ops})
	if err != nil {
		t.Fatal(err)
	}
	return int64(c.Revision)
}

func node(id, kind string, more store.Props) store.Op {
	props := store.Props{"key": id, "name": id}
	for name, value := range more {
		props[name] = value
	}
	return store.CreateNode{ID: store.ID(id), Kind: kind, Props: props}
}

func edge(rel, from, to string, props store.Props) store.Op {
	return store.PutEdge{EdgeKey: store.EdgeKey{Rel: rel, From: store.ID(from), To: store.ID(to)}, Props: props}
}

// rollOut has a release go out, and items come to depend on others, change set by change
// set: some with several events, the last of all with one that each subscription tells.
func rollOut(t *testing.T, s store.Store) (begin int64) {
	t.Helper()
	begin = commit(t, s, node("R", domain.KindRelease, store.Props{"status": "DEPLOYING"}),
		node("D", domain.KindDeployment, store.Props{"status": "PLANNED"}), edge(domain.RelDeploys, "D", "R", nil),
		node("W", domain.KindWave, store.Props{"status": "READY", "ordinal": int64(1)}), edge(domain.RelHasWave, "D", "W", nil),
		node("db", domain.KindConfigurationItem, store.Props{"class": "DATABASE"}))
	set := func(id, status string) store.Op {
		return store.UpdateNode{ID: store.ID(id), Set: store.Props{"status": status}}
	}
	for i, status := range []string{"RUNNING", "PAUSED", "RUNNING", "VERIFYING", "COMPLETED"} {
		app := "app" + strconv.Itoa(i)
		commit(t, s, set("D", status), set("W", status), node(app, domain.KindConfigurationItem, store.Props{"class": "APPLICATION"}), edge(domain.RelDependsOn, app, "db", store.Props{"impact": "FULL", "kind": "RUNTIME"}))
	}
	return begin
}

// followed are all subscriptions that begin after a revision.
var followed = map[string]string{
	"events":               `subscription($after: Revision) { events(after: $after) { revision type subject { key } } }`,
	"configurationChanges": `subscription($after: Revision) { configurationChanges(item: {key: "db"}, after: $after) { revision changes { nodes { type key } } } }`,
	"deploymentUpdates":    `subscription($after: Revision) { deploymentUpdates(after: $after) { revision type deployment { status } wave { status } } }`,
	"releaseProgress":      `subscription($after: Revision) { releaseProgress(release: {key: "R"}, after: $after) { revision types deployments { status } } }`,
	"impactChanged":        `subscription($after: Revision) { impactChanged(input: {sources: {items: [{key: "db"}]}}, after: $after) { revision total } }`,
}

// sent is a server-sent event.
type sent struct{ id, event, data string }

// revision is that of the change set, of one digit.
func (s sent) revision() string {
	_, rest, _ := strings.Cut(s.data, `"revision":"`)
	return rest[:1]
}

// hears subscribes by a GET, as browsers do, and reads events until it has heard enough.
func (r *running) hears(query, after, lastEvent string, enough func([]sent) bool) (list []sent) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 20*time.Second)
	defer cancel()
	address := r.url + "/graphql?query=" + url.QueryEscape(query)
	if after != "" {
		address += "&variables=" + url.QueryEscape(`{"after":"`+after+`"}`)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Accept", "text/event-stream")
	if lastEvent != "" {
		request.Header.Set("Last-Event-ID", lastEvent)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer answer.Body.Close()
	var e sent
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "id":
			e.id = value
		case "event":
			e.event = value
		case "data":
			e.data = value
		case "":
			if e == (sent{}) {
				continue
			}
			if list = append(list, e); enough(list) {
				return list
			}
			e = sent{}
		}
	}
	r.t.Fatalf("the stream of %s ended after %v", query, list)
	return nil
}

func answers(list []sent) (told []sent) {
	for _, e := range list {
		if e.event == "next" {
			told = append(told, e)
		}
	}
	return told
}

// Whoever connects again with the id of the last event goes on behind it, whatever the
// question says: in each subscription, after each of its events (E1).
func goesOnBehindTheLastEvent(t *testing.T, s store.Store) {
	r := overStore(t, s, server.Config{})
	begin := strconv.FormatInt(rollOut(t, s), 10)
	whole := func(list []sent) bool {
		return strings.Contains(list[len(list)-1].data, `"revision":"6"`) && list[len(list)-1].id == "6"
	}
	var names []string
	for _, f := range resolvers.New(appOver(s), zerolog.Nop()).Schema().Subscription.Fields {
		if f.Arguments.ForName("after") != nil {
			names = append(names, f.Name)
		}
	}
	for _, name := range names {
		all := answers(r.hears(followed[name], begin, "", whole))
		if len(all) < 5 || all[0].id != begin && all[0].id != "2" {
			t.Errorf("%s: %v", name, all)
			continue
		}
		for _, e := range all[:len(all)-1] {
			rest := answers(r.hears(followed[name], begin, e.id, whole))
			want := slices.DeleteFunc(slices.Clone(all), func(other sent) bool { return other.revision() <= e.id })
			if !slices.Equal(rest, want) {
				t.Errorf("%s after %s: %v, want %v", name, e.id, rest, want)
			}
		}
	}
}

func TestAnEventStreamGoesOnBehindTheLastEventOfItsClient_E1(t *testing.T) {
	s, err := sqlite.Open(t.Context(), sqlite.Memory, entity.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	goesOnBehindTheLastEvent(t, s)
}

func TestNeo4jEventStreamsGoOnBehindTheLastEventOfTheirClients_E1(t *testing.T) {
	uri, user, password := neo4jtest.EmptiedOf(t, entity.Schema())
	s, err := neo4j.Open(t.Context(), uri, neo4j.Options{User: user, Password: password}, entity.Schema())
	if err != nil {
		t.Fatal(err)
	}
	goesOnBehindTheLastEvent(t, s)
}

// A client that was told nothing yet, or for long nothing, knows behind what to go on.
func TestAnEventStreamTellsHowFarItCameAlsoWhereThereIsNothingToTell_E1(t *testing.T) {
	s, err := sqlite.Open(t.Context(), sqlite.Memory, entity.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := overStore(t, s, server.Config{Streams: server.StreamLimits{Ping: 5 * time.Millisecond}})
	commit(t, s, node("a", domain.KindSite, nil))
	const ofReleases = `subscription { events(filter: {kinds: [RELEASE]}) { type } }`
	written := false
	list := r.hears(ofReleases, "", "", func(list []sent) bool {
		if !written {
			written = true
			commit(t, s, node("b", domain.KindSite, nil))
		}
		return list[len(list)-1].id == "2"
	})
	if list[0] != (sent{id: "1"}) || len(answers(list)) > 0 {
		t.Error(list)
	}
}

func TestALastEventThatCannotBeGoneOnBehindIsToldWithItsCode_C4(t *testing.T) {
	s, err := sqlite.Open(t.Context(), sqlite.Memory, entity.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := overStore(t, s, server.Config{})
	rollOut(t, s)
	if err := s.Compact(t.Context(), 4); err != nil {
		t.Fatal(err)
	}
	for lastEvent, want := range map[string][]string{
		"2":      {`"code":"INVALID"`, `"rule":"C4"`, `"field":"after"`, `"oldest":"4"`},
		"999999": {`"code":"INVALID"`, `"field":"after"`, "the last change has the revision 6"},
		"-1":     {`"code":"INVALID"`, `"field":"after"`, "the header Last-Event-ID is no revision"},
		"x":      {`"code":"INVALID"`, `"field":"after"`, "the header Last-Event-ID is no revision"},
	} {
		for name, query := range followed {
			list := r.hears(query, "", lastEvent, func(list []sent) bool { return list[len(list)-1].event == "complete" })
			for _, part := range want {
				if told := answers(list); len(told) != 1 || !strings.Contains(told[0].data, part) {
					t.Errorf("%s after %s: %v lacks %s", name, lastEvent, list, part)
				}
			}
		}
	}
	// What is no subscription has nothing to go on with.
	r.queryAs("{viewer{name}}", header{"Accept": "text/event-stream", "Last-Event-ID": "x"}).wants(t, http.StatusOK, `"viewer"`)
}
