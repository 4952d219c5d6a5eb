package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"releasegraph/internal/app"
	"releasegraph/internal/care"
	"releasegraph/internal/domain"
	"releasegraph/internal/library"
)

// checkMedia is the name under which findings of the library are told.
const checkMedia = "media"

// mediaCheck compares what lies in the library with what the items of a store say
// (L6).
type mediaCheck struct {
	mediaFlags
	most int
	read *library.Checked // nil: nothing was
}

// errEnough ends a loop of which the first is enough.
var errEnough = errors.New("enough")

// run adds what it finds to what was found of the store.
func (c *mediaCheck) run(r *running, a *app.App, done *care.Checked) (err error) {
	if !c.given() {
		switch err := a.Media.Kept(r, func(*domain.MediaItem) error { return errEnough }); {
		case errors.Is(err, errEnough):
			done.Skipped = append(done.Skipped, "the bytes of media items: the library is named by --media")
		case err != nil:
			return err
		}
		return nil
	}
	l, err := c.open(r)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	show := r.progress("checking the library")
	defer show.end()
	items := int64(0)
	read, err := l.Check(r, keptItems(r, a, func() { items++; show.tell("checking the library", items, -1) }), func(f library.Finding) { c.find(done, f) })
	c.read = &read
	return err
}

func (c *mediaCheck) find(done *care.Checked, f library.Finding) {
	done.Problems++
	if len(done.Findings) >= c.most {
		return
	}
	problem := f.Problem
	if f.Location != "" {
		problem = f.Location + ": " + problem
	}
	done.Findings = append(done.Findings, care.Finding{Check: checkMedia, Subject: domain.KindMediaItem + ":" + f.Key, Problem: problem})
}

func (c *mediaCheck) print(w io.Writer) {
	if c.read != nil {
		fmt.Fprintf(w, "%d media items, %d copies and %d bytes of the library are as the items say.\n", c.read.Items, c.read.Copies, c.read.Bytes)
	}
}

// keptItems are the items that are said to have bytes in the library. Those that
// are purged while they are read are none any more.
func keptItems(ctx context.Context, a *app.App, next func()) iter.Seq2[library.Item, error] {
	return func(yield func(library.Item, error) bool) {
		err := mediaItems{a}.Kept(ctx, func(item library.Item) error {
			next()
			if !yield(item, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(library.Item{}, err)
		}
	}
}
