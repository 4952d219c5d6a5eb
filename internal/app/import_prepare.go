package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"maps"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// ImportItem is a record or relationship that was checked by itself: its form
// and its fields, by the same rules as in the API.
type ImportItem struct {
	kind     *entity.Kind         // of a record
	rel      *entity.Relationship // of a relationship
	end      ImportEnd            // the record
	from, to ImportEnd            // of the relationship
	values   map[string]any       // what was given
	props    store.Props          // what is stored of it when it is new
	ifNew    domain.Errors
	stub     bool
	remove   bool
	at       time.Time
	formerly string
	sources  []domain.FieldSource
}

// Removes tells that the record or relationship is to go.
func (i *ImportItem) Removes() bool { return i.remove }

// At is when it was so, zero where the file does not say.
func (i *ImportItem) At() time.Time { return i.at }

// IsEdge tells a relationship from a record.
func (i *ImportItem) IsEdge() bool { return i.rel != nil }

// Stub tells that the record need only exist.
func (i *ImportItem) Stub() bool { return i.stub }

// End names the record.
func (i *ImportItem) End() ImportEnd { return i.end }

// From is where the relationship starts.
func (i *ImportItem) From() ImportEnd { return i.from }

// To is where the relationship ends.
func (i *ImportItem) To() ImportEnd { return i.to }

// IfNew tells what is missing unless the record exists already.
func (i *ImportItem) IfNew() domain.Errors { return i.ifNew }

// node is what is stored of the record when it is new.
func (i *ImportItem) node() store.Node { return store.Node{Kind: i.kind.Name, Props: i.props} }

// IsTree tells that the relationship leads from a record to its only parent of
// the same kind.
func (i *ImportItem) IsTree() bool { return i.IsEdge() && i.rel.ToOne && i.rel.From == i.rel.To }

// Name is the kind of the record, or the name of the relationship.
func (i *ImportItem) Name() string {
	if i.IsEdge() {
		return i.rel.Name
	}
	return i.kind.Name
}

// Line is the item in the interchange format.
func (i *ImportItem) Line() ([]byte, error) {
	fields := maps.Clone(i.values)
	if i.IsEdge() {
		fields["edge"], fields["from"], fields["to"] = i.rel.Name, i.from.String(), i.to.String()
	} else {
		fields["node"] = i.kind.Name
	}
	i.addExtras(fields)
	return json.Marshal(fields)
}

// String names the record or relationship in a message.
func (i *ImportItem) String() string {
	if i.IsEdge() {
		return fmt.Sprintf("%s from %s to %s", i.rel.Name, i.from, i.to)
	}
	return i.end.String()
}

// Fingerprint is short for what the item is about. A relationship of which a
// record has at most one is told by its start alone.
func (i *ImportItem) Fingerprint() Fingerprint {
	switch {
	case !i.IsEdge():
		return i.end.Fingerprint()
	case i.rel.ToOne:
		return fingerprint("edge", i.rel.Name, i.from.Kind, i.from.Key, i.to.Kind)
	}
	return fingerprint("edge", i.rel.Name, i.from.Kind, i.from.Key, i.to.Kind, i.to.Key, i.rel.Tag(i.props))
}

// Digest is short for what the item says. It holds for one run of the program.
func (i *ImportItem) Digest() uint32 {
	var h maphash.Hash
	h.SetSeed(seeds[0])
	if i.IsEdge() {
		_, _ = h.WriteString(i.to.Key + "\x00")
	}
	if i.remove {
		_ = h.WriteByte(1)
	}
	digestValues(&h, i.values)
	return uint32(h.Sum64())
}

func digestValues(h *maphash.Hash, values map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		_, _ = h.WriteString(name)
		switch v := values[name].(type) {
		case string:
			_, _ = h.WriteString("\x00" + v)
		case map[string]any:
			digestValues(h, v)
		default:
			_, _ = fmt.Fprint(h, "\x00", v)
		}
		_ = h.WriteByte(0)
	}
}

// PrepareImport checks a record or relationship by itself, as the API would,
// and tells all that is wrong with it.
func PrepareImport(r ImportRecord) (*ImportItem, domain.Errors) {
	prepare := prepareNode
	switch {
	case r.Change != nil:
		return nil, domain.Errors{invalid("change", "belongs to a history, which is imported by --history")}
	case r.Remove && r.Edge != "":
		prepare = prepareEdgeRemoval
	case r.Remove:
		prepare = prepareNodeRemoval
	case r.Edge != "":
		prepare = prepareEdge
	}
	item, errs := prepare(r)
	if item != nil {
		item.remove, item.at, item.formerly, item.sources = r.Remove, r.At, r.Formerly, r.Sources
	}
	return item, errs
}

func prepareNode(r ImportRecord) (*ImportItem, domain.Errors) {
	k := entity.KindNamed(r.Node)
	if k == nil {
		return nil, domain.Errors{invalid("node", fmt.Sprintf("there is no kind of record %q, there are %s", r.Node, kindNames()))}
	}
	values, errs := typed(r, k.Fields)
	record, err := k.Bring(values, "")
	errs = append(errs, errorList(err)...)
	item := &ImportItem{kind: k, values: values, stub: r.Stub}
	if errs, item.ifNew = splitMissing(errs, values); len(errs) > 0 {
		return nil, errs
	}
	item.end = ImportEnd{Kind: k.Name, Key: record.Meta().Key}
	item.props = k.Encode(record)
	return item, nil
}

// splitMissing tells what is wrong with the given fields from what is missing:
// the latter does not matter when the record exists. The key always does.
func splitMissing(errs domain.Errors, values map[string]any) (wrong, missing domain.Errors) {
	for _, e := range errs {
		name, _, _ := strings.Cut(e.Field, ".")
		if _, given := values[name]; given || name == "key" {
			wrong = append(wrong, e)
		} else {
			missing = append(missing, e)
		}
	}
	return wrong, missing
}

func prepareEdge(r ImportRecord) (*ImportItem, domain.Errors) {
	rel, errs := relationshipOf(r)
	if rel == nil {
		return nil, errs
	}
	values, more := typed(r, rel.Properties)
	errs = append(errs, more...)
	link, err := rel.NewLink(values, "")
	errs = append(errs, errorList(err)...)
	item := &ImportItem{rel: rel, values: values, from: ImportEnd{rel.From, r.From.Key}, to: ImportEnd{rel.To, r.To.Key}}
	if errs = append(errs, checkEnds(r, rel)...); len(errs) > 0 {
		return nil, errs
	}
	item.props = rel.EncodeLink(link)
	return item, nil
}

func checkEnds(r ImportRecord, rel *entity.Relationship) (errs domain.Errors) {
	for _, end := range []struct{ field, key string }{{"from", r.From.Key}, {"to", r.To.Key}} {
		if err := domain.CheckKey(end.key); err != nil {
			errs = append(errs, invalid(end.field, "the key "+err.Error()))
		}
	}
	if rel.From == rel.To && r.From.Key != "" {
		if err := domain.CheckEnds(rel.Name, r.From.Key, r.To.Key); err != nil {
			err.Field = "to"
			errs = append(errs, err)
		}
	}
	return errs
}

// relationshipOf finds the relationship by its name and the kinds of its ends.
func relationshipOf(r ImportRecord) (*entity.Relationship, domain.Errors) {
	all := entity.RelationshipsNamed(r.Edge)
	if len(all) == 0 {
		return nil, domain.Errors{invalid("edge", fmt.Sprintf("there is no relationship %q, there are %s", r.Edge, relationshipNames()))}
	}
	var fit []*entity.Relationship
	var joins []string
	for _, rel := range all {
		joins = append(joins, rel.From+" to "+rel.To)
		if (r.From.Kind == "" || r.From.Kind == rel.From) && (r.To.Kind == "" || r.To.Kind == rel.To) {
			fit = append(fit, rel)
		}
	}
	switch len(fit) {
	case 1:
		return fit[0], nil
	case 0:
		field := "from"
		if r.From.Kind == "" || slices.ContainsFunc(all, func(rel *entity.Relationship) bool { return rel.From == r.From.Kind }) {
			field = "to"
		}
		return nil, domain.Errors{invalid(field, fmt.Sprintf("%s leads from %s", r.Edge, strings.Join(joins, " or from ")))}
	}
	return nil, domain.Errors{invalid("from", fmt.Sprintf(
		"%s leads from %s: name the ends as Kind:key", r.Edge, strings.Join(joins, " or from ")))}
}

// typed turns the text of CSV cells into values of their fields' types.
func typed(r ImportRecord, fields []entity.Field) (map[string]any, domain.Errors) {
	if !r.Text {
		return r.Values, nil
	}
	var errs domain.Errors
	for i := range fields {
		text, ok := r.Values[fields[i].Name].(string)
		if !ok || fields[i].Kind == store.String && !fields[i].Map {
			continue
		}
		value, err := fields[i].ParseText(text)
		if n, number := value.(json.Number); number && !json.Valid([]byte(n)) {
			err = fmt.Errorf("must be a number, not %q", text)
		}
		if err != nil {
			errs = append(errs, invalid(fields[i].Name, err.Error()))
			delete(r.Values, fields[i].Name)
			continue
		}
		r.Values[fields[i].Name] = value
	}
	return r.Values, errs
}

// errorList takes an error of package entity apart.
func errorList(err error) domain.Errors {
	var list domain.Errors
	var one *domain.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &list):
		return list
	case errors.As(err, &one):
		return domain.Errors{one}
	}
	return domain.Errors{invalid("", err.Error())}
}
