package replays_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/app/acting"

	"github.com/vektah/gqlparser/v2/ast"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

const item, site = domain.KindConfigurationItem, domain.KindSite

// drawing is one mutation being drawn.
type drawing struct {
	*world
	root string
	edge *known // the link that a disconnect takes away
}

// known is a link that there is.
type known struct {
	from, to string
	props    store.Props
}

// document writes a mutation with arguments that are legal by type, and likely
// by what they are called.
func (w *world) document(name string) string {
	d := &drawing{world: w, root: name}
	if rel := d.relationship("disconnect"); rel != nil {
		d.edge = w.someEdge(rel)
	}
	field := w.schema.Mutation.Fields.ForName(name)
	var arguments []string
	for _, a := range field.Arguments {
		if a.Type.NonNull || a.Name == "options" && w.rand.IntN(3) > 0 {
			arguments = append(arguments, a.Name+": "+d.value(a.Name, a.Type, 0))
		}
	}
	return fmt.Sprintf("mutation { %s(%s) { __typename } }", name, strings.Join(arguments, ", "))
}

func (d *drawing) value(name string, of *ast.Type, depth int) string {
	if name == "signOffRoles" {
		return d.signOffs()
	}
	if of.Elem != nil {
		list := make([]string, 1+d.rand.IntN(2))
		for i := range list {
			list[i] = d.value(name, of.Elem, depth)
		}
		if len(list) == 2 && list[0] == list[1] {
			list = list[:1]
		}
		return "[" + strings.Join(list, ", ") + "]"
	}
	def := d.schema.Types[of.NamedType]
	switch def.Kind {
	case ast.Enum:
		return d.enum(name, def)
	case ast.InputObject:
		return d.object(name, def, depth)
	}
	return d.scalar(name, of.NamedType)
}

// enum prefers values with which much else can be done.
func (d *drawing) enum(name string, def *ast.Definition) string {
	if d.edge != nil {
		if v, ok := d.edge.props[name].(string); ok {
			return v
		}
	}
	if d.rand.IntN(2) == 0 {
		for _, good := range []string{"APPROVE", "SERVICE", "NONE", "STRING", "NORMAL", "FREQUENCY"} {
			if def.EnumValues.ForName(good) != nil {
				return good
			}
		}
	}
	return pick(d.world, def.EnumValues).Name
}

func (d *drawing) object(name string, def *ast.Definition, depth int) string {
	if text := d.policyPart(def.Name); text != "" {
		return text
	}
	switch def.Name {
	case "RecordRef":
		return fmt.Sprintf("{key: %q}", d.record(name))
	case "WriteOptions":
		if d.rand.IntN(9) == 0 {
			return "{dryRun: true}"
		}
		return fmt.Sprintf("{reason: %q}", pick(d.world, []string{"", "tidy up", "é \"q\"\n<&>"}))
	}
	var given []string
	one := def.Directives.ForName("oneOf") != nil || def.Name == "SinceInput"
	only := d.rand.IntN(len(def.Fields))
	for i, f := range def.Fields {
		if !d.gives(f, i == only, one) {
			continue
		}
		given = append(given, f.Name+": "+d.value(f.Name, f.Type, depth+1))
	}
	return "{" + strings.Join(given, ", ") + "}"
}

// gives decides whether a field of an input is given: what is needed always,
// little of an update and much of what is new.
func (d *drawing) gives(f *ast.FieldDefinition, chosen, one bool) bool {
	if one {
		return chosen
	}
	if f.Type.NonNull && f.DefaultValue == nil {
		return true
	}
	switch f.Name {
	case "ifVersion", "id":
		return false
	case "from", "to", "recurrence", "startsAt", "duration", "timeZone", "until":
		window := strings.HasSuffix(d.root, "MaintenanceWindow") || strings.HasSuffix(d.root, "Freeze")
		return window && (f.Name == "from" || f.Name == "to") && strings.HasPrefix(d.root, "create")
	case "minimum", "minimumPercent", "heldBy", "spdx", "signOffRoles", "kitSignature":
		return d.rand.IntN(9) == 0
	case "size":
		return strings.HasPrefix(d.root, "create")
	case "currency", "budgetPlanned": // an amount is one of some currency
		return strings.HasPrefix(d.root, "create")
	case "backOutKind", "plan", "mitigation", "backOutPlan", "justification", "everywhere", "plannedFrom", "plannedTo", "members", "symptoms", "workaround", "cause":
		return strings.HasPrefix(d.root, "create") || strings.HasPrefix(d.root, "diagnose") || d.rand.IntN(4) == 0
	}
	if d.edge != nil {
		return d.edge.props[f.Name] != nil
	}
	return chosen || d.rand.IntN(3) == 0
}

// kinds named by what an argument is called.
var namedBy = map[string]string{
	"item": item, "items": item, "service": item, "services": item, "concerns": item, "site": site, "sites": site, "board": domain.KindBoard,
	"problem": domain.KindProblem, "changerequest": domain.KindChangeRequest, "changerequests": domain.KindChangeRequest,
	"model": domain.KindChangeModel, "freeze": domain.KindFreeze, "baseline": domain.KindBaseline, "knownerror": domain.KindKnownError,
	"release": domain.KindRelease, "policy": domain.KindReleasePolicy,
}

// moving are the kinds that mutations move by verbs which do not name them.
var moving = map[string]string{
	"startBuild": domain.KindRelease, "submitForAcceptance": domain.KindRelease, "keepInForce": domain.KindRelease,
	"moveReleaseToPolicy": domain.KindRelease, "putPolicyInForce": domain.KindReleasePolicy, "retirePolicy": domain.KindReleasePolicy,
	"judgeMediaCriterion": domain.KindMediaItem,
	"deliverSpares":       domain.KindHardwareSpare, "withdrawSpares": domain.KindHardwareSpare, "reserveSpares": domain.KindHardwareSpare,
}

// record chooses a record that an argument may be about, by its key.
func (d *drawing) record(argument string) string {
	if d.edge != nil && argument == "from" {
		return d.edge.from
	}
	if d.edge != nil && argument == "to" {
		return d.edge.to
	}
	kind := namedBy[strings.ToLower(argument)]
	if kind == "" {
		kind = d.kindOfRoot(argument)
	}
	return d.someKey(kind)
}

// relationship is the one that the mutation writes by a verb, nil when it writes
// none so.
func (d *drawing) relationship(verb string) *entity.Relationship {
	for _, r := range entity.Relationships() {
		if d.root == verb+r.Noun {
			return r
		}
	}
	return nil
}

// kindOfRoot is the kind that an operation is about: the one whose name it
// holds, or at an end of the relationship whose noun it holds.
func (d *drawing) kindOfRoot(argument string) (kind string) {
	if r := d.relationship("connect"); r != nil {
		return map[string]string{"from": r.From, "to": r.To}[argument]
	}
	if kind := moving[d.root]; kind != "" {
		return kind
	}
	root := strings.ToLower(d.root)
	for _, k := range entity.Kinds() {
		if !k.ByVerbs && strings.Contains(root, strings.ToLower(k.Name)) && len(k.Name) > len(kind) {
			kind = k.Name
		}
	}
	if kind == "" {
		return domain.KindChangeRequest
	}
	return kind
}

// storied are the kinds of which stories tell, by keys that begin so.
var storied = []string{
	domain.KindChangeRequest, domain.KindRelease, domain.KindReleasePolicy, domain.KindMediaItem, domain.KindLicence, domain.KindHardwareSpare,
}

// someKey is the key of one of the newest records of a kind.
func (w *world) someKey(kind string) string {
	order := []store.Order{{Property: "createdAt", Descending: true}, {Property: "key"}}
	query := store.Query{Kind: kind, Order: order, First: 20}
	if slices.Contains(storied, kind) && w.rand.IntN(2) == 0 {
		query.Filter, query.First = store.Compare{Property: "key", Op: store.StartsWith, Value: "story"}, 6
	}
	page, err := w.store.Find(w.ctx, query)
	if err != nil {
		w.t.Fatal(err)
	}
	if len(page.Nodes) == 0 {
		return "nobody"
	}
	return pick(w, page.Nodes).Props["key"].(string)
}

// someEdge is a link of a relationship, nil when there is none.
func (w *world) someEdge(rel *entity.Relationship) *known {
	var all []*known
	page, err := w.store.Find(w.ctx, store.Query{Kind: rel.From, First: 200})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, n := range page.Nodes {
		edges, err := w.store.Edges(w.ctx, store.EdgeQuery{Nodes: []store.ID{n.ID}, Rel: rel.Name, Direction: store.Out, Kind: rel.To})
		if err != nil {
			w.t.Fatal(err)
		}
		for i, e := range edges[0].Edges {
			all = append(all, &known{n.Props["key"].(string), edges[0].Nodes[i].Props["key"].(string), e.Props})
		}
	}
	if len(all) == 0 {
		return nil
	}
	return pick(w, all)
}

// scalar writes a value of a scalar, by what it is called.
func (d *drawing) scalar(name, of string) string {
	switch of {
	case "Int":
		return fmt.Sprint(1 + d.rand.IntN(2))
	case "Float":
		return "1.5"
	case "Boolean":
		if name == "required" { // of an attribute: nothing could be created any more
			return "false"
		}
		if name == "everywhere" && strings.HasPrefix(d.root, "create") { // nothing is for nothing
			return "true"
		}
		return pick(d.world, []string{"true", "false"})
	case "DateTime":
		return fmt.Sprintf("%q", d.instant(name).Format(time.RFC3339))
	case "Revision":
		return fmt.Sprintf("%q", fmt.Sprint(1+d.rand.IntN(3)))
	case "Duration":
		return `"PT2H"`
	case "TimeZone":
		return `"Europe/Paris"`
	case "RecurrenceRule":
		return `"FREQ=DAILY"`
	case "Sha256":
		return fmt.Sprintf("%q", pick(d.world, digests))
	case "ByteSize":
		return fmt.Sprint(1 + d.rand.IntN(9))
	case "Decimal":
		return `"12.50"`
	case "Period":
		if name == "retention" { // longer than a release is watched
			return `"P3Y"`
		}
		return pick(d.world, []string{`"P14D"`, `"P1M"`})
	case "Attributes":
		return pick(d.world, []string{`{serial: "1"}`, `{serial: "2", rack: "é"}`, `{}`})
	}
	return fmt.Sprintf("%q", d.string(name))
}

// instant gives ends that lie after their beginnings, and now and then something
// that has just begun.
func (d *drawing) instant(name string) time.Time {
	switch lower := strings.ToLower(name); {
	case lower == "actualfrom": // what was done is over
		return d.now.Add(-2 * time.Hour).Truncate(time.Second)
	case lower == "actualto":
		return d.now.Add(-time.Hour).Truncate(time.Second)
	case strings.HasSuffix(lower, "to"), strings.HasSuffix(lower, "until"), strings.HasSuffix(lower, "end"), strings.HasPrefix(lower, "expires"):
		return d.now.Add(time.Duration(40+d.rand.IntN(100)) * time.Hour)
	case strings.HasPrefix(lower, "planned"):
		return d.now.Add(time.Duration(1+d.rand.IntN(30)) * time.Hour)
	}
	return d.now.Add(-time.Duration(d.rand.IntN(300)) * time.Minute).Truncate(time.Second)
}

func (d *drawing) string(name string) string {
	switch lower := strings.ToLower(name); lower {
	case "key":
		return fmt.Sprintf("%s-%d", strings.ToLower(strings.TrimLeft(d.root, "creatupd")), d.names)
	case "members", "requester", "assignee", "owner", "absent", "deputy", "seat", "for":
		return pick(d.world, people)
	case "records":
		return d.line()
	case "source", "sources":
		return pick(d.world, []string{"cmdb", "netbox"})
	case "attribute":
		return pick(d.world, []string{"rack", "serial"})
	case "version", "versions", "activeversion", "productversion", "fromversion", "toversion", "releaseversion":
		return pick(d.world, []string{"1.0.0", "2.1.0"})
	case "id":
		return d.someToken()
	case "currency":
		return "EUR"
	case "packagepattern":
		return "{year}.{month:02}"
	case "nametemplate":
		return "{name} {releaseVersion}"
	case "mediacriteria":
		return criterion
	case "text":
		if d.root == "judgeMediaCriterion" {
			return criterion
		}
	}
	return pick(d.world, []string{"slow", "disk é", "log\\in", "a \"word\""})
}

// line is one of an import.
func (d *drawing) line() string {
	return pick(d.world, []string{
		fmt.Sprintf(`{"node":"Site","key":"site-%d","name":"N"}`, d.names),
		fmt.Sprintf(`{"node":"ConfigurationItem","key":%q,"description":"brought"}`, d.someKey(item)),
		fmt.Sprintf(`{"edge":"DEPENDS_ON","from":%q,"to":%q,"kind":"USES","impact":"DEGRADED"}`, d.someKey(item), d.someKey(item)),
		fmt.Sprintf(`{"op":"remove","node":"Party","key":%q}`, d.someKey(domain.KindParty)),
	})
}

// someToken is the id of an API token.
func (w *world) someToken() string {
	list, err := w.app.Tokens.Tokens(acting.WithActor(w.ctx, domain.Actor{Name: "ann", Roles: []domain.Role{domain.Admin}}))
	if err != nil || len(list) == 0 {
		return "none"
	}
	return list[0].ID
}
