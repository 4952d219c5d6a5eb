package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// question is a document whose answer is in one field. It is asked of a server,
// or of a store where none is named; with a topology the store's graph is read
// into memory first.
type question struct {
	url       string
	topology  bool
	document  string
	variables map[string]any
	field     string
}

// ask decodes the answer, and returns its text too.
func (f storeFlags) ask(r *running, q question, into any) (json.RawMessage, error) {
	to, done, err := f.asker(r, q)
	if err != nil {
		return nil, err
	}
	data, err := to.ask(r, q.document, q.variables)
	if err := errors.Join(err, done()); err != nil {
		return nil, err
	}
	var answer map[string]json.RawMessage
	err = json.Unmarshal(data, &answer)
	if err == nil {
		err = json.Unmarshal(answer[q.field], into)
	}
	if err != nil {
		return nil, fmt.Errorf("the answer cannot be read: %w", err)
	}
	return answer[q.field], nil
}

// asking is a command that asks one question.
type asking struct {
	JSON bool   `help:"Print JSON."`
	URL  string `name:"url" placeholder:"URL" help:"Ask this server instead of --store."`
	storeFlags
}

// answer asks, and prints the answer in the form asked for: as JSON, or as it is
// shown to people once it is decoded.
func (a asking) answer(r *running, q question, into any, show func(io.Writer)) error {
	q.url = a.URL
	raw, err := a.ask(r, q, into)
	switch {
	case err != nil:
		return err
	case a.JSON:
		return printJSON(r.Stdout, raw)
	}
	show(r.Stdout)
	return nil
}

func (f storeFlags) asker(r *running, q question) (asker, func() error, error) {
	if q.url != "" {
		to, err := askServer(q.url)
		return to, func() error { return nil }, err
	}
	e, err := f.openExisting(r, q.topology)
	if err != nil {
		return nil, nil, err
	}
	if err := e.loaded(r); err != nil {
		return nil, nil, errors.Join(err, e.close(r))
	}
	return askEstate(e.app, r.log), func() error { return e.close(r) }, nil
}

// printJSON prints an answer as it came, indented.
func printJSON(w io.Writer, raw json.RawMessage) error {
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return err
	}
	b.WriteByte('\n')
	_, err := b.WriteTo(w)
	return err
}
