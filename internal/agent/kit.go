package agent

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"releasegraph/internal/digest"
	"releasegraph/internal/plan/release"
)

// digestOf stands for a kit (L2); "" for none.
func digestOf(kit []Part) (string, error) {
	if len(kit) == 0 {
		return "", nil
	}
	items := make([]release.KitItem, len(kit))
	for i, p := range kit {
		items[i] = release.KitItem(p)
	}
	return release.KitDigest(items)
}

// kitFolder is where the kit of a job lies.
func (a *Agent) kitFolder(j *Job) string { return a.disk.path("jobs", j.Rollout.ID, "kit") }

func (a *Agent) partFile(j *Job, p Part) string { return a.kitFolder(j) + "/" + fileName(p.Key) }

// mostName is the longest name of a file, less what is added while it comes.
const mostName = 200

// fileName is the name of a kit part's file: its key, with what no name may hold escaped as
// in addresses. One that would be too long is named by its digest.
func fileName(key string) string {
	var b strings.Builder
	for i, c := range []byte(key) {
		plain := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_+@=", c) >= 0 || c == '.' && i > 0
		if plain {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	if b.Len() > mostName {
		return digest.Of([]byte(key)).String()
	}
	return b.String()
}

// fetch brings the parts of a kit that are not there, or are not right.
func (a *Agent) fetch(ctx context.Context, j *Job) error {
	if err := os.MkdirAll(a.kitFolder(j), 0o700); err != nil {
		return &DiskError{err}
	}
	for _, p := range j.Kit {
		if right(a.partFile(j, p), p) == nil {
			continue
		}
		for _, old := range []string{a.partFile(j, p), a.partFile(j, p) + ".part"} {
			if err := os.Remove(old); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return &DiskError{err}
			}
		}
		if err := a.Server.Fetch(ctx, p.Key, a.partFile(j, p)); err != nil {
			return fmt.Errorf("%s: %w", p.Key, err)
		}
		if err := right(a.partFile(j, p), p); err != nil {
			return err
		}
	}
	return nil
}

// compare compares the whole kit with its digests (L2).
func (a *Agent) compare(j *Job) error {
	for _, p := range j.Kit {
		if err := right(a.partFile(j, p), p); err != nil {
			return err
		}
	}
	return nil
}

// right compares the file of a part with its digest.
func right(file string, p Part) error {
	want, err := digest.Parse(p.Sha256)
	if err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return err
	}
	if got := digest.SHA256(sum.Sum(nil)); got != want {
		return fmt.Errorf("%s: %w", p.Key, &digest.MismatchError{Want: want, Got: got})
	}
	return nil
}
