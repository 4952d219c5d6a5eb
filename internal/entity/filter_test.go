package entity_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

var items = entity.KindNamed(domain.KindConfigurationItem)

// raw reads input as the API hands it over.
func raw(t testing.TB, text string) map[string]any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var m map[string]any
	require.NoError(t, d.Decode(&m))
	return m
}

// fields lists the errors' fields.
func fields(err error) []string {
	var all domain.Errors
	var one *domain.Error
	var list []string
	switch {
	case errors.As(err, &all):
		for _, e := range all {
			list = append(list, e.Field)
		}
	case errors.As(err, &one):
		list = append(list, one.Field)
	}
	return list
}

func TestAFilterIsReadByTheTags(t *testing.T) {
	is := func(property string, op store.Operator, v any) store.Filter {
		return store.Compare{Property: property, Op: op, Value: v}
	}
	at := time.Date(2026, 3, 1, 7, 0, 0, 123456000, time.UTC)
	for name, c := range map[string]struct {
		input string
		want  store.Filter
	}{
		"no condition holds for all":    {`{}`, store.And(nil)},
		"an enumeration":                {`{"class":{"eq":"SERVICE"}}`, is("class", store.Eq, "SERVICE")},
		"fields must hold together":     {`{"name":{"contains":"a"},"key":{"startsWith":"b"}}`, store.And{is("key", store.StartsWith, "b"), is("name", store.Contains, "a")}},
		"operators must hold together":  {`{"users":{"gte":1,"lt":9}}`, store.And{is("users", store.Gte, int64(1)), is("users", store.Lt, int64(9))}},
		"ne is true for what is absent": {`{"owner":{"ne":"x"}}`, store.Not{Filter: is("owner", store.Eq, "x")}},
		"a list":                        {`{"criticality":{"in":[1,2]}}`, is("criticality", store.OneOf, []any{int64(1), int64(2)})},
		"a single value for a list":     {`{"criticality":{"in":1}}`, is("criticality", store.OneOf, []any{int64(1)})},
		"absence":                       {`{"owner":{"isNull":true}}`, is("owner", store.IsNull, nil)},
		"presence":                      {`{"owner":{"isNull":false}}`, store.Not{Filter: is("owner", store.IsNull, nil)}},
		"what is not in a list":         {`{"criticality":{"notIn":[1]}}`, store.Not{Filter: is("criticality", store.OneOf, []any{int64(1)})}},
		"an id that is not in a list":   {`{"id":{"notIn":["a"]}}`, store.Not{Filter: is("id", store.OneOf, []any{"a"})}},
		"what a text ends with":         {`{"name":{"endsWith":"a"}}`, is("name", store.EndsWith, "a")},
		"ignoring case": {
			`{"name":{"contains":"a","ne":"b","ignoringCase":true,"lt":"c"}}`,
			store.And{
				store.Compare{Property: "name", Op: store.Contains, Value: "a", IgnoringCase: true}, is("name", store.Lt, "c"),
				store.Not{Filter: store.Compare{Property: "name", Op: store.Eq, Value: "b", IgnoringCase: true}},
			},
		},
		"ignoring no case":                 {`{"name":{"eq":"a","ignoringCase":false}}`, is("name", store.Eq, "a")},
		"an attribute ignoring case":       {`{"attributes":[{"name":"tier","endsWith":"a","ignoringCase":true}]}`, store.And{store.Compare{Property: "attributes.tier", Op: store.EndsWith, Value: "a", IgnoringCase: true}}},
		"a time with an offset":            {`{"createdAt":{"lt":"2026-03-01T08:00:00.1234567+01:00"}}`, is("createdAt", store.Lt, at)},
		"an id":                            {`{"id":{"in":["a",7]}}`, is("id", store.OneOf, []any{"a", "7"})},
		"an attribute":                     {`{"attributes":[{"name":"tier","eq":"1"}]}`, store.And{is("attributes.tier", store.Eq, "1")}},
		"and":                              {`{"and":[{"users":{"eq":1}},{}]}`, store.And{is("users", store.Eq, int64(1)), store.And(nil)}},
		"an empty or holds for nothing":    {`{"or":[]}`, store.Or{}},
		"not":                              {`{"not":{"users":{"eq":1}}}`, store.Not{Filter: is("users", store.Eq, int64(1))}},
		"some relationship":                {`{"dependsOn":{"some":{}}}`, store.Related{Rel: "DEPENDS_ON", Filter: store.And(nil)}},
		"no relationship, seen backwards":  {`{"dependents":{"none":{"users":{"eq":1}}}}`, store.Not{Filter: store.Related{Rel: "DEPENDS_ON", Direction: store.In, Filter: is("users", store.Eq, int64(1))}}},
		"the properties of a relationship": {`{"dependsOn":{"some":{},"link":{"kind":{"eq":"USES"}}}}`, store.Related{Rel: "DEPENDS_ON", EdgeFilter: is("kind", store.Eq, "USES"), Filter: store.And(nil)}},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := items.ParseFilter(raw(t, c.input), "filter")
			require.NoError(t, err)
			require.Equal(t, c.want, f)
			d, err := store.Declare(entity.Schema())
			require.NoError(t, err)
			require.NoError(t, d.CheckFilter(items.Name, f))
		})
	}
}

func TestAllThatIsWrongWithAFilterIsToldAtOnce(t *testing.T) {
	_, err := items.ParseFilter(raw(t, `{
		"colour": {"eq": "red"}, "class": {"eq": "SHIP"}, "users": {"lt": 1.5, "gt": 9999999999}, "createdAt": {"lt": "yesterday"},
		"owner": {"eq": null, "like": "x"}, "name": null, "key": "x", "id": {"lt": "a"}, "description": {"eq": "x"},
		"attributes": [{"eq": "1"}, {"name": "tier"}, {"name": "tier", "matches": "1"}],
		"dependsOn": {"all": {}, "some": {"ring": {"eq": "GENERAL"}}, "link": {"impact": {"eq": "BAD"}}}, "releaseUnits": {"link": {}},
		"or": [{"users": {"eq": "many"}}, 7]}`), "filter")
	require.ElementsMatch(t, []string{
		"filter.colour", "filter.class.eq", "filter.users.lt", "filter.users.gt", "filter.createdAt.lt",
		"filter.owner.eq", "filter.owner.like", "filter.name", "filter.key", "filter.id.lt", "filter.description",
		"filter.attributes.0.name", "filter.attributes.1", "filter.attributes.2.matches",
		"filter.dependsOn.all", "filter.dependsOn.some.ring", "filter.dependsOn.link.impact.eq", "filter.releaseUnits",
		"filter.or.0.users.eq", "filter.or.1",
	}, fields(err))
}

func TestAWrongEnumerationListsTheLegalChoices(t *testing.T) {
	_, err := items.ParseFilter(raw(t, `{"environment":{"eq":"PROD"}}`), "filter")
	require.EqualError(t, err, `filter.environment.eq: cannot be "PROD"; it is one of DEVELOPMENT, TEST, ACCEPTANCE, STAGING, LIVE`)
}

func TestAFilterIsBounded(t *testing.T) {
	deep := `{"not":` + strings.Repeat(`{"not":`, 30) + `{}` + strings.Repeat(`}`, 31)
	_, err := items.ParseFilter(raw(t, deep), "filter")
	var refused *domain.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, domain.Limit, refused.Code)

	many := make([]any, 20_000)
	for i := range many {
		many[i] = "x"
	}
	_, err = items.ParseFilter(map[string]any{"key": map[string]any{"in": many}}, "filter")
	require.ErrorAs(t, err, &refused)
	require.Equal(t, domain.Limit, refused.Code)
	require.Len(t, fields(err), 1)
}

func TestListsMayComeAsAnyTypeOfSlice(t *testing.T) {
	f, err := items.ParseFilter(map[string]any{"and": []map[string]any{{"key": map[string]any{"in": []string{"a"}}}}}, "filter")
	require.NoError(t, err)
	require.Equal(t, store.And{store.Compare{Property: "key", Op: store.OneOf, Value: []any{"a"}}}, f)
}

func TestAnOrderingIsReadByTheTags(t *testing.T) {
	o, err := items.ParseOrder([]map[string]any{{"field": "NAME", "direction": "DESC"}, {"field": "CREATED_AT"}}, "orderBy")
	require.NoError(t, err)
	require.Equal(t, []store.Order{{Property: "name", Descending: true}, {Property: "createdAt"}}, o)
}

func TestAllThatIsWrongWithAnOrderingIsToldAtOnce(t *testing.T) {
	_, err := items.ParseOrder([]map[string]any{{"field": "COLOUR"}, {"field": "NAME", "direction": "UP"}, {"field": "NAME"}, {}}, "orderBy")
	require.Equal(t, []string{"orderBy.0.field", "orderBy.1.direction", "orderBy.2.field", "orderBy.3.field"}, fields(err))
}

// Whatever comes in, a filter is either refused with a domain error or sound
// for the store.
func FuzzParseFilter(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"class":{"eq":"SERVICE"}}`, `{"and":[{"or":[]},{"not":{"users":{"in":[1,null]}}}]}`,
		`{"dependsOn":{"some":{"installedAt":{"none":{"ring":{"eq":"GENERAL"}}}},"link":{"minimum":{"gt":1}}}}`,
		`{"attributes":[{"name":"a","isNull":false}],"id":{"eq":1e9},"createdAt":{"lt":"2026-01-01T00:00:00Z"}}`,
	} {
		f.Add(seed)
	}
	d, err := store.Declare(entity.Schema())
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, text string) {
		dec := json.NewDecoder(strings.NewReader(text))
		dec.UseNumber()
		var m map[string]any
		if dec.Decode(&m) != nil {
			return
		}
		filter, err := items.ParseFilter(m, "filter")
		if err != nil {
			require.NotEmpty(t, fields(err))
			return
		}
		require.NoError(t, d.CheckFilter(items.Name, filter))
	})
}
