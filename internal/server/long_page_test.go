package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/server"
	"releasegraph/internal/store"
	"releasegraph/internal/store/mirror"
	"releasegraph/internal/store/sqlite"
	"releasegraph/resolvers"
)

const manyItems = 2_500

// overMany is a server over many items that depend on one, each with a text of some length.
func overMany(t *testing.T, c server.Config, description string) *running {
	r := start(t, c, func(*fake) server.Open {
		return func(ctx context.Context) (*server.Core, error) {
			s, err := sqlite.Open(ctx, sqlite.Memory, entity.Schema(), sqlite.Options{})
			if err != nil {
				return nil, err
			}
			m := mirror.Open(ctx, s, mirror.Options{})
			t.Cleanup(func() { _ = m.Close(context.Background()) })
			if err := m.Loaded(ctx); err != nil {
				return nil, err
			}
			_, err = m.Commit(ctx, manyAround("hub", description))
			return &server.Core{Schema: resolvers.New(appOver(m), zerolog.Nop())}, err
		}
	})
	r.awaitReady()
	return r
}

func manyAround(hub, description string) store.Changeset {
	cs := store.Changeset{At: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Actor: "import"}
	put := func(key string) store.ID {
		id := store.ID(fmt.Sprintf("01900000-0000-7000-8000-%012d", len(cs.Ops)))
		cs.Ops = append(cs.Ops, store.CreateNode{ID: id, Kind: domain.KindConfigurationItem, Props: store.Props{
			"key": key, "name": "Name of " + key, "class": "PROGRAM", "status": "LIVE", "environment": "LIVE", "description": description,
		}})
		return id
	}
	to := put(hub)
	for i := range manyItems {
		from := put(fmt.Sprintf("item-%04d", i))
		cs.Ops = append(cs.Ops, store.PutEdge{EdgeKey: store.EdgeKey{Rel: domain.RelDependsOn, From: from, To: to}, Props: store.Props{"kind": "USES", "impact": "FULL"}})
	}
	return cs
}

type keyed struct{ Key string }

type longPage struct {
	Nodes    []keyed
	Edges    []struct{ Cursor string }
	PageInfo struct {
		HasNextPage, HasPreviousPage bool
		StartCursor, EndCursor       string
	}
	TotalCount int
}

// A page that is longer than others holds what they hold together, wherever its parts stand
// and whoever writes it.
func TestALongPageIsThePagesThatItStandsFor(t *testing.T) {
	r := overMany(t, server.Config{}, "")
	ask := func(rest string) (p longPage) {
		t.Helper()
		answer := r.query("{list:configurationItems(filter:{key:{startsWith:\\\"item\\\"}}" + rest + "}")
		var got struct {
			Data   struct{ List longPage }
			Errors []any
		}
		require.NoError(t, json.Unmarshal([]byte(answer.body), &got), answer.body)
		require.Empty(t, got.Errors)
		return got.Data.List
	}
	var want longPage
	for after := ""; ; {
		page := ask("first:1000" + after + "){pageInfo{hasNextPage endCursor} nodes{key} edges{cursor}}")
		want.Nodes, want.Edges = append(want.Nodes, page.Nodes...), append(want.Edges, page.Edges...)
		after = `after:\"` + page.PageInfo.EndCursor + `\"`
		if !page.PageInfo.HasNextPage {
			break
		}
	}
	require.Len(t, want.Nodes, manyItems)
	const info = "pageInfo{hasNextPage hasPreviousPage startCursor endCursor}"
	for _, selection := range []string{
		info + "nodes{key} edges{cursor} totalCount",                           // what comes first is known last
		"totalCount edges{cursor} nodes{key}" + info,                           // and here it is
		"nodes{key dependsOn{nodes{key}}} edges{cursor}" + info + "totalCount", // nothing is written directly
	} {
		got := ask("first:2200){" + selection + "}")
		require.Equal(t, want.Nodes[:2200], got.Nodes)
		require.Equal(t, want.Edges[:2200], got.Edges)
		require.Equal(t, manyItems, got.TotalCount)
		require.True(t, got.PageInfo.HasNextPage)
		require.False(t, got.PageInfo.HasPreviousPage)
		require.Equal(t, want.Edges[0].Cursor, got.PageInfo.StartCursor)
		require.Equal(t, want.Edges[2199].Cursor, got.PageInfo.EndCursor)
	}
	last := ask(`first:100000 after:\"` + want.Edges[9].Cursor + `\"){nodes{key} ` + info + "}")
	require.Equal(t, want.Nodes[10:], last.Nodes)
	require.False(t, last.PageInfo.HasNextPage)
	require.True(t, last.PageInfo.HasPreviousPage)
}

// The hits of an impact are a long page, too.
func TestAllHitsOfAnImpactAreAnsweredAtOnce(t *testing.T) {
	r := overMany(t, server.Config{}, "")
	for _, item := range []string{"key", "key name", "key dependsOn{totalCount}"} {
		answer := r.post(document(t, `{impact(input:{sources:{items:[{key:"hub"}]}}){one:hits(first:1){nodes{item{key}}} all:hits(first:2600){
			totalCount pageInfo{hasNextPage} nodes{depth item{`+item+`} chain{to{key}}}}}}`, nil), nil)
		var got struct {
			Data struct {
				Impact struct {
					One struct{ Nodes []struct{ Item keyed } }
					All struct {
						TotalCount int
						PageInfo   struct{ HasNextPage bool }
						Nodes      []struct {
							Depth int
							Item  keyed
							Chain []struct{ To keyed }
						}
					}
				}
			}
		}
		require.NoError(t, json.Unmarshal([]byte(answer.body), &got), answer.body)
		require.NotContains(t, answer.body, "errors")
		all := got.Data.Impact.All
		require.Len(t, all.Nodes, manyItems)
		require.Equal(t, manyItems, all.TotalCount)
		require.False(t, all.PageInfo.HasNextPage)
		require.Equal(t, "item-0000", got.Data.Impact.One.Nodes[0].Item.Key)
		for i, n := range all.Nodes {
			require.Equal(t, fmt.Sprintf("item-%04d", i), n.Item.Key)
			require.Equal(t, []struct{ To keyed }{{keyed{"hub"}}}, n.Chain)
		}
	}
}

// slowly reads the beginning of a long answer, has something done, and reads the rest.
func slowly(t *testing.T, r *running, between func()) (string, error) {
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.url+"/graphql",
		strings.NewReader(`{"query":"{configurationItems(first:5000,orderBy:[{field:KEY}]){nodes{key name description}}}"}`))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept-Encoding", "identity")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	begin := make([]byte, 1000)
	_, err = io.ReadFull(response.Body, begin)
	require.NoError(t, err)
	between()
	rest, err := io.ReadAll(response.Body)
	return string(begin) + string(rest), err
}

// longText makes an answer longer than what lies between a server and who does not read.
var longText = strings.Repeat("text ", 1_600)

func TestALongPageIsOfOneRevisionHoweverLongItTakes(t *testing.T) {
	r := overMany(t, server.Config{}, longText)
	const renamed = "renamed meanwhile"
	body, err := slowly(t, r, func() {
		r.post(document(t, `mutation{updateConfigurationItem(input:{ref:{key:"item-2499"},patch:{name:"`+renamed+`"}}){revision}}`, nil), nil).
			wants(t, http.StatusOK, "revision")
	})
	require.NoError(t, err)
	require.True(t, json.Valid([]byte(body)))
	require.Equal(t, manyItems+1, strings.Count(body, `"key"`))
	require.NotContains(t, body, renamed)
	r.query(`{configurationItem(key:\"item-2499\"){name}}`).wants(t, http.StatusOK, renamed)
}

// What cannot be sent to its end breaks off: nobody takes it for whole.
func TestALongPageThatTakesTooLongBreaksOff(t *testing.T) {
	const most = 500 * time.Millisecond
	r := overMany(t, server.Config{OperationTimeout: most}, longText)
	body, err := slowly(t, r, func() { time.Sleep(most) })
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.False(t, json.Valid(bytes.TrimSpace([]byte(body))))
	require.Contains(t, r.log.String(), "an answer broke off")
}

// An answer that is sent while it is read is counted and timed when it has ended.
func TestALongPageIsTimedToItsEnd(t *testing.T) {
	registry := prometheus.NewRegistry()
	r := overMany(t, server.Config{Metrics: registry, Gather: registry}, longText)
	counted := func() string { return r.get("/metrics").body }
	const ok, broken = `operations_total{operation="other",outcome="ok",type="query"} 1`, `operations_total{operation="other",outcome="errors",type="query"} 1`
	_, err := slowly(t, r, func() { require.NotContains(t, counted(), ok) })
	require.NoError(t, err)
	require.Eventually(t, func() bool { return strings.Contains(counted(), ok) }, 20*time.Second, 5*time.Millisecond)

	within, leave := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(within, http.MethodPost, r.url+"/graphql", strings.NewReader(`{"query":"{configurationItems(first:5000){nodes{key description}}}"}`))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	leave()
	require.NoError(t, response.Body.Close())
	require.Eventually(t, func() bool { return strings.Contains(counted(), broken) }, 20*time.Second, 5*time.Millisecond, "who asked has left")
}
