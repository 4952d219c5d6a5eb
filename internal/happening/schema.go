package happening

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// SchemaID is the name of the JSON Schema of events.
const SchemaID = "urn:releasegraph:events"

// Schema returns the JSON Schema of the events of all types: a definition for each, under
// its name.
func Schema() ([]byte, error) {
	definitions := schema{"named": namedSchema, "event": eventSchema(), "changes.Webhook": changesSchema(nil)}
	for _, k := range entity.Kinds() {
		definitions["changes."+k.Name] = changesSchema(k.Fields)
	}
	for _, r := range entity.Relationships() {
		definitions["changes."+r.Name] = changesSchema(properties(r.Name))
	}
	for _, t := range types {
		definitions[t.Name] = typeSchema(t)
	}
	var each []schema
	for _, t := range types {
		each = append(each, schema{"$ref": "#/$defs/" + t.Name})
	}
	return json.MarshalIndent(schema{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SchemaID, "title": "Domain events",
		"oneOf": each, "$defs": definitions,
	}, "", " ")
}

// schema is an object of a JSON Schema.
type schema = map[string]any

var namedSchema = schema{
	"type": "object", "required": []string{"kind", "id", "key"}, "additionalProperties": false,
	"properties": schema{"kind": text, "id": text, "key": text},
}

var text, whole = schema{"type": "string"}, schema{"type": "integer", "minimum": 1}

// eventSchema is what all events have.
func eventSchema() schema {
	named := schema{"$ref": "#/$defs/named"}
	return schema{
		"type":     "object",
		"required": []string{"revision", "place", "of", "type", "at", "actor", "source", "subject", "changes", "concerns"},
		"properties": schema{
			"revision": whole, "place": whole, "of": whole, "type": text, "at": schema{"type": "string", "format": "date-time"},
			"actor": text, "reason": text, "source": text, "requestId": text, "subject": named, "to": named,
			"changes": schema{"type": "object"}, "concerns": schema{"type": "array", "items": named},
		},
		"additionalProperties": false,
	}
}

func typeSchema(t Type) schema {
	given := schema{"type": schema{"const": t.Name}}
	required := []string{}
	if t.Relationship != "" {
		given["changes"] = schema{"$ref": "#/$defs/changes." + t.Relationship}
		required = append(required, "to")
	} else {
		given["subject"] = schema{"properties": schema{"kind": schema{"const": t.Kind}}}
		given["changes"] = schema{"$ref": "#/$defs/changes." + t.Kind}
	}
	return schema{"description": strings.TrimSpace(t.Kind + " " + t.Doc), "allOf": []schema{{"$ref": "#/$defs/event"}}, "properties": given, "required": required}
}

// properties are those that a relationship can have, whatever it joins.
func properties(rel string) (list []entity.Field) {
	for _, r := range entity.RelationshipsNamed(rel) {
		list = append(list, r.Properties...)
	}
	return list
}

// changesSchema says which fields can differ, and of which type they are.
func changesSchema(fields []entity.Field) schema {
	given, patterns := schema{}, schema{}
	for i := range fields {
		f := &fields[i]
		either := schema{"type": "object", "required": []string{"before", "after"}, "additionalProperties": false,
			"properties": schema{"before": valueSchema(f), "after": valueSchema(f)}}
		if f.Map {
			patterns["^"+strings.ReplaceAll(f.Name, ".", `\.`)+`\.`] = either
			continue
		}
		given[f.Name] = either
	}
	of := schema{"type": "object", "properties": given, "additionalProperties": false}
	if len(patterns) > 0 {
		of["patternProperties"] = patterns
	}
	return of
}

// jsonTypes are those of values that are stored.
var jsonTypes = map[store.Type]string{
	store.String: "string", store.Int: "integer", store.Float: "number", store.Bool: "boolean", store.Time: "string", store.Strings: "array",
}

func valueSchema(f *entity.Field) schema {
	switch {
	case f.Object:
		return schema{}
	case f.Enum != nil && f.Kind == store.String:
		values := make([]any, 0, len(f.Enum)+1)
		for _, v := range f.Enum {
			values = append(values, v)
		}
		return schema{"enum": append(values, nil)}
	}
	of := schema{"type": []string{jsonTypes[f.Kind], "null"}}
	switch f.Kind {
	case store.Time:
		of["format"] = "date-time"
	case store.Strings:
		of["items"] = text
	}
	return of
}

// Catalogue lists all types in a page of the documentation.
func Catalogue() string {
	var b strings.Builder
	groups := map[string][]Type{}
	for _, t := range types {
		of := t.Kind
		if t.Relationship != "" {
			of = "relationships"
		}
		groups[of] = append(groups[of], t)
	}
	names := slices.Sorted(maps.Keys(groups))
	for _, name := range names {
		b.WriteString("## " + name + "\n\n| type | it tells that one |\n|---|---|\n")
		for _, t := range groups[name] {
			b.WriteString("| `" + t.Name + "` | " + t.Doc + " |\n")
		}
		b.WriteString("\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}
