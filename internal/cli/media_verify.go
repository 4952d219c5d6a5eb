package cli

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"

	"releasegraph/internal/library"
)

type mediaVerifyCmd struct {
	Keys []string `arg:"" optional:"" name:"key" help:"With --url: the items whose contents are got and checked."`
	URL  string   `name:"url" placeholder:"URL" help:"Get the contents of these items from this server, and check them as they come."`
	JSON bool     `help:"Print JSON."`
	mediaFlags
}

// Help has the examples.
func (mediaVerifyCmd) Help() string {
	return `Every content at every location is read and compared with the SHA-256 under which it lies; nothing is changed. The exit code is
1 when one is not what it was.

Examples:

    releasegraph media verify --media /var/lib/releasegraph/media
    releasegraph media verify --media-locations locations.yaml --json
    releasegraph media verify shop-2.0.0 shop-2.1.0 --url http://127.0.0.1:8080`
}

// mediaFinding is a content that is not what it was.
type mediaFinding struct {
	Subject  string `json:"subject"` // a digest, or the key of an item
	Location string `json:"location"`
	Problem  string `json:"problem"`
}

// mediaVerified is what a verification found.
type mediaVerified struct {
	Contents int64          `json:"contents"`
	Bytes    int64          `json:"bytes"`
	Findings []mediaFinding `json:"findings"`
}

// errDamaged is the outcome of a verification that found something.
var errDamaged = errors.New("not all contents are what they were")

// Run verifies what is named.
func (c *mediaVerifyCmd) Run(r *running) error {
	done := &mediaVerified{Findings: []mediaFinding{}}
	var err error
	switch {
	case c.URL != "" && len(c.Keys) == 0:
		return usagef("with --url name the items to verify")
	case c.URL != "":
		err = c.remote(r, done)
	case len(c.Keys) > 0:
		return usagef("items are verified at a server: name it by --url; without it, all of --media is verified")
	default:
		err = c.local(r, done)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		err = json.NewEncoder(r.Stdout).Encode(done)
	} else {
		done.print(r.Stdout)
	}
	if err == nil && len(done.Findings) > 0 {
		return errDamaged
	}
	return err
}

// local reads all that lies at the locations.
func (c *mediaVerifyCmd) local(r *running, done *mediaVerified) (err error) {
	l, err := c.open(r)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	show := r.progressOfBytes("verifying")
	defer show.end()
	for _, at := range l.Locations() {
		for content, err := range l.Contents(r, at) {
			if err != nil {
				return err
			}
			found, err := l.CompareAt(r, content.Digest, content.Size, at)
			if err != nil {
				return err
			}
			done.Contents, done.Bytes = done.Contents+1, done.Bytes+content.Size
			if found.State != library.Equal {
				done.Findings = append(done.Findings, mediaFinding{content.Digest.String(), at, found.Err.Error()})
			}
			show.count(done.Bytes)
		}
	}
	return nil
}

// remote gets the contents of items, and keeps nothing of them.
func (c *mediaVerifyCmd) remote(r *running, done *mediaVerified) error {
	client, err := newMediaClient(r, c.URL)
	if err != nil {
		return err
	}
	for _, key := range c.Keys {
		d := &mediaDownload{mediaClient: client, key: key, what: "verifying", to: io.Discard, sum: sha256.New()}
		err := d.run(r)
		if r.Err() != nil {
			return err
		}
		done.Contents, done.Bytes = done.Contents+1, done.Bytes+d.at
		if err != nil {
			done.Findings = append(done.Findings, mediaFinding{key, c.URL, err.Error()})
		}
	}
	return nil
}

func (done *mediaVerified) print(w io.Writer) {
	w = legible(w)
	if len(done.Findings) > 0 {
		t := table.NewWriter()
		t.SetOutputMirror(w)
		t.SetStyle(plain())
		t.AppendHeader(table.Row{"Content", "Location", "Problem"})
		for _, f := range done.Findings {
			t.AppendRow(table.Row{f.Subject, f.Location, f.Problem})
		}
		t.Render()
	}
	verdict := "nothing is wrong"
	if n := len(done.Findings); n > 0 {
		verdict = fmt.Sprintf("%d are not what they were", n)
	}
	fmt.Fprintf(w, "%d contents, %d bytes: %s.\n", done.Contents, done.Bytes, verdict)
}
