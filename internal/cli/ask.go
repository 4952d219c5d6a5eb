package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/rs/zerolog"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"releasegraph/graph/response"
	"releasegraph/internal/app"
	"releasegraph/internal/patient"
	"releasegraph/resolvers"
)

// asker answers GraphQL documents: an estate in this process, or a server.
type asker interface {
	ask(ctx context.Context, document string, variables map[string]any) (json.RawMessage, error)
}

// local asks an estate of this process.
type local struct{ exec *executor.Executor }

func askEstate(a *app.App, log zerolog.Logger) asker {
	exec := executor.New(resolvers.New(a, log))
	exec.SetErrorPresenter(response.ErrorPresenter(log))
	exec.SetRecoverFunc(response.RecoverFunc(log))
	return local{exec}
}

func (l local) ask(ctx context.Context, document string, variables map[string]any) (json.RawMessage, error) {
	ctx = graphql.StartOperationTrace(ctx)
	op, errs := l.exec.CreateOperationContext(ctx, &graphql.RawParams{Query: document, Variables: variables})
	if len(errs) > 0 {
		return nil, answered(l.exec.DispatchError(graphql.WithOperationContext(ctx, op), errs).Errors)
	}
	responses, ctx := l.exec.DispatchOperation(ctx, op)
	answer := responses(ctx)
	if answer == nil {
		return nil, context.Cause(ctx)
	}
	return answer.Data, answered(answer.Errors)
}

// remote asks a server.
type remote struct {
	endpoint string
	client   *http.Client
}

// endpoint is the API's address at a server's.
func endpoint(server string) (string, error) {
	u, err := url.Parse(server)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return "", usagef("--url %q: write the address of a server, such as http://127.0.0.1:8080", server)
	}
	if !strings.HasSuffix(u.Path, "/graphql") {
		u = u.JoinPath("graphql")
	}
	return u.String(), nil
}

func askServer(server string) (asker, error) {
	to, err := endpoint(server)
	if err != nil {
		return nil, err
	}
	return remote{to, &http.Client{Timeout: 2 * time.Minute}}, nil
}

// ownToken is the header by which the caller is known at a server, if there is
// a token in the environment: a flag could be read by every user of the machine.
func ownToken() http.Header {
	token := os.Getenv("RELEASEGRAPH_TOKEN")
	if token == "" {
		return nil
	}
	return http.Header{"Authorization": {"Bearer " + token}}
}

func (s remote) ask(ctx context.Context, document string, variables map[string]any) (json.RawMessage, error) {
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.endpoint, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	for name, values := range ownToken() {
		request.Header[name] = values
	}
	response, err := patient.Do(s.client, request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Data   json.RawMessage
		Errors gqlerror.List
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, fmt.Errorf("%s answered %s, and not with GraphQL", s.endpoint, response.Status)
	}
	return answer.Data, answered(answer.Errors)
}

// answered turns the errors of an answer into one.
func answered(errs gqlerror.List) error {
	lines := make([]string, len(errs))
	for i, e := range errs {
		lines[i] = e.Message // which names the field, where one is wrong
	}
	if len(lines) == 0 {
		return nil
	}
	return errors.New(strings.Join(lines, "\n"))
}
