package pipeline

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"releasegraph/internal/app/pipeline"
)

// cdEvent are the fields of CDEvents of services that are read.
type cdEvent struct {
	Context struct {
		ID        string    `json:"id"`
		Type      string    `json:"type"`
		Timestamp time.Time `json:"timestamp"`
	} `json:"context"`
	Subject struct {
		ID      string `json:"id"`
		Content struct {
			Environment struct {
				ID string `json:"id"`
			} `json:"environment"`
			ArtifactID string `json:"artifactId"`
		} `json:"content"`
	} `json:"subject"`
}

// serviceEvents is what all types of events of services begin with.
const serviceEvents = "dev.cdevents.service."

// readEvent reads a CDEvent as a CloudEvent, in either mode of its HTTP binding.
// https://github.com/cdevents/spec/blob/main/cloudevents-binding.md
func (s *Source) readEvent(header http.Header, body []byte) (t Told, err error) {
	data, err := dataOf(header, body)
	if err != nil {
		return t, err
	}
	var e cdEvent
	if err := decode(data, &e); err != nil {
		return t, err
	}
	deed, _, _ := strings.Cut(strings.TrimPrefix(e.Context.Type, serviceEvents), ".")
	switch {
	case !strings.HasPrefix(e.Context.Type, serviceEvents):
		return t, &Unreadable{"context.type", fmt.Sprintf("is %q: what is read are %sdeployed, upgraded, rolledback and removed", e.Context.Type, serviceEvents)}
	case e.Context.ID == "":
		return t, &Unreadable{"context.id", "is missing"}
	case e.Context.Timestamp.IsZero():
		return t, &Unreadable{"context.timestamp", "is missing"}
	case e.Subject.ID == "":
		return t, &Unreadable{"subject.id", "is missing: which service?"}
	}
	t.ID, t.State, t.At, t.Environment = e.Context.ID, pipeline.Succeeded, e.Context.Timestamp, e.Subject.Content.Environment.ID
	t.Description = fmt.Sprintf("%s of %s %s", deed, e.Subject.ID, e.Subject.Content.ArtifactID)
	version := versionOf(artifactVersion(e.Subject.Content.ArtifactID))
	switch deed {
	case "deployed", "upgraded", "rolledback": // what runs since then is the artifact that it names
		if version == "" {
			return t, &Unreadable{"subject.content.artifactId", fmt.Sprintf("is %q: a package URL with a version is needed, such as pkg:oci/shop@6.0.0", e.Subject.Content.ArtifactID)}
		}
		t.Release = fill(s.Release, version, version, "", e.Subject.ID)
	case "removed":
		if s.Removed == "" {
			return t, &Unreadable{"context.type", "a service was removed: name the release that removes it as removed in the file of serve --deployments"}
		}
		t.Release = fill(s.Removed, version, version, "", e.Subject.ID)
	case "published":
		return t, ErrNothing
	default:
		return t, &Unreadable{"context.type", fmt.Sprintf("is %q, which is no event of a service that is known", e.Context.Type)}
	}
	return t, nil
}

// dataOf is the data of a CloudEvent: the body, or what stands in it as data.
func dataOf(header http.Header, body []byte) ([]byte, error) {
	kind, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	switch {
	case err == nil && kind == "application/cloudevents+json":
		var e struct {
			SpecVersion string          `json:"specversion"`
			Data        json.RawMessage `json:"data"`
		}
		if err := decode(body, &e); err != nil {
			return nil, err
		}
		if e.SpecVersion != "1.0" || len(e.Data) == 0 {
			return nil, &Unreadable{"the event", "is no CloudEvent of version 1.0 with data"}
		}
		return e.Data, nil
	case header.Get("Ce-Specversion") == "1.0":
		return body, nil
	}
	return nil, &Unreadable{"the event", "is no CloudEvent: send application/cloudevents+json, or the headers ce-specversion, ce-id, ce-source and ce-type"}
}

// artifactVersion is the version that a package URL names: that of pkg:oci/shop@6.0.0?arch=amd64
// is 6.0.0.
func artifactVersion(purl string) string {
	rest, is := strings.CutPrefix(purl, "pkg:")
	if !is {
		return ""
	}
	rest, _, _ = strings.Cut(rest, "#")
	rest, qualifiers, _ := strings.Cut(rest, "?")
	if values, err := url.ParseQuery(qualifiers); err == nil && values.Get("tag") != "" {
		return values.Get("tag") // the version of an image is a digest
	}
	at := strings.LastIndex(rest, "@")
	if at < 0 {
		return ""
	}
	version, err := url.PathUnescape(rest[at+1:])
	if err != nil {
		return ""
	}
	return version
}
