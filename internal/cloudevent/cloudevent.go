// Package cloudevent writes domain events as CloudEvents 1.0, in JSON.
package cloudevent

import (
	"fmt"

	cloudevents "github.com/cloudevents/sdk-go/v2/event"

	"releasegraph/internal/happening"
)

// MediaType is that of an event in JSON.
const MediaType = cloudevents.ApplicationCloudEventsJSON

// ID names an event for good: by the revision of its change set, and its place in there.
func ID(e *happening.Event) string { return fmt.Sprintf("%d.%d", e.Revision, e.Place) }

// Envelope is what an event is sent in.
type Envelope struct {
	ID     string
	Source string // which estate it comes from
	Again  bool   // it is sent once more because somebody asked for it
}

// Encode writes an event.
func Encode(e *happening.Event, in Envelope) ([]byte, error) {
	c := enveloped(e, in)
	return finished(&c, e)
}

// enveloped is the envelope of an event. Its sequence grows with the log, as a text.
func enveloped(e *happening.Event, in Envelope) cloudevents.Event {
	c := cloudevents.New(cloudevents.CloudEventsVersionV1)
	c.SetID(in.ID)
	c.SetSource(in.Source)
	c.SetType(e.Type)
	c.SetSubject(e.Subject.Kind + "/" + e.Subject.Key)
	c.SetTime(e.At)
	c.SetDataSchema(happening.SchemaID)
	c.SetExtension("sequence", fmt.Sprintf("%019d.%06d", e.Revision, e.Place))
	c.SetExtension("partitionkey", e.Subject.ID)
	if e.RequestID != "" {
		c.SetExtension("correlationid", e.RequestID)
	}
	if in.Again {
		c.SetExtension("resent", true)
	}
	return c
}
