package cli

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"releasegraph/internal/digest"
	"releasegraph/internal/server"
)

type mediaAddCmd struct {
	Key  string `arg:"" help:"The key of the media item."`
	File string `arg:"" type:"existingfile" help:"The file that is its content."`

	Sha256   string `name:"sha256" placeholder:"DIGEST" help:"The SHA-256 that the content has, where the item does not declare it. Default: it is worked out."`
	Location string `placeholder:"NAME" help:"The location of the library that takes it. Default: the server's first."`
	URL      string `name:"url" required:"" placeholder:"URL" help:"The server's address."`
	JSON     bool   `help:"Print what is kept as JSON."`
	mediaCreateFlags
}

// Help has the examples.
func (mediaAddCmd) Help() string {
	return `The server compares what comes with the SHA-256 and size that the item declares, and keeps nothing else. What was cut off is
resumed: by itself while the network comes and goes, and by the same command once more after it ended. With --create an item that
is not there yet is declared first, by the file's digest and size.

Examples:

    releasegraph media add shop-2.0.0 shop-2.0.0.tar.gz --url http://127.0.0.1:8080
    releasegraph media add shop-2.0.0 shop-2.0.0.tar.gz --url https://releases.example.com --location paris
    releasegraph media add shop-2.0.0 shop-2.0.0.tar.gz --url http://127.0.0.1:8080 --create --product-version 2.0.0 --item shop-app`
}

// Run uploads the file.
func (c *mediaAddCmd) Run(r *running) error {
	if c.Sha256 != "" {
		if _, err := digest.Parse(c.Sha256); err != nil {
			return usagef("--sha256: %w", err)
		}
	}
	if err := c.mediaCreateFlags.check(); err != nil {
		return err
	}
	client, err := newMediaClient(r, c.URL)
	if err != nil {
		return err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || info.Size() == 0 {
		return usagef("%s: a content is a file that is not empty", c.File)
	}
	u := &mediaUpload{mediaClient: client, key: c.Key, file: f, size: info.Size(), location: c.Location, sha256: c.Sha256}
	if c.Create {
		if err := c.declare(r, c.URL, u); err != nil {
			return err
		}
	}
	if err := u.run(r); err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(r.Stdout).Encode(map[string]any{"key": c.Key, "sha256": u.sha256, "size": u.size})
	}
	r.say("%s: %d bytes are in the library, with the SHA-256 %s.\n", c.Key, u.size, u.sha256)
	return nil
}

// mediaUpload is a file on its way to a server, by the tus protocol.
type mediaUpload struct {
	*mediaClient
	key      string
	file     *os.File
	size     int64
	location string
	sha256   string // "": the item declares it
	at       string // where the server takes it
}

func (u *mediaUpload) run(r *running) error {
	show := r.progressOfBytes("uploading")
	defer show.end()
	return persist(r, func() (int64, error) {
		if u.at == "" {
			if err := u.begin(r); err != nil {
				return 0, err
			}
		}
		offset, err := u.offset(r)
		if err != nil || offset == u.size {
			return offset, u.forget(err)
		}
		return offset, u.forget(u.rest(r, offset, show))
	})
}

// forget has an upload begun anew that the server no longer knows.
func (u *mediaUpload) forget(err error) error {
	var refused *mediaRefused
	if errors.As(err, &refused) && refused.status == http.StatusNotFound && u.at != "" {
		u.at, refused.status, refused.decided = "", http.StatusConflict, false
	}
	return err
}

func tusHeaders(pairs ...string) http.Header {
	h := http.Header{"Tus-Resumable": {"1.0.0"}}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

// begin tells the server what is to come. An upload of the same that was cut off
// is found again.
func (u *mediaUpload) begin(ctx context.Context) error {
	err := u.announce(ctx)
	var refused *mediaRefused
	if errors.As(err, &refused) && refused.field == "sha256" && u.sha256 == "" {
		// Nobody has declared it yet.
		if err := u.hash(ctx); err != nil {
			return err
		}
		return u.announce(ctx)
	}
	return err
}

func (u *mediaUpload) announce(ctx context.Context) error {
	var metadata []string
	for _, pair := range [][2]string{{"key", u.key}, {"location", u.location}, {"sha256", u.sha256}} {
		if pair[1] != "" {
			metadata = append(metadata, pair[0]+" "+base64.StdEncoding.EncodeToString([]byte(pair[1])))
		}
	}
	answer, err := u.send(ctx, http.MethodPost, u.server+server.UploadsPath,
		tusHeaders("Upload-Length", strconv.FormatInt(u.size, 10), "Upload-Metadata", strings.Join(metadata, ",")), nil, 0)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusCreated {
		return refusedMedia(answer)
	}
	at, err := answer.Request.URL.Parse(answer.Header.Get("Location"))
	if err != nil {
		return err
	}
	u.at = u.near(at)
	if d, err := digest.ParseHeader(answer.Header.Values("Repr-Digest")); err == nil {
		u.sha256 = d.String()
	}
	return nil
}

// near is a path of the server's, below the address by which it is reached: a
// token is sent nowhere else.
func (u *mediaUpload) near(at *url.URL) string {
	_, id, _ := strings.Cut(at.Path, server.UploadsPath)
	return u.server + server.UploadsPath + id
}

// hash works out the digest of the file.
func (u *mediaUpload) hash(ctx context.Context) error {
	show := u.r.progressOfBytes("hashing")
	defer show.end()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	sum := sha256.New()
	if _, err := io.Copy(sum, watch(io.NewSectionReader(u.file, 0, u.size), 0, u.size, show, stop)); err != nil {
		return err
	}
	u.sha256 = digest.SHA256(sum.Sum(nil)).String()
	return context.Cause(ctx)
}

// offset asks how much is there.
func (u *mediaUpload) offset(ctx context.Context) (int64, error) {
	answer, err := u.send(ctx, http.MethodHead, u.at, tusHeaders(), nil, 0)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return 0, refusedMedia(answer)
	}
	at, err := strconv.ParseInt(answer.Header.Get("Upload-Offset"), 10, 64)
	if err != nil || at < 0 || at > u.size {
		return 0, &lastingError{fmt.Errorf("the server says that %q of %d bytes are there", answer.Header.Get("Upload-Offset"), u.size)}
	}
	return at, nil
}

// rest sends what is not there yet.
func (u *mediaUpload) rest(ctx context.Context, offset int64, show *progress) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	body := watch(io.NewSectionReader(u.file, offset, u.size-offset), offset, u.size, show, stop)
	defer body.stall.Stop()
	answer, err := u.send(ctx, http.MethodPatch, u.at,
		tusHeaders("Upload-Offset", strconv.FormatInt(offset, 10), "Content-Type", "application/offset+octet-stream"), io.NopCloser(body), u.size-offset)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusNoContent {
		return refusedMedia(answer)
	}
	return nil
}
