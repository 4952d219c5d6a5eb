package leaks_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/happening"
)

// value writes an argument or a part of one.
func (q *asker) value(name string, of *ast.Type, depth int) string {
	if of.Elem != nil {
		list := make([]string, 1+q.rand.IntN(2))
		for i := range list {
			list[i] = q.value(name, of.Elem, depth)
		}
		return "[" + strings.Join(list, ", ") + "]"
	}
	def := q.schema.Types[of.NamedType]
	switch def.Kind {
	case ast.Enum:
		switch def.Name {
		case "RecordKind":
			return entity.EnumOf(q.string("kind"))
		case "GraphKind":
			return entity.EnumOf(q.string("kinds"))
		}
		return pick(q.rand, def.EnumValues).Name
	case ast.InputObject:
		return q.object(name, def, depth)
	}
	return q.scalar(name, of.NamedType)
}

// newLink writes the end of a link that a new record is given.
func (q *asker) newLink(input string) (end string, ok bool) {
	for _, r := range entity.Relationships() {
		if input == "New"+r.Noun+"Input" {
			return fmt.Sprintf("{key: %q}", q.key(pick(q.rand, q.of(r.To)))), true
		}
	}
	return "", false
}

// object writes an input: all that it must have, and some more.
func (q *asker) object(name string, def *ast.Definition, depth int) string {
	switch def.Name {
	case "RecordRef":
		n := q.record(name)
		if q.rand.IntN(3) == 0 {
			return fmt.Sprintf("{id: %q}", n.id())
		}
		return fmt.Sprintf("{key: %q}", q.key(n))
	case "AsOf", "ImpactSourcesInput": // one of them
		f := pick(q.rand, def.Fields)
		return "{" + f.Name + ": " + q.value(f.Name, f.Type, depth+1) + "}"
	case "TimeRangeInput":
		return fmt.Sprintf("{from: %q, to: %q}", noon.Add(-48*time.Hour).Format(time.RFC3339), noon.AddDate(0, 0, 1+q.rand.IntN(20)).Format(time.RFC3339))
	}
	var given []string
	filter := strings.HasSuffix(def.Name, "Filter")
	only := -1
	if filter && def.Name != "EventFilter" { // one condition, most of the time
		only = q.rand.IntN(len(def.Fields))
	}
	for i, f := range def.Fields {
		nested := q.schema.Types[f.Type.Name()].Kind == ast.InputObject
		switch {
		case f.Type.NonNull && f.DefaultValue == nil, i == only && (!nested || depth < 4):
		case filter && only >= 0, depth > 3 && nested, q.rand.IntN(3) > 0:
			continue
		}
		if end, ok := q.newLink(def.Name); ok && f.Name == "to" {
			given = append(given, "to: "+end)
			continue
		}
		given = append(given, f.Name+": "+q.value(f.Name, f.Type, depth+1))
	}
	return "{" + strings.Join(given, ", ") + "}"
}

// kinds named by what an argument is called.
var namedBy = map[string]string{
	"item": item, "items": item, "service": item, "services": item, "stopat": item, "concerns": item, "site": site, "sites": site, "board": domain.KindBoard,
	"problem": domain.KindProblem, "changerequest": domain.KindChangeRequest, "changerequests": domain.KindChangeRequest,
	"model": domain.KindChangeModel, "freeze": domain.KindFreeze, "baseline": domain.KindBaseline, "unit": domain.KindReleaseUnit,
	"release": domain.KindRelease, "releases": domain.KindRelease, "policy": domain.KindReleasePolicy,
	"environment": domain.KindTestEnvironment, "testenvironment": domain.KindTestEnvironment,
}

// record chooses a record that an argument may be about, sometimes any.
func (q *asker) record(argument string) *node {
	kind := namedBy[strings.ToLower(argument)]
	if kind == "" {
		kind = q.kindOfRoot(argument)
	}
	if kind == "" || q.rand.IntN(8) == 0 {
		return pick(q.rand, q.nodes)
	}
	return pick(q.rand, q.of(kind))
}

// kindOfRoot is the kind that an operation is about: the one whose name it
// holds, or at an end of the relationship whose noun it holds.
func (q *asker) kindOfRoot(argument string) (kind string) {
	root := strings.ToLower(q.root)
	if root == "compareplans" {
		return domain.KindDeployment
	}
	for _, r := range entity.Relationships() {
		if strings.HasSuffix(root, "connect"+strings.ToLower(r.Noun)) {
			return map[string]string{"from": r.From, "to": r.To}[argument]
		}
	}
	for _, k := range entity.Kinds() {
		if strings.Contains(root, strings.ToLower(k.Name)) && len(k.Name) > len(kind) {
			kind = k.Name
		}
	}
	if kind == "" {
		return item
	}
	return kind
}

// scalar writes a value of a scalar, by what it is called.
func (q *asker) scalar(name, of string) string {
	switch of {
	case "Int":
		return fmt.Sprint(1 + q.rand.IntN(3))
	case "Float":
		return "1.5"
	case "Boolean":
		return pick(q.rand, []string{"true", "false"})
	case "DateTime":
		return fmt.Sprintf("%q", dawn.Add(time.Duration(q.rand.IntN(300))*time.Minute).Format(time.RFC3339))
	case "Revision":
		return fmt.Sprintf("%q", fmt.Sprint(q.rand.IntN(q.head+1)))
	case "Duration":
		return `"PT2H"`
	case "TimeZone":
		return `"Europe/Paris"`
	case "LocalDateTime":
		return `"2026-12-18T22:00"`
	case "RecurrenceRule":
		return `"FREQ=DAILY"`
	case "Attributes":
		return `{serial: "1"}`
	case "ID":
		return fmt.Sprintf("%q", q.record("id").id())
	}
	return fmt.Sprintf("%q", q.string(name))
}

func (q *asker) string(name string) string {
	switch strings.ToLower(name) {
	case "key", "keys", "eq", "ne", "in", "startswith", "baseline":
		if strings.HasPrefix(q.root, "create") || strings.HasPrefix(q.root, "update") { // that a key is taken is told
			return fmt.Sprintf("new-%d", q.rand.IntN(3))
		}
		return q.key(q.record("key"))
	case "kind":
		return pick(q.rand, []string{item, item, site, party, domain.KindChangeRequest})
	case "types": // of events
		return pick(q.rand, happening.Types()).Name
	case "kinds":
		return pick(q.rand, []string{item, site, domain.KindProblem, domain.RelInstalledAt, domain.RelDependsOn, domain.KindChangeRequest})
	case "relationships":
		return pick(q.rand, []string{domain.RelInstalledAt, domain.RelDependsOn, domain.RelAffects})
	case "attributes", "attribute", "byattributes":
		return "serial"
	case "actors", "assignee", "owner", "requester":
		return pick(q.rand, append([]string{"tool"}, people...))
	case "source", "sources":
		return "api"
	case "records":
		return fmt.Sprintf(`{"node":"Site","key":"new-%d","name":"N"}`, q.rand.IntN(3))
	}
	return pick(q.rand, slices.Concat(words, []string{"secret", "sealed", "1"}))
}
