package cli

import (
	"bufio"
	"errors"

	"releasegraph/internal/app/export"
	"releasegraph/internal/importer"
)

type exportCmd struct {
	Kind        []string `placeholder:"KIND" help:"Only records of these kinds, and relationships between them."`
	From        []string `placeholder:"KIND:KEY" help:"Only these records and what they need."`
	Dependents  bool     `help:"With --from: what needs them, instead of what they need."`
	Depth       int      `help:"With --from: go no further than so many relationships."`
	WithHistory bool     `help:"Write the whole log: what import --history replays into an empty store."`
	URL         string   `name:"url" placeholder:"URL" help:"Export from this server instead of --store."`
	storeFlags
}

// Help has the examples.
func (exportCmd) Help() string {
	return `Examples:

    releasegraph export > estate.ndjson
    releasegraph export --kind Site --kind ConfigurationItem
    releasegraph export --from ConfigurationItem:web-shop --depth 2
    releasegraph export --url http://127.0.0.1:8080 > estate.ndjson
    releasegraph export --with-history | releasegraph import --history --store sqlite:copy.db -

Importing the file into an empty store of either kind gives the same graph.`
}

// Run writes the graph to stdout.
func (c *exportCmd) Run(r *running) error {
	if len(c.From) == 0 && (c.Dependents || c.Depth > 0) {
		return usagef("--dependents and --depth need --from")
	}
	if c.WithHistory && len(c.From)+len(c.Kind) > 0 {
		return usagef("--with-history writes everything: leave --kind and --from out")
	}
	done, err := c.write(r)
	if err != nil {
		return err
	}
	if c.WithHistory {
		r.say("%d changes of records and %d of relationships, up to revision %d\n", done.Records, done.Relationships, done.Revision)
		return nil
	}
	r.say("%d records and %d relationships, as of revision %d\n", done.Records, done.Relationships, done.Revision)
	return nil
}

// write writes what is asked for, and tells how much that is.
func (c *exportCmd) write(r *running) (export.Exported, error) {
	if c.URL != "" {
		return c.download(r)
	}
	e, err := c.openExisting(r, false)
	if err != nil {
		return export.Exported{}, err
	}
	out := bufio.NewWriterSize(r.Stdout, 1<<16)
	var done export.Exported
	if c.WithHistory {
		done, err = importer.ExportHistory(r, e.app, out)
	} else {
		done, err = importer.Export(r, e.app, out, importer.ExportOptions{Kinds: c.Kind, Roots: c.From, Depth: c.Depth, Dependents: c.Dependents})
	}
	return done, errors.Join(err, out.Flush(), e.close(r))
}
