// Package cloudevent writes domain events as CloudEvents 1.0, in JSON.
package cloudevent

import (
	"encoding/json"
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

// Encode writes an event. Its sequence grows with the log, as a text.
func Encode(e *happening.Event, in Envelope) ([]byte, error) {
	c := cloudevents.New(cloudevents.CloudEventsVersionV1)
	c.SetID(in.ID)
	c.SetSource(in.Source)
	c.SetType(e.Type)
	c.SetSubject(e.Subject.Kind + "/" + e.Subject.Key)
	c.SetTime(e.At)
	c.SetDataSchema(happening.SchemaID)
	c.SetExtension("sequence", fmt.Sprintf("%019d.%06d", e.Revision, e.Place))
	c.SetExtension("partitionkey", e.Subject.ID)
	if in.Again {
		c.SetExtension("resent", true)
	}
	if err := c.SetData(cloudevents.ApplicationJSON, e); err != nil {
		return nil, err
	}
	if err := c.Validate(); err != nil {
		return nil, err
	}
	return json.Marshal(c)
}
