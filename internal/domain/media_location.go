package domain

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// mediaSchemes are the sorts of place where the bytes of a media item may be: in
// the library ("sha256/…"), or by reference.
var mediaSchemes = []string{"file", "s3", "oci"}

// CheckMediaLocation says what is wrong with where the bytes of a media item are:
// its path is plain, and what is in a registry is pinned by a digest.
func CheckMediaLocation(s string) error {
	if digest, kept := strings.CutPrefix(s, "sha256/"); kept {
		return CheckSha256(digest)
	}
	u, err := url.Parse(s)
	if err != nil || !slices.Contains(mediaSchemes, u.Scheme) {
		return fmt.Errorf("%q is none of sha256/…, file:///…, s3://… and oci://…@sha256:…", s)
	}
	if slices.Contains(strings.Split(u.Path, "/"), "..") {
		return errors.New(`must not hold ".."`)
	}
	if _, digest, pinned := strings.Cut(u.Path, "@sha256:"); u.Scheme == "oci" && (!pinned || CheckSha256(digest) != nil) {
		return errors.New("must be pinned to a digest: oci://registry/repository@sha256:…")
	}
	return nil
}
