package server

import (
	"encoding/json"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"releasegraph/graph/response"
	"releasegraph/internal/domain"
)

const (
	codeForbidden   = string(domain.Forbidden)
	codeInvalid     = string(domain.Invalid)
	codeLimit       = string(domain.Limit)
	codeUnavailable = string(domain.Unavailable)
	codeTimeout     = "TIMEOUT"
	codeInternal    = "INTERNAL"
)

// refuse answers a request that never reached GraphQL, in the form of a
// GraphQL answer, so that clients need to know one form only.
func refuse(w http.ResponseWriter, r *http.Request, status int, code, message string) {
	e := &gqlerror.Error{Message: message, Extensions: map[string]any{"code": code}}
	if id := response.RequestID(r.Context()); id != "" {
		e.Extensions["requestId"] = id
	}
	writeJSON(w, status, "application/json; charset=utf-8", map[string]any{"errors": gqlerror.List{e}})
}

func writeJSON(w http.ResponseWriter, status int, contentType string, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, "cannot encode the answer", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	w.Write(body)
}

// forbidden is the answer to who is not allowed to go on.
func forbidden(err error) *graphql.Response {
	return &graphql.Response{Errors: gqlerror.List{{Message: err.Error(), Extensions: map[string]any{"code": codeForbidden}}}}
}
