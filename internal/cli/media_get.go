package cli

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"

	"releasegraph/internal/digest"
)

type mediaGetCmd struct {
	Key  string `arg:"" help:"The key of the media item."`
	File string `arg:"" help:"The file to write; - is standard output."`
	URL  string `name:"url" required:"" placeholder:"URL" help:"The server's address."`
}

// Help has the examples.
func (mediaGetCmd) Help() string {
	return `The content is compared with its SHA-256 as it comes. A file gets its name once it is whole and right; until then it is
FILE.part, with which the same command goes on. On standard output what is wrong is known at the end only: look at the exit code.

Examples:

    releasegraph media get shop-2.0.0 shop-2.0.0.tar.gz --url http://127.0.0.1:8080
    releasegraph media get shop-2.0.0 - --url http://127.0.0.1:8080 | tar xz`
}

// Run downloads the content.
func (c *mediaGetCmd) Run(r *running) error {
	client, err := newMediaClient(r, c.URL)
	if err != nil {
		return err
	}
	d := &mediaDownload{mediaClient: client, key: c.Key, what: "downloading", sum: sha256.New()}
	if c.File == "-" {
		d.to = r.Stdout
		return d.run(r)
	}
	return d.toFile(r, c.File)
}

// mediaDownload is a content on its way from a server.
type mediaDownload struct {
	*mediaClient
	key, what string
	to        io.Writer
	sum       hash.Hash
	at        int64 // how much came
	size      int64 // of all; 0: not known yet
	want      digest.SHA256
}

// toFile writes a file, which gets its name when it is right.
func (d *mediaDownload) toFile(r *running, name string) error {
	part := name + ".part"
	f, err := os.OpenFile(part, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	// What came before is hashed, too; with it the writing goes on behind it.
	if d.at, err = io.Copy(d.sum, f); err != nil {
		return err
	}
	d.to = f
	err = d.run(r)
	if errors.As(err, new(*digest.MismatchError)) {
		return errors.Join(fmt.Errorf("%w: what came is thrown away", err), os.Remove(part))
	}
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(part, name)
}

// run gets all that did not come yet, and compares the whole.
func (d *mediaDownload) run(r *running) error {
	show := r.progressOfBytes(d.what)
	defer show.end()
	err := persist(r, func() (int64, error) {
		err := d.rest(r, show)
		return d.at, err
	})
	if err != nil {
		return err
	}
	if got := digest.SHA256(d.sum.Sum(nil)); got != d.want {
		return &digest.MismatchError{Want: d.want, Got: got}
	}
	return nil
}

// rest asks for what did not come yet.
func (d *mediaDownload) rest(ctx context.Context, show *progress) error {
	if d.size > 0 && d.at == d.size {
		return nil
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	header := http.Header{}
	if d.at > 0 {
		header.Set("Range", fmt.Sprintf("bytes=%d-", d.at))
	}
	answer, err := d.send(ctx, http.MethodGet, d.item(d.key), header, nil, 0)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if err := d.begun(answer); err != nil || d.at == d.size {
		return err
	}
	body := watch(answer.Body, d.at, d.size, show, stop)
	defer body.stall.Stop()
	return d.take(body)
}

// begun reads what an answer says of the content.
func (d *mediaDownload) begun(answer *http.Response) error {
	from, size := int64(0), answer.ContentLength
	switch answer.StatusCode {
	case http.StatusOK:
	case http.StatusPartialContent:
		if _, err := fmt.Sscanf(answer.Header.Get("Content-Range"), "bytes %d-%d/%d", &from, new(int64), &size); err != nil {
			return &lastingError{fmt.Errorf("the server sends a part, but not which: %q", answer.Header.Get("Content-Range"))}
		}
	case http.StatusRequestedRangeNotSatisfiable: // all of it came, or more
		if _, err := fmt.Sscanf(answer.Header.Get("Content-Range"), "bytes */%d", &size); err != nil {
			return refusedMedia(answer)
		}
		from = d.at
	default:
		return refusedMedia(answer)
	}
	want, err := digest.ParseHeader(answer.Header.Values("Repr-Digest"))
	switch {
	case err != nil:
		return &lastingError{fmt.Errorf("the server does not say which SHA-256 the content has: %w", err)}
	case from != d.at || size < d.at:
		return &lastingError{fmt.Errorf("%d bytes came before, and the server goes on at %d of %d: is it another content? Remove what came, and begin again", d.at, from, size)}
	case !d.want.IsZero() && want != d.want:
		return &lastingError{errors.New("the item got another content meanwhile; begin again")}
	}
	d.size, d.want = size, want
	return nil
}

// take writes and hashes what comes.
func (d *mediaDownload) take(from io.Reader) error {
	into := make([]byte, 256<<10)
	for d.at < d.size {
		n, err := from.Read(into[:min(int64(len(into)), d.size-d.at)])
		if n > 0 {
			if _, err := d.to.Write(into[:n]); err != nil {
				return &lastingError{err}
			}
			d.sum.Write(into[:n])
			d.at += int64(n)
		}
		if err != nil && d.at < d.size {
			return err
		}
	}
	return nil
}
