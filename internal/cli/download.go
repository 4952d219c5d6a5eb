package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"releasegraph/internal/app/export"
	"releasegraph/internal/patient"
	"releasegraph/internal/server"
)

// download exports from a server.
func (c *exportCmd) download(r *running) (done export.Exported, err error) {
	from, err := c.address()
	if err != nil {
		return done, err
	}
	request, err := http.NewRequestWithContext(r, http.MethodGet, from, nil)
	if err != nil {
		return done, err
	}
	for name, values := range ownToken() {
		request.Header[name] = values
	}
	answer, err := patient.Do(&http.Client{}, request) // the server says when it takes too long
	if err != nil {
		return done, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return done, notExported(from, answer)
	}
	if _, err := io.Copy(r.Stdout, answer.Body); err != nil {
		return done, fmt.Errorf("the export broke off, and what was written is not whole: %w", err)
	}
	if json.Unmarshal([]byte(answer.Trailer.Get(server.ExportedHeader)), &done) != nil {
		return done, errors.New("the export ended without a word of what it holds: what was written may not be whole")
	}
	return done, nil
}

// address is where the server exports what is asked for.
func (c *exportCmd) address() (string, error) {
	api, err := endpoint(c.URL)
	if err != nil {
		return "", err
	}
	query := url.Values{"kind": c.Kind, "from": c.From}
	if c.Depth != 0 {
		query.Set("depth", strconv.Itoa(c.Depth))
	}
	if c.Dependents {
		query.Set("dependents", "true")
	}
	if c.WithHistory {
		query.Set("history", "true")
	}
	return strings.TrimSuffix(api, "/graphql") + server.ExportPath + "?" + query.Encode(), nil
}

// maxRefusal is how much is read of what a server says in place of an export.
const maxRefusal = 64 << 10

func notExported(from string, answer *http.Response) error {
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxRefusal))
	if err != nil {
		return err
	}
	var refused struct{ Errors gqlerror.List }
	if err := json.Unmarshal(text, &refused); err != nil || len(refused.Errors) == 0 {
		return fmt.Errorf("%s answered %s: is it a server of this version?", from, answer.Status)
	}
	return answered(refused.Errors)
}
