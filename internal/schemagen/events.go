package main

import (
	"releasegraph/internal/cloudevent"
	"releasegraph/internal/happening"
)

const (
	eventsPath      = "docs/events_gen.md"
	eventSchemaPath = "docs/events_gen.schema.json"
)

const eventsPreface = `# The types of events

Made from the code by ` + "`go generate`" + `; do not edit it. [Events](events.md) tells what they are for. Types stay as they are; more may come.
[events_gen.schema.json](events_gen.schema.json) is the JSON Schema of each, under its name in ` + "`$defs`" + `.

`

const cdEventsPreface = `
## CDEvents

These have a type of [CDEvents](https://cdevents.dev) 0.5, which [webhooks](webhooks.md#cdevents) and [streams](streams.md#cdevents) can speak. An installation is upgraded where its version differs.

`

// events tells which events there are, as Markdown, and what each holds, as JSON Schema.
func events() (map[string]string, error) {
	schema, err := happening.Schema()
	if err != nil {
		return nil, err
	}
	return map[string]string{eventsPath: eventsPreface + happening.Catalogue() + cdEventsPreface + cloudevent.CDCatalogue(), eventSchemaPath: string(schema) + "\n"}, nil
}
