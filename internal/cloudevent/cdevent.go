package cloudevent

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2/event"

	"releasegraph/internal/domain"
	"releasegraph/internal/happening"
)

// cdSpec is the version of the specification of CDEvents that is spoken. Their own
// bindings bring the schemas of all versions, five megabytes, into each program; the tests
// hold what is written here to those.
const cdSpec = "0.5.0"

// cdType is a type of CDEvents.
type cdType struct {
	name, version string
	subject       func(*happening.Event) cdSubject
}

func (t cdType) String() string { return "dev.cdevents." + t.name + "." + t.version }

// cdTypes are the types of CDEvents that events have, by the types of these.
var cdTypes = map[string]cdType{
	"deployment.site.installed":         {"service.deployed", "0.3.0", releaseAtSite},
	"deployment.site.backed_out":        {"service.rolledback", "0.3.0", releaseAtSite},
	"relationship.installed_at.created": {"service.deployed", "0.3.0", itemAtSite},
	"relationship.installed_at.changed": {"service.upgraded", "0.3.0", itemAtSite},
	"relationship.installed_at.removed": {"service.removed", "0.3.0", itemGone},
	"site.created":                      {"environment.created", "0.3.0", environment},
	"site.changed":                      {"environment.modified", "0.3.0", environment},
	"site.removed":                      {"environment.deleted", "0.3.0", environment},
	"test_environment.created":          {"environment.created", "0.3.0", environment},
	"test_environment.changed":          {"environment.modified", "0.3.0", environment},
	"test_environment.removed":          {"environment.deleted", "0.3.0", environment},
}

// version is the field of an installation that says what is installed.
const version = "version"

// CDEvent returns the type of CDEvents that an event has, and whether it has one. An
// installation is upgraded where its version differs, and else nothing that CDEvents know.
func CDEvent(e *happening.Event) (name string, has bool) {
	t, has := cdTypes[e.Type]
	if _, differs := e.Changes[version]; t.name == "service.upgraded" && !differs {
		return "", false
	}
	return t.String(), has
}

// cdContext is what a CDEvent says of itself.
type cdContext struct {
	SpecVersion string    `json:"specversion"`
	ID          string    `json:"id"`
	Source      string    `json:"source"`
	Type        string    `json:"type"`
	Timestamp   time.Time `json:"timestamp"`
}

// cdSubject is what a CDEvent is about.
type cdSubject struct {
	ID      string    `json:"id"`
	Source  string    `json:"source,omitempty"`
	Content cdContent `json:"content"`
}

type cdContent struct {
	Name        string       `json:"name,omitempty"`
	ArtifactID  string       `json:"artifactId,omitempty"`
	Environment *cdReference `json:"environment,omitempty"`
}

type cdReference struct {
	ID string `json:"id"`
}

// EncodeCD writes an event that has a type of CDEvents as that, with itself as its data.
func EncodeCD(e *happening.Event, in Envelope) ([]byte, error) {
	name, has := CDEvent(e)
	if !has {
		return nil, fmt.Errorf("%s has no type of CDEvents", e.Type)
	}
	subject := cdTypes[e.Type].subject(e)
	subject.Source = in.Source
	c := enveloped(e, in)
	c.SetType(name)
	c.SetSubject(subject.ID)
	c.SetDataSchema("")
	return finished(&c, struct {
		Context               cdContext        `json:"context"`
		Subject               cdSubject        `json:"subject"`
		CustomData            *happening.Event `json:"customData"`
		CustomDataContentType string           `json:"customDataContentType"`
	}{cdContext{cdSpec, in.ID, in.Source, name, e.At}, subject, e, cloudevents.ApplicationJSON})
}

// releaseAtSite is the release that a site got, or lost again.
func releaseAtSite(e *happening.Event) cdSubject {
	release := concerning(e, domain.KindRelease)
	return cdSubject{ID: id(release), Content: cdContent{ArtifactID: purl(release.Key, ""), Environment: &cdReference{id(concerning(e, domain.KindSite))}}}
}

// itemAtSite is the item that a site has in some version.
func itemAtSite(e *happening.Event) cdSubject {
	installed, _ := e.Changes[version].After.(string)
	s := itemGone(e)
	s.Content.ArtifactID = purl(e.Subject.Key, installed)
	return s
}

// itemGone is the item that a site has no more.
func itemGone(e *happening.Event) cdSubject {
	at := concerning(e, domain.KindSite)
	if e.To != nil {
		at = *e.To
	}
	return cdSubject{ID: id(e.Subject), Content: cdContent{Environment: &cdReference{id(at)}}}
}

func environment(e *happening.Event) cdSubject {
	return cdSubject{ID: id(e.Subject), Content: cdContent{Name: e.Subject.Key}}
}

// concerning is the record of a kind that an event is about besides its subject.
func concerning(e *happening.Event, kind string) happening.Named {
	for _, n := range e.Concerns {
		if n.Kind == kind {
			return n
		}
	}
	return happening.Named{Kind: kind}
}

// id names a record as the subject of a CloudEvent does.
func id(n happening.Named) string { return n.Kind + "/" + cmp.Or(n.Key, n.ID, "unknown") }

// purl is a package URL of what has no other home.
func purl(name, version string) string {
	text := "pkg:generic/" + url.PathEscape(name)
	if name == "" {
		text = "pkg:generic/unknown"
	}
	if version != "" {
		text += "@" + url.PathEscape(version)
	}
	return text
}

// CDCatalogue lists which events have a type of CDEvents, as Markdown.
func CDCatalogue() string {
	var b strings.Builder
	b.WriteString("| type | CDEvents |\n|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(cdTypes)) {
		fmt.Fprintf(&b, "| `%s` | `%s` |\n", name, cdTypes[name])
	}
	return b.String()
}

// finished gives a CloudEvent its data, and writes it.
func finished(c *cloudevents.Event, data any) ([]byte, error) {
	if err := c.SetData(cloudevents.ApplicationJSON, data); err != nil {
		return nil, err
	}
	if err := c.Validate(); err != nil {
		return nil, err
	}
	return json.Marshal(c)
}
