package happening_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/happening"
	"releasegraph/internal/store"
)

// drawValue draws a value of a field as a store keeps it.
func drawValue(t *rapid.T, f *entity.Field) any {
	switch {
	case f.Object && f.Kind == store.String:
		return `{"a":[1]}`
	case f.Enum != nil && f.Kind == store.String:
		return rapid.SampledFrom(f.Enum).Draw(t, f.Name)
	}
	return map[store.Type]any{
		store.String: "text", store.Int: int64(3), store.Float: 1.5, store.Bool: true,
		store.Time: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC), store.Strings: []string{"a", "b"},
	}[f.Kind]
}

// drawProps draws properties, some of the fields.
func drawProps(t *rapid.T, fields []entity.Field) store.Props {
	props := store.Props{}
	for i := range fields {
		f := &fields[i]
		if !rapid.Bool().Draw(t, "has "+f.Name) {
			continue
		}
		name := f.Name
		if f.Map {
			name += ".tier"
		}
		props[name] = drawValue(t, f)
	}
	return props
}

// drawEffect draws an effect on a record or relationship of any kind.
func drawEffect(t *rapid.T) store.Effect {
	var e store.Effect
	var fields []entity.Field
	if rapid.Bool().Draw(t, "relationship") {
		r := rapid.SampledFrom(entity.Relationships()).Draw(t, "rel")
		e.Edge, fields = store.EdgeKey{Rel: r.Name, From: "1", To: "2"}, r.Properties
	} else {
		k := rapid.SampledFrom(entity.Kinds()).Draw(t, "kind")
		e.Node, e.Kind, fields = "1", k.Name, k.Fields
	}
	switch verb := rapid.SampledFrom([]store.Verb{store.Created, store.Updated, store.Removed}).Draw(t, "verb"); {
	case verb == store.Created:
		e.After = drawProps(t, fields)
	case verb == store.Removed:
		e.Before = drawProps(t, fields)
	case e.Node == "" && len(fields) == 0: // which cannot change
		e.After = store.Props{}
	default:
		e.Before, e.After = drawProps(t, fields), drawProps(t, fields)
	}
	return e
}

func compiled(t *testing.T) func(name string) *jsonschema.Schema {
	t.Helper()
	text, err := happening.Schema()
	require.NoError(t, err)
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	require.NoError(t, c.AddResource(happening.SchemaID, document))
	return func(name string) *jsonschema.Schema {
		s, err := c.Compile(happening.SchemaID + "#/$defs/" + name)
		require.NoError(t, err)
		return s
	}
}

// Whatever happens has a type of the catalogue, and what is told of it is what the JSON
// Schema of the type says, and no other type's.
func TestWhateverHappensHasATypeAndFitsItsSchema(t *testing.T) {
	schema := compiled(t)
	types := happening.Types()
	rapid.Check(t, func(t *rapid.T) {
		c := &store.Change{Revision: 7, At: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC), Actor: "ann", Effects: []store.Effect{drawEffect(t)}}
		kind := c.Effects[0].Kind
		if kind == "" {
			kind = domain.KindSite
		}
		known := happening.Known{Names: map[store.ID]happening.Named{"1": {Kind: kind, ID: "1", Key: "one"}, "2": {Kind: domain.KindSite, ID: "2", Key: "two"}}}
		list := happening.Of(c, "api", known)
		if len(list) != 1 || !slices.ContainsFunc(types, func(of happening.Type) bool { return of.Name == list[0].Type }) {
			t.Fatalf("%+v is of no type that there is", list)
		}
		text, err := json.Marshal(list[0])
		if err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema(list[0].Type).Validate(value); err != nil {
			t.Fatalf("%s\n%v", text, err)
		}
		other := rapid.SampledFrom(types).Filter(func(of happening.Type) bool { return of.Name != list[0].Type }).Draw(t, "other")
		if schema(other.Name).Validate(value) == nil {
			t.Fatalf("%s is one of %s", text, other.Name)
		}
	})
}

func TestTypesAreNamedOnceAndNoneIsTheGroupOfOthers(t *testing.T) {
	var names []string
	for _, of := range happening.Types() {
		require.NotContains(t, names, of.Name)
		require.Regexp(t, `^[a-z][a-z_]*(\.[a-z_]+)+$`, of.Name)
		require.True(t, happening.Names(of.Name))
		require.Contains(t, happening.Near(of.Name[:strings.Index(of.Name, ".")]+".none"), of.Name)
		names = append(names, of.Name)
	}
	for _, name := range []string{
		"deployment.started", "deployment.resumed", "deployment.wave.started", "deployment.site.installed", "release.accepted",
		"change_request.approved", "configuration_item.changed", "relationship.depends_on.created",
	} {
		require.Contains(t, names, name)
	}
	require.NotContains(t, names, "relationship.owned_by.changed", "it has no fields")
}

func TestTypesAreChosenByNameOrByWhatTheyBeginWith(t *testing.T) {
	for _, c := range []struct {
		text, name string
		want       bool
	}{
		{"deployment.started", "deployment.started", true},
		{"deployment.started", "deployment.wave.started", false},
		{"deployment.*", "deployment.wave.started", true},
		{"deployment.wave.*", "deployment.started", false},
		{"deploy*", "deployment.started", false},
		{"*", "deployment.started", true},
	} {
		require.Equal(t, c.want, happening.Among(c.text, c.name), c)
	}
	require.Contains(t, happening.Near("nothing.at_all"), "release.*")
}

// What is told of a site of a PULL has a type of its own, the weightiest of what one change
// says: an offer's window is over as the deadline is.
func TestWhatIsToldOfASiteOfAPull_P1(t *testing.T) {
	at := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	for want, fields := range map[string][]string{
		"deployment.site.forced": {"forcedAt", "windowFrom", "overdueSince"}, "deployment.site.reminded": {"remindedAt", "overdueSince"},
		"deployment.site.overdue": {"overdueSince"}, "deployment.site.warned": {"warnedAt"}, "deployment.site.chosen": {"chosenAt", "windowFrom"},
		"deployment.site.changed": {"windowFrom"},
	} {
		e := store.Effect{Node: "1", Kind: domain.KindSiteRollout, Before: store.Props{}, After: store.Props{}}
		for _, name := range fields {
			e.Before[name], e.After[name] = nil, at
		}
		require.Equal(t, want, happening.TypeOf(&e))
	}
}
