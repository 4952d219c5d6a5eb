package server

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

// assets are files that are kept compressed. They are sent as they are kept;
// the rare client that takes no gzip gets them unpacked.
type assets map[string]*asset

type asset struct {
	packed      []byte
	contentType string
	tag         string
}

// contentTypes does not ask the machine, whose table may know less.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".txt":  "text/plain; charset=utf-8",
}

func readAssets(files fs.FS) (assets, error) {
	all := assets{}
	err := fs.WalkDir(files, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		packed, err := fs.ReadFile(files, file)
		if err != nil {
			return err
		}
		name := strings.TrimSuffix(file, ".gz")
		all[name] = newAsset(name, packed)
		return nil
	})
	return all, err
}

func newAsset(name string, packed []byte) *asset {
	sum := sha256.Sum256(packed)
	contentType := contentTypes[path.Ext(name)]
	if contentType == "" {
		contentType = mime.TypeByExtension(path.Ext(name))
	}
	return &asset{packed: packed, contentType: contentType, tag: base64.RawURLEncoding.EncodeToString(sum[:12])}
}

// serve sends the named file; the tag is strong, so it differs between the
// packed and the unpacked form.
func (all assets) serve(w http.ResponseWriter, r *http.Request, name string) {
	a := all[name]
	if a == nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.contentType)
	h.Set("Cache-Control", "no-cache") // ask each time; the tag answers
	h.Add("Vary", "Accept-Encoding")
	if !acceptsGzip(r) {
		a.unpacked(w, r)
		return
	}
	h.Set("ETag", `"`+a.tag+`"`)
	if hasTag(r, a.tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Encoding", "gzip")
	w.Write(a.packed)
}

func (a *asset) unpacked(w http.ResponseWriter, r *http.Request) {
	tag := a.tag + "-plain"
	w.Header().Set("ETag", `"`+tag+`"`)
	if hasTag(r, tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	unpacking, err := gzip.NewReader(bytes.NewReader(a.packed))
	if err != nil {
		http.Error(w, "a damaged file", http.StatusInternalServerError)
		return
	}
	// A failure here is the client's going away.
	_, _ = io.Copy(w, unpacking)
}

func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, parameters, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			return !strings.HasPrefix(strings.ReplaceAll(parameters, " ", ""), "q=0") || strings.Contains(parameters, "0.")
		}
	}
	return false
}

func hasTag(r *http.Request, tag string) bool {
	for part := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		if strings.TrimPrefix(strings.TrimSpace(part), "W/") == `"`+tag+`"` {
			return true
		}
	}
	return false
}
