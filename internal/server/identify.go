package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/domain"
)

// Identities finds out who asks, where callers have to say it.
type Identities interface {
	// Identity is whose a bearer token is. Errors are domain errors.
	Identity(ctx context.Context, token string) (acting.Identity, error)
}

// unsaid asks until a socket's first message says who does. They have no role,
// and so may do nothing.
var unsaid = domain.Actor{Name: "nobody"}

// actor puts who asks into the context: whom a token is of; where no identities
// are configured, whom the header names, or the local administrator.
func (s *Server) actor(next http.Handler) http.Handler {
	return s.whoever(next, upgrades) // whose first message says it
}

// reader is actor for a calendar, whose address may hold a secret in place of a
// token: programs that show calendars send nothing else.
func (s *Server) reader(next http.Handler) http.Handler {
	return s.whoever(next, func(r *http.Request) bool { return r.URL.Query().Has("secret") })
}

// whoever puts who asks into the context: nobody, where it may be said later.
func (s *Server) whoever(next http.Handler, later func(*http.Request) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, err := identify(r.Context(), s.config.Identities, r.Header)
		switch {
		case err == nil:
		case errors.Is(err, errNobody) && later(r):
			ctx = acting.WithActor(r.Context(), unsaid)
		default:
			refuseIdentity(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// upgrades tells whether a request opens a socket: pages cannot give its
// headers.
func upgrades(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

var errNobody = errors.New(`say who you are: send "Authorization: Bearer …" with a token of the identity provider, or an API token`)

// refuseIdentity says why someone is not let in.
func refuseIdentity(w http.ResponseWriter, r *http.Request, err error) {
	var known *domain.Error
	var slowed *slowedError
	switch {
	case errors.As(err, &slowed):
		w.Header().Set("Retry-After", strconv.Itoa(seconds(slowed.wait)))
		refuse(w, r, http.StatusTooManyRequests, codeLimit, err.Error())
	case errors.Is(err, errNobody):
		w.Header().Set("WWW-Authenticate", `Bearer realm="releasegraph"`)
		refuse(w, r, http.StatusUnauthorized, string(domain.Unauthenticated), err.Error())
	case !errors.As(err, &known):
		refuse(w, r, http.StatusBadRequest, codeInvalid, err.Error())
	case known.Code == domain.Unauthenticated:
		w.Header().Set("WWW-Authenticate", `Bearer realm="releasegraph", error="invalid_token"`)
		refuse(w, r, http.StatusUnauthorized, string(known.Code), known.Message)
	case known.Code == domain.Forbidden:
		refuse(w, r, http.StatusForbidden, codeForbidden, known.Message)
	default:
		w.Header().Set("Retry-After", "2")
		refuse(w, r, http.StatusServiceUnavailable, codeUnavailable, known.Message)
	}
}

// identify finds out who asks by a request's headers, or by what the first
// message on a socket says in their place.
func identify(ctx context.Context, identities Identities, header http.Header) (context.Context, error) {
	if identities == nil {
		return actAs(ctx, header)
	}
	if header.Get(ActAs) != "" {
		return ctx, fmt.Errorf("the header %s is for servers without identities: here a token says who you are", ActAs)
	}
	scheme, token, _ := strings.Cut(header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	if token == "" {
		return ctx, errNobody
	}
	if !strings.EqualFold(scheme, "Bearer") {
		return ctx, fmt.Errorf(`the header Authorization must be "Bearer" and a token`)
	}
	id, err := identities.Identity(ctx, token)
	if err != nil {
		return ctx, err
	}
	noteActor(ctx, id.Name)
	return acting.WithIdentity(ctx, id), nil
}
