package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jedib0t/go-pretty/v6/table"

	"releasegraph/internal/bench"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/graphgen"
	"releasegraph/internal/store/sqlite"
)

type benchCmd struct {
	URL         string        `name:"url" placeholder:"URL" help:"Measure this server, which runs already, instead of one that is started over --store."`
	Metrics     string        `placeholder:"URL" help:"Where the server of --url tells how long processors worked for it. Default: /metrics at its address."`
	Items       int           `default:"10000" placeholder:"N" help:"How many items the made estate has, where neither --store nor --url names another. Default: ${default}."`
	Item        string        `placeholder:"KEY" help:"The item whose dependents are asked for. Default: one that many depend on."`
	Connections int           `default:"16" placeholder:"N" help:"How many connections ask at the same time. Default: ${default}."`
	Writers     int           `default:"32" placeholder:"N" help:"How many connections write at the same time. Default: ${default}."`
	Within      time.Duration `default:"3s" placeholder:"DURATION" help:"How long each work is measured. Default: ${default}."`
	Writes      bool          `help:"Also write: items that stay, whose keys begin with bench-. A made estate is written to in any case."`
	JSON        bool          `help:"Print JSON."`

	Store             string `placeholder:"STORE" help:"Start a server over this store, named as for serve. Default: a made estate in a file that is removed afterwards."`
	StoreUser         string `placeholder:"NAME" help:"The user at the Neo4j server. The password comes from $$RELEASEGRAPH_STORE_PASSWORD or --store-password-file."`
	StorePasswordFile string `placeholder:"FILE" help:"A file that holds the password."`
	StoreDatabase     string `placeholder:"NAME" help:"The database on the Neo4j server; its default one otherwise."`
}

// Help has the examples.
func (benchCmd) Help() string {
	return `Examples:

    releasegraph bench
    releasegraph bench --items 100000 --within 10s
    releasegraph bench --store sqlite:estate.db --item db-orders-1
    releasegraph bench --url http://127.0.0.1:8080 --json

The client that asks shares the machine with a server that is started here. So the CPU that the server used for a request
tells more than the requests in a second, where processors are few.`
}

// Run measures, and prints a line for each work.
func (c *benchCmd) Run(r *running) (err error) {
	if c.Connections < 1 || c.Writers < 1 || c.Within <= 0 {
		return usagef("--connections, --writers and --within are above 0")
	}
	if c.URL != "" && c.Store != "" {
		return usagef("give --url or --store, not both")
	}
	server, end, err := c.server(r)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	subject, err := c.subject(r, remote{server.Endpoint, &http.Client{Timeout: 2 * time.Minute}})
	if err != nil {
		return err
	}
	rows, err := c.measure(r, server, subject)
	if err != nil {
		return err
	}
	return c.print(r.Stdout, rows)
}

// server is what is measured, until end.
func (c *benchCmd) server(r *running) (s bench.Server, end func() error, err error) {
	end = func() error { return nil }
	at := c.URL
	if at == "" {
		if at, end, err = c.started(r); err != nil {
			return s, nil, err
		}
	}
	if s.Endpoint, err = endpoint(at); err != nil {
		return s, nil, err
	}
	s.Header, s.Metrics = ownToken(), c.Metrics
	if s.Metrics == "" {
		s.Metrics = strings.TrimSuffix(s.Endpoint, "/graphql") + "/metrics"
	}
	return s, end, nil
}

// started starts a server as a process of its own, whose CPU can be told from
// that of the client.
func (c *benchCmd) started(r *running) (url string, end func() error, err error) {
	clean := func() error { return nil }
	store := c.Store
	if store == "" {
		dir, err := os.MkdirTemp("", "releasegraph-bench-*")
		if err != nil {
			return "", nil, err
		}
		clean = func() error { return os.RemoveAll(dir) }
		path := filepath.Join(dir, "estate.db")
		if err := c.make(r, path); err != nil {
			return "", nil, errors.Join(err, clean())
		}
		store, c.Writes = "sqlite:"+path, true
	}
	p, err := startServer(r, c.serveArgs(store))
	if err != nil {
		return "", nil, errors.Join(err, clean())
	}
	return p.url, func() error { return errors.Join(p.stop(), clean()) }, nil
}

func (c *benchCmd) serveArgs(store string) []string {
	args := []string{"serve", "--store=" + store, "--listen=127.0.0.1:0", "--log-format=json"}
	for flag, value := range map[string]string{
		"--store-user": c.StoreUser, "--store-password-file": c.StorePasswordFile, "--store-database": c.StoreDatabase,
	} {
		if value != "" {
			args = append(args, flag+"="+value)
		}
	}
	return args
}

// make fills a new file with a made estate. Half of it depends on one item.
func (c *benchCmd) make(r *running, path string) error {
	made, err := graphgen.Generate(graphgen.Spec{Seed: 1, Items: c.Items, Reach: c.Items / 2})
	if err != nil {
		return usagef("--items: %v", err)
	}
	if c.Item == "" {
		c.Item = made.Key(made.Source())
	}
	r.say("making an estate of %d items\n", c.Items)
	s, err := sqlite.Open(r, path, entity.Schema(), sqlite.Options{})
	if err != nil {
		return err
	}
	err = made.Fill(r, s, graphgen.FillOptions{At: time.Now().UTC().Truncate(time.Microsecond)})
	return errors.Join(err, s.Close(context.WithoutCancel(r)))
}

// sampled is how many items are asked for by key.
const sampled = 500

const sampleDocument = `query Sample($first: Int!) { configurationItems(first: $first) { nodes { key class dependents { totalCount } } } }`

// subject looks for what to ask.
func (c *benchCmd) subject(r *running, at asker) (s bench.Subject, err error) {
	data, err := at.ask(r, sampleDocument, map[string]any{"first": sampled})
	if err != nil {
		return s, err
	}
	var answer struct {
		ConfigurationItems struct {
			Nodes []struct {
				Key        string
				Class      domain.Class
				Dependents struct{ TotalCount int }
			}
		}
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		return s, err
	}
	most, classes := -1, map[domain.Class]int{}
	for _, n := range answer.ConfigurationItems.Nodes {
		s.Keys = append(s.Keys, n.Key)
		if classes[n.Class]++; classes[n.Class] > classes[s.Class] || s.Class == "" {
			s.Class = n.Class
		}
		if n.Dependents.TotalCount > most {
			s.Busy, most = n.Key, n.Dependents.TotalCount
		}
	}
	if len(s.Keys) == 0 {
		return s, errors.New("the estate has no configuration items: import some first, or leave --store out to measure a made estate")
	}
	if c.Item != "" {
		s.Busy = c.Item
	}
	return s, nil
}

// measured is a row of what is printed.
type measured struct {
	Work    string `json:"work"`
	Refused string `json:"refused,omitempty"`
	bench.Figures
}

// measure gives the server one work after the other. One that it refuses leaves
// the others.
func (c *benchCmd) measure(r *running, s bench.Server, subject bench.Subject) ([]measured, error) {
	var rows []measured
	each := func(works []bench.Work, connections int) error {
		for _, w := range works {
			r.say("%s\n", w.Name)
			f, err := bench.Load{Connections: connections, Within: c.Within}.Run(r, s, w)
			if r.Err() != nil {
				return r.Err()
			}
			row := measured{Work: w.Name, Figures: f}
			if err != nil {
				row.Refused = err.Error()
			}
			rows = append(rows, row)
		}
		return nil
	}
	if err := each(subject.Reads(), c.Connections); err != nil {
		return nil, err
	}
	if !c.Writes {
		return rows, nil
	}
	return rows, each(subject.Writes("bench-"+uuid.NewString()[:8]), c.Writers)
}

func (c *benchCmd) print(w io.Writer, rows []measured) error {
	if c.JSON {
		text, err := json.Marshal(rows)
		if err != nil {
			return err
		}
		return printJSON(w, text)
	}
	t := table.NewWriter()
	t.SetOutputMirror(legible(w))
	t.SetStyle(plain())
	t.AppendHeader(table.Row{"Work", "Requests/s", "CPU each", "Median", "99 % within", "Bytes each"})
	for _, row := range rows {
		if row.Refused != "" {
			t.AppendRow(table.Row{row.Work, row.Refused})
			continue
		}
		t.AppendRow(row.cells())
	}
	t.Render()
	return nil
}

func (m *measured) cells() table.Row {
	if m.Requests == 0 {
		return table.Row{m.Work, 0}
	}
	cpu := "unknown"
	if m.CPU >= 0 {
		cpu = milliseconds(m.CPU / time.Duration(m.Requests))
	}
	return table.Row{m.Work, fmt.Sprintf("%.0f", m.PerSecond()), cpu, milliseconds(m.Median), milliseconds(m.Late), m.Bytes / int64(m.Requests)}
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%.3f ms", float64(d)/1e6) }
