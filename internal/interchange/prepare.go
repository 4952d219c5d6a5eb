package interchange

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Prepare checks a record or relationship by itself, as the API would,
// and tells all that is wrong with it.
func Prepare(r Record) (*Item, domain.Errors) {
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
		item.Remove, item.Unlist, item.At, item.Formerly, item.Kept = r.Remove, r.Unlist, r.At, domain.NormalKey(r.Formerly), r.Kept
	}
	return item, errs
}

func prepareNode(r Record) (*Item, domain.Errors) {
	k := entity.KindNamed(r.Node)
	if k == nil {
		return nil, domain.Errors{invalid("node", fmt.Sprintf("there is no kind of record %q, there are %s", r.Node, entity.KindNames()))}
	}
	values, errs := typed(r, k.Fields)
	record, err := k.Bring(values, "")
	errs = append(errs, domain.ErrorsOf(err)...)
	item := &Item{Kind: k, Values: values, Stub: r.Stub}
	if errs, item.IfNew = splitMissing(errs, values); len(errs) > 0 {
		return nil, errs
	}
	item.End = End{Kind: k.Name, Key: record.Meta().Key}
	item.Props = k.Encode(record)
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

func prepareEdge(r Record) (*Item, domain.Errors) {
	rel, errs := relationshipOf(r)
	if rel == nil {
		return nil, errs
	}
	values, more := typed(r, rel.Properties)
	errs = append(errs, more...)
	link, err := rel.NewLink(values, "")
	errs = append(errs, domain.ErrorsOf(err)...)
	item := &Item{Rel: rel, Values: values, From: endOf(rel.From, r.From.Key), To: endOf(rel.To, r.To.Key)}
	if errs = append(errs, checkEnds(r, rel)...); len(errs) > 0 {
		return nil, errs
	}
	item.Props = rel.EncodeLink(link)
	return item, nil
}

// endOf names a record by its key, however that was typed (C1).
func endOf(kind, key string) End { return End{kind, domain.NormalKey(key)} }

func checkEnds(r Record, rel *entity.Relationship) (errs domain.Errors) {
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
func relationshipOf(r Record) (*entity.Relationship, domain.Errors) {
	all := entity.RelationshipsNamed(r.Edge)
	if len(all) == 0 {
		return nil, domain.Errors{invalid("edge", fmt.Sprintf("there is no relationship %q, there are %s", r.Edge, entity.RelationshipNames()))}
	}
	var fit *entity.Relationship
	fitting := 0
	for _, rel := range all {
		if (r.From.Kind == "" || r.From.Kind == rel.From) && (r.To.Kind == "" || r.To.Kind == rel.To) {
			fit = rel
			fitting++
		}
	}
	if fitting == 1 {
		return fit, nil
	}
	joins := make([]string, len(all))
	for i, rel := range all {
		joins[i] = rel.From + " to " + rel.To
	}
	if fitting == 0 {
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
func typed(r Record, fields []entity.Field) (map[string]any, domain.Errors) {
	if !r.Text {
		return r.Values, nil
	}
	var errs domain.Errors
	for i := range fields {
		text, ok := r.Values[fields[i].Name].(string)
		if !ok || fields[i].Kind == store.String && !fields[i].Map && !fields[i].Object {
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
