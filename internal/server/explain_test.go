package server_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/entity"
	"releasegraph/internal/server"
	"releasegraph/internal/store"
	"releasegraph/internal/store/mirror"
	"releasegraph/internal/store/sqlite"
	"releasegraph/resolvers"
)

// An ADMIN who asks for it is told how lists were found; nobody else is.
func TestAnAdminIsToldHowListsAreFound(t *testing.T) {
	r := start(t, server.Config{}, func(*fake) server.Open {
		return func(ctx context.Context) (*server.Core, error) {
			s, err := sqlite.Open(ctx, sqlite.Memory, entity.Schema(), sqlite.Options{})
			if err != nil {
				return nil, err
			}
			m := mirror.Open(ctx, s, mirror.Options{})
			t.Cleanup(func() { _ = m.Close(context.Background()) })
			return &server.Core{Schema: resolvers.New(appOver(m), zerolog.Nop())}, m.Loaded(ctx)
		}
	})
	r.awaitReady()
	for _, key := range []string{"a", "b", "c"} {
		r.post(`{"query":"mutation{createConfigurationItem(input:{key:\"`+key+`\",name:\"n\",class:SERVER}){revision}}"}`, nil).wants(t, http.StatusOK, "revision")
	}
	const query = `{configurationItems(filter:{key:{startsWith:\"a\"}},orderBy:[{field:NAME}],first:5){nodes{key}}}`
	var told struct {
		Extensions struct{ Reads []store.Explained }
	}
	answer := r.post(`{"query":"`+query+`"}`, header{server.ExplainHeader: "1", "Releasegraph-Act-As": "ada; roles=ADMIN"})
	require.NoError(t, json.Unmarshal([]byte(answer.body), &told), answer.body)
	require.Equal(t, []store.Explained{{Kind: "ConfigurationItem", By: "memory", Filter: []string{"key startsWith: 1"}, Matched: 1, Of: 3, Page: "1 nodes sorted"}}, told.Extensions.Reads)
	for _, h := range []header{{server.ExplainHeader: "1", "Releasegraph-Act-As": "vera; roles=VIEWER"}, {"Releasegraph-Act-As": "ada; roles=ADMIN"}} {
		require.NotContains(t, r.post(`{"query":"`+query+`"}`, h).body, "reads")
	}
}
