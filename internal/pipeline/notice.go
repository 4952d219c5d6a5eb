package pipeline

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"releasegraph/internal/app/pipeline"
)

// Told is a notice, and by which name its sender has the environment.
type Told struct {
	pipeline.Notice
	Environment string
}

// own is the notice as POST /deployments takes it.
type own struct {
	ID          string         `json:"id"`
	Party       string         `json:"party"`
	Release     string         `json:"release"`
	Unit        string         `json:"unit"`
	Version     string         `json:"version"`
	Site        string         `json:"site"`
	Sites       []string       `json:"sites"`
	Environment string         `json:"environment"`
	State       pipeline.State `json:"state"`
	At          time.Time      `json:"at"`
	From        *time.Time     `json:"from"`
	Until       *time.Time     `json:"until"`
	URL         string         `json:"url"`
}

// Read reads a notice in our own words.
func Read(body []byte) (Told, error) {
	var o own
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&o); err != nil {
		return Told{}, &Unreadable{"the notice", "is no JSON object of party, release or unit and version, site or sites or environment, state, at, from, until, url and id: " + err.Error()}
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Told{}, &Unreadable{"the notice", "is followed by something: send one at a time"}
	}
	if o.Site != "" {
		o.Sites = append(o.Sites, o.Site)
	}
	if len(o.Sites) > 0 && o.Environment != "" {
		return Told{}, &Unreadable{"environment", "is given, and sites, too: give one of them"}
	}
	return Told{pipeline.Notice{
		ID: o.ID, Party: o.Party, Release: o.Release, Unit: o.Unit, Version: o.Version, Sites: o.Sites, State: o.State, At: o.At, From: o.From, Until: o.Until,
		Description: o.URL,
	}, o.Environment}, nil
}

// Read reads what a source tells, in its own words.
func (s *Source) Read(header http.Header, body []byte) (t Told, err error) {
	switch s.Kind {
	case GitHub:
		t, err = s.readGitHub(header.Get("X-GitHub-Event"), body)
	case GitLab:
		t, err = s.readGitLab(header.Get("X-Gitlab-Event"), body)
	default:
		t, err = s.readEvent(header, body)
	}
	t.Party = s.Party
	if err == nil && t.Release == "" {
		return t, &Unreadable{"release", "the source does not say which release it tells of: give it a template, such as release: \"SHOP-{version}\", in the file of serve --deployments"}
	}
	return t, err
}

// decode reads JSON, of which fields that are not known are left aside.
func decode(body []byte, into any) error {
	if err := json.Unmarshal(body, into); err != nil {
		return &Unreadable{"the body", "is not the JSON that was expected: " + err.Error()}
	}
	return nil
}

var numbered = regexp.MustCompile(`^v[0-9]`)

// versionOf is the version that a tag names: that of refs/tags/v6.0.0 is 6.0.0.
func versionOf(ref string) string {
	for _, prefix := range []string{"refs/tags/", "refs/heads/"} {
		ref = strings.TrimPrefix(ref, prefix)
	}
	if numbered.MatchString(ref) {
		return ref[1:]
	}
	return ref
}
