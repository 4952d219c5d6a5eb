package cloudevent_test

import (
	"encoding/json"
	"regexp"
	"testing"
	"time"

	"github.com/cdevents/sdk-go/pkg/api"
	v05 "github.com/cdevents/sdk-go/pkg/api/v05"
	cloudevents "github.com/cloudevents/sdk-go/v2/event"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/cloudevent"
	"releasegraph/internal/happening"
)

var (
	site     = happening.Named{Kind: "Site", ID: "s1", Key: "par 1"}
	item     = happening.Named{Kind: "ConfigurationItem", ID: "i1", Key: "pay/ment"}
	release  = happening.Named{Kind: "Release", ID: "r1", Key: "R-1"}
	rollout  = happening.Named{Kind: "SiteRollout", ID: "o1", Key: "D-par"}
	upgrade  = map[string]happening.Difference{"version": {Before: "1.0", After: "1.1"}}
	envelope = cloudevent.Envelope{ID: "7.1", Source: "urn:releasegraph"}
)

func happened(kind string, subject happening.Named, to *happening.Named, changes map[string]happening.Difference, concerns ...happening.Named) *happening.Event {
	return &happening.Event{
		Revision: 7, Place: 1, Of: 1, Type: kind, At: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC), Actor: "ann", Source: "api",
		Subject: subject, To: to, Changes: changes, Concerns: concerns,
	}
}

// What is written is valid by the published schemas of CDEvents, and holds the event.
func TestWhatHasATypeOfCDEventsIsWrittenByTheirSchemas_E3(t *testing.T) {
	for _, c := range []struct {
		event                           *happening.Event
		kind, subject, artifact, within string
	}{
		{happened("deployment.site.installed", rollout, nil, nil, release, site), "service.deployed", "Release/R-1", "pkg:generic/R-1", "Site/par 1"},
		{happened("deployment.site.backed_out", rollout, nil, nil, release, site), "service.rolledback", "Release/R-1", "pkg:generic/R-1", "Site/par 1"},
		{happened("relationship.installed_at.created", item, &site, upgrade), "service.deployed", "ConfigurationItem/pay/ment", "pkg:generic/pay%2Fment@1.1", "Site/par 1"},
		{happened("relationship.installed_at.changed", item, &site, upgrade), "service.upgraded", "ConfigurationItem/pay/ment", "pkg:generic/pay%2Fment@1.1", "Site/par 1"},
		{happened("relationship.installed_at.removed", item, &site, nil), "service.removed", "ConfigurationItem/pay/ment", "", "Site/par 1"},
		{happened("site.created", site, nil, nil), "environment.created", "Site/par 1", "", ""},
		{happened("site.changed", site, nil, nil), "environment.modified", "Site/par 1", "", ""},
		{happened("site.removed", site, nil, nil), "environment.deleted", "Site/par 1", "", ""},
		{happened("test_environment.created", site, nil, nil), "environment.created", "Site/par 1", "", ""},
		{happened("test_environment.changed", site, nil, nil), "environment.modified", "Site/par 1", "", ""},
		{happened("test_environment.removed", site, nil, nil), "environment.deleted", "Site/par 1", "", ""},
		// Also what names nothing is valid.
		{happened("deployment.site.installed", rollout, nil, nil), "service.deployed", "Release/unknown", "pkg:generic/unknown", "Site/unknown"},
		{happened("relationship.installed_at.created", item, &site, nil), "service.deployed", "ConfigurationItem/pay/ment", "pkg:generic/pay%2Fment", "Site/par 1"},
	} {
		name, has := cloudevent.CDEvent(c.event)
		require.True(t, has, c.event.Type)
		require.Equal(t, "dev.cdevents."+c.kind+".0.3.0", name)
		body, err := cloudevent.EncodeCD(c.event, envelope)
		require.NoError(t, err)
		var outer cloudevents.Event
		require.NoError(t, json.Unmarshal(body, &outer))
		require.NoError(t, outer.Validate())
		require.Equal(t, []string{name, "7.1", "urn:releasegraph", c.subject}, []string{outer.Type(), outer.ID(), outer.Source(), outer.Subject()})
		inner, err := v05.NewFromJsonBytes(outer.Data())
		require.NoError(t, err)
		require.NoError(t, api.Validate(inner), c.event.Type)
		require.Equal(t, []string{name, c.subject, "7.1"}, []string{inner.GetType().String(), inner.GetSubjectId(), inner.GetId()})
		var read struct {
			Subject struct {
				Content struct {
					ArtifactID  string
					Environment struct{ ID string }
				}
			}
			CustomData happening.Event
		}
		require.NoError(t, json.Unmarshal(outer.Data(), &read))
		require.Equal(t, []string{c.artifact, c.within}, []string{read.Subject.Content.ArtifactID, read.Subject.Content.Environment.ID})
		require.Equal(t, c.event.Type, read.CustomData.Type)
	}
}

func TestWhatCDEventsDoNotKnowHasNoTypeOfTheirs_E3(t *testing.T) {
	for _, e := range []*happening.Event{
		happened("release.accepted", release, nil, nil),
		happened("relationship.installed_at.changed", item, &site, map[string]happening.Difference{"licence": {After: "L1"}}),
		happened("deployment.site.failed", rollout, nil, nil, release, site),
	} {
		_, has := cloudevent.CDEvent(e)
		require.False(t, has, e.Type)
		_, err := cloudevent.EncodeCD(e, envelope)
		require.Error(t, err)
	}
}

// Each type of the table is one of the catalogue.
func TestTheTableOfCDEventsNamesTypesThatThereAre_E3(t *testing.T) {
	rows := regexp.MustCompile("(?m)^\\| `([a-z_.]+)` \\| `dev.cdevents.").FindAllStringSubmatch(cloudevent.CDCatalogue(), -1)
	require.Len(t, rows, 11)
	for _, row := range rows {
		require.True(t, happening.Names(row[1]), row[1])
	}
}
