package server_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"releasegraph/internal/app/acting"

	"github.com/coder/websocket"

	"releasegraph/internal/domain"
	"releasegraph/internal/server"
)

// names believes a token that is a name.
type names struct{}

func (names) Identity(_ context.Context, token string) (acting.Identity, error) {
	switch token {
	case "expired":
		return acting.Identity{}, &domain.Error{Code: domain.Unauthenticated, Message: "the token has expired"}
	case "both":
		return acting.Identity{}, &domain.Error{Code: domain.Forbidden, Message: "roles exclude each other"}
	case "down":
		return acting.Identity{}, &domain.Error{Code: domain.Unavailable, Message: "the identity provider cannot be reached"}
	}
	return acting.Identity{Actor: domain.Actor{Name: token, Roles: []domain.Role{domain.Viewer}}, Method: domain.ByProvider}, nil
}

func TestWithIdentitiesEveryRequestSaysWhoAsks(t *testing.T) {
	r := serving(t, server.Config{Identities: names{}})
	a := r.query("{actor}")
	a.wants(t, http.StatusUnauthorized, `"code":"UNAUTHENTICATED"`, "say who you are")
	r.queryAs("{actor}", header{"Authorization": "Bearer alice"}).wants(t, http.StatusOK, `"actor":"alice"`)
	r.queryAs("{actor}", header{"Authorization": "bearer  alice"}).wants(t, http.StatusOK, `"actor":"alice"`)
	r.queryAs("{actor}", header{"Authorization": "Basic YWxpY2U6eA=="}).wants(t, http.StatusBadRequest, "must be")
	r.queryAs("{actor}", header{"Authorization": "Bearer expired"}).wants(t, http.StatusUnauthorized, "the token has expired")
	r.queryAs("{actor}", header{"Authorization": "Bearer both"}).wants(t, http.StatusForbidden, `"code":"FORBIDDEN"`)
	r.queryAs("{actor}", header{"Authorization": "Bearer down"}).wants(t, http.StatusServiceUnavailable, `"code":"UNAVAILABLE"`)
	r.queryAs("{actor}", header{server.ActAs: "bob; roles=ADMIN"}).wants(t, http.StatusBadRequest, "for servers without identities")
	r.queryAs("{actor}", header{server.ActAs: "bob; roles=ADMIN", "Authorization": "Bearer alice"}).wants(t, http.StatusBadRequest, "for servers without identities")
	r.queryAs("{actor}", header{"Authorization": "Bearer alice", "Host": "estate.example.com"}).wants(t, http.StatusOK, "alice")
	if strings.Contains(r.log.String(), "Bearer") {
		t.Error("a token is in the log")
	}
}

func TestWithIdentitiesASocketSaysWhoAsksInItsGreeting(t *testing.T) {
	r := serving(t, server.Config{Identities: names{}})
	w := r.wire()
	w.says(`{"type":"connection_init","payload":{"authorization":"Bearer alice"}}`)
	w.hears(`{"type":"connection_ack"}`)
	w.subscribes("1", "{actor}")
	w.hearsPart(`"actor":"alice"`)
	for _, payload := range []string{"", `,"payload":{}`, `,"payload":{"authorization":"Bearer expired"}`, `,"payload":{"releasegraph-act-as":"bob; roles=ADMIN"}`} {
		closedAfter(r, 4403, `{"type":"connection_init"`+payload+`}`)
	}
	w = r.wireWith(&websocket.DialOptions{
		Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: http.Header{"Authorization": {"Bearer bob"}},
	}).greeted()
	w.subscribes("1", "{actor}")
	w.hearsPart(`"actor":"bob"`)
}

func TestASocketCountsForWhoItIsNotForAllAtTheAddress(t *testing.T) {
	r := serving(t, server.Config{Identities: names{}, Streams: server.StreamLimits{PerClient: 1}})
	greet := func(who string) *wire {
		w := r.wire()
		w.says(`{"type":"connection_init","payload":{"authorization":"Bearer ` + who + `"}}`)
		return w
	}
	for _, who := range []string{"alice", "bob"} {
		greet(who).hears(`{"type":"connection_ack"}`)
	}
	greet("alice").isClosed(int(websocket.StatusTryAgainLater))
}

func TestAnIdentityThatEndsEndsTheSocket(t *testing.T) {
	r := serving(t, server.Config{
		Identities: names{}, Streams: server.StreamLimits{Recheck: 10 * time.Millisecond},
		Recheck: func(ctx context.Context) error {
			if acting.Actor(ctx).Name == "alice" {
				return errors.New("the identity has expired")
			}
			return nil
		},
	})
	w := r.wire()
	w.says(`{"type":"connection_init","payload":{"authorization":"Bearer alice"}}`)
	w.hears(`{"type":"connection_ack"}`)
	w.isClosed(4403)
}

func TestWithIdentitiesAnyAddressMayBeListenedOn(t *testing.T) {
	l, err := server.ListenAnywhere(t.Context(), ":0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if _, err := server.ListenAnywhere(t.Context(), "8080"); err == nil || !strings.Contains(err.Error(), "HOST:PORT") {
		t.Error(err)
	}
}
