package cli

import (
	"errors"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"releasegraph/internal/importer"
	"releasegraph/internal/store/sqlite"
)

type importCmd struct {
	Files []string `arg:"" name:"file" help:"NDJSON or CSV files, or bills of materials in CycloneDX or SPDX JSON, which may be compressed (.gz, .xz, .zst); - is standard input."`
	Node  string   `placeholder:"KIND" help:"The rows of CSV files are records of this kind."`
	Edge  string   `placeholder:"REL" help:"The rows of CSV files are relationships of this name."`
	Map   string   `placeholder:"FILE" help:"A mapping that says how foreign columns become fields."`

	Format string `placeholder:"FORMAT" help:"ndjson, csv, cyclonedx or spdx (bills of materials in JSON); found out by each file's name and content otherwise."`

	DryRun bool   `help:"Print what would change, and write nothing."`
	All    bool   `help:"List all changes of a dry run, and all fields that were kept, not only the first 20."`
	Reason string `help:"Why, for the history."`
	JSON   bool   `help:"Print the outcome as JSON."`

	Source    string `placeholder:"NAME" help:"Where the files come from. Each record says which source set which field; the default is import."`
	Overwrite bool   `help:"Overwrite also what people have set; otherwise that is kept, and told."`
	URL       string `name:"url" placeholder:"URL" help:"Import through the API of this server instead of into --store."`

	Match  []string `placeholder:"NAME,…" help:"Attributes such as serialNumber: a line whose key is unknown is about the one existing item that has the same. Items keep their key."`
	Rename bool     `help:"Give the items that --match finds the keys of the files."`

	Confirm bool `help:"Note in each item of the files that it was seen now, so that it is not listed as stale."`

	History bool `help:"Replay lines that say when they were so (\"at\"), in order of time: each time is one change set of the history."`

	Prune      bool     `help:"Also take away what the files no longer have: items are withdrawn, other records and relationships removed, of the kinds that occur in the files, and only what the same --source brought."`
	PruneKinds []string `placeholder:"KIND,…" help:"Prune these kinds only."`
	PruneLimit int      `default:"20" placeholder:"PERCENT" help:"Refuse to prune more than this share of a kind or relationship. Default: ${default} %."`
	storeFlags
}

// Help has the examples.
func (importCmd) Help() string {
	return `Examples:

    releasegraph import estate.ndjson
    releasegraph import --dry-run estate.ndjson.zst
    releasegraph import --map examples/mappings/netbox.yaml devices.csv
    releasegraph import --source build-17 shop.cdx.json
    releasegraph import --history past.ndjson
    releasegraph export | releasegraph import --store sqlite:copy.db -
    releasegraph import --source netbox --prune --dry-run devices.csv --map examples/mappings/netbox.yaml
    releasegraph import --source netbox --confirm devices.csv --map examples/mappings/netbox.yaml
    releasegraph import --url http://127.0.0.1:8080 estate.ndjson

Every line is checked before the first is written; what is wrong is reported as FILE:LINE: field: what is wrong.
The same file again changes nothing, and a run that was cut off is finished by the same command.`
}

// Run imports the files.
func (c *importCmd) Run(r *running) error {
	gather(c.garbage())
	to, done, err := c.target(r)
	if err != nil {
		return err
	}
	progress, finish := c.progress(r)
	report := newImportReport(r, c.JSON)
	sum, err := importer.Run(r, to, c.options(r, progress, report))
	finish()
	if err := errors.Join(err, done()); err != nil {
		return err
	}
	return report.finish(sum)
}

// largeFiles is from how many bytes on files hold so much that memory counts for
// more than time.
const largeFiles = 32 << 20

// garbage is how much of it may gather: less where the files are large, or may be.
func (c *importCmd) garbage() int {
	var sum int64
	for _, name := range c.Files {
		info, err := os.Stat(name)
		if name == "-" || err != nil {
			return largeImportGarbage
		}
		sum += info.Size()
	}
	if sum >= largeFiles {
		return largeImportGarbage
	}
	return smallImportGarbage
}

func (c *importCmd) options(r *running, progress func(done, total int64), report *importReport) importer.Options {
	o := importer.Options{
		Files: c.Files, Stdin: r.Stdin, NodeKind: c.Node, EdgeRel: c.Edge, MappingFile: c.Map,
		DryRun: c.DryRun, Reason: c.Reason, Progress: progress,
		Format: c.Format, History: c.History, Match: c.Match, Rename: c.Rename, Source: c.Source, Overwrite: c.Overwrite, Show: report.change, Kept: report.kept,
	}
	if c.Confirm {
		o.Confirm = time.Now()
	}
	if c.Prune {
		o.Prune, o.PruneKinds, o.PruneLimit = true, c.PruneKinds, c.PruneLimit
	}
	if c.All {
		o.MostShown = -1
	}
	return o
}

func (c *importCmd) target(r *running) (importer.Opener, func() error, error) {
	if c.URL != "" {
		to, err := remoteTarget(c.URL)
		return to, func() error { return nil }, err
	}
	if path, file := strings.CutPrefix(c.Store, "sqlite:"); file && c.DryRun {
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			c.Store = "sqlite:" + sqlite.Memory // a dry run makes no file
		}
	}
	e, err := c.open(r, false)
	if err != nil {
		return nil, nil, err
	}
	return importer.Local(e.app), func() error { return e.close(r) }, nil
}

// progress draws a bar, on a terminal only.
func (c *importCmd) progress(r *running) (func(done, total int64), func()) {
	if !r.Terminal {
		return nil, func() {}
	}
	bar := progressbar.NewOptions64(-1, progressbar.OptionSetWriter(r.Stderr), progressbar.OptionShowBytes(true),
		progressbar.OptionSetDescription("importing"), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	// A bar that cannot be drawn is no reason to stop.
	update := func(done, total int64) {
		bar.ChangeMax64(total)
		_ = bar.Set64(done)
	}
	return update, func() { _ = bar.Finish() }
}
