package entity_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

var (
	sites      = entity.KindNamed(domain.KindSite)
	dependency = entity.RelationshipsNamed(domain.RelDependsOn)[0]
)

func TestWhatACreateDoesNotGiveGetsItsDefault(t *testing.T) {
	r, err := items.New(raw(t, `{"key":"shop","name":"Shop","class":"SERVICE","environment":null}`), "input")
	require.NoError(t, err)
	i := r.(*domain.ConfigurationItem)
	require.Equal(t, domain.ItemLive, i.Status)
	require.Equal(t, domain.Live, i.Environment)
	require.Nil(t, i.Users)

	r, err = sites.New(raw(t, `{"key":"par-1","name":"Paris"}`), "input")
	require.NoError(t, err)
	require.Equal(t, domain.General, r.(*domain.Site).Ring)

	link, err := dependency.NewLink(nil, "input")
	require.NoError(t, err)
	require.Equal(t, &domain.Dependency{Kind: domain.Uses, Impact: domain.ImpactFull}, link)
}

func TestAllThatIsWrongWithACreateIsToldAtOnce(t *testing.T) {
	_, err := items.New(raw(t, `{"key":" x","class":"SHIP","criticality":6,"users":-1,"status":7,"colour":"red","id":"x",
		"attributes":{"ok":"1","bad":2},"owner":["x"],"description":"a\u0000b"}`), "input")
	require.ElementsMatch(t, []string{
		"input.key", "input.name", "input.class", "input.criticality", "input.users", "input.status", "input.colour", "input.id",
		"input.attributes", "input.owner", "input.description",
	}, fields(err))
}

func TestAPatchTellsAbsentFromNull(t *testing.T) {
	r, err := items.New(raw(t, `{"key":"shop","name":"Shop","class":"SERVICE","owner":"ops","users":3,"attributes":{"tier":"1"}}`), "input")
	require.NoError(t, err)
	changed, err := items.Patch(r, raw(t, `{"owner":null,"name":"The shop","attributes":{"zone":"a"}}`), "input.patch")
	require.NoError(t, err)
	i := changed.(*domain.ConfigurationItem)
	require.Nil(t, i.Owner)
	require.Equal(t, "The shop", i.Name)
	require.Equal(t, 3, *i.Users)
	require.Equal(t, map[string]string{"zone": "a"}, i.Attributes)
	require.Equal(t, "ops", *r.(*domain.ConfigurationItem).Owner, "the record itself stays")
}

func TestAPatchCannotEmptyWhatIsRequired(t *testing.T) {
	r, err := items.New(raw(t, `{"key":"shop","name":"Shop","class":"SERVICE"}`), "input")
	require.NoError(t, err)
	_, err = items.Patch(r, raw(t, `{"name":null,"key":"","class":null}`), "input.patch")
	require.ElementsMatch(t, []string{"input.patch.name", "input.patch.key", "input.patch.class"}, fields(err))
}

func TestAnUnknownFieldIsAnsweredWithTheKnownOnes(t *testing.T) {
	_, err := sites.New(raw(t, `{"key":"a","name":"A","zone":"x"}`), "input")
	require.EqualError(t, err, "input.zone: Site has no such field to set; it has key, name, description, region, timeZone, ring, serviceHours, users, email, language")
}

func TestAMinimumBelongsToARedundancyGroup(t *testing.T) { // I5
	for input, want := range map[string][]string{
		`{"minimum":1}`: {"input.minimum"},
		`{"redundancyGroup":"db","minimum":1,"minimumPercent":50}`: {"input.minimumPercent"},
		`{"redundancyGroup":"db","minimum":0}`:                     {"input.minimum"},
		`{"redundancyGroup":"db","minimumPercent":101}`:            {"input.minimumPercent"},
		`{"redundancyGroup":""}`:                                   {"input.redundancyGroup"},
	} {
		_, err := dependency.NewLink(raw(t, input), "input")
		require.Equal(t, want, fields(err), input)
	}
}

func TestARelationshipWithoutPropertiesTakesNone(t *testing.T) {
	_, err := entity.RelationshipsNamed(domain.RelGroups)[0].NewLink(raw(t, `{"kind":"USES"}`), "input")
	require.Equal(t, []string{"input.kind"}, fields(err))
}

func TestTextIsReadByTheTypeOfItsField(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want any
	}{"users": {"12", json.Number("12")}, "owner": {"12", "12"}, "attributes": {`{"a":"b"}`, map[string]any{"a": "b"}}} {
		v, err := items.Field(name).ParseText(c.text)
		require.NoError(t, err)
		require.Equal(t, c.want, v)
	}
}

// Whatever comes in, a record is either refused with domain errors, or can be
// stored.
func FuzzNew(f *testing.F) {
	for _, seed := range []string{
		`{"key":"a","name":"b","class":"SERVICE","attributes":{"x":"y"}}`, `{"key":"\u0001","users":1e3,"criticality":"1"}`,
		`{"key":"é","name":"\ud83d\ude80","class":"SERVER","attributes":{"":""}}`, `{"attributes":null,"status":null}`,
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
		r, err := items.New(m, "input")
		if err != nil {
			require.NotEmpty(t, fields(err))
			return
		}
		op := store.CreateNode{ID: "1", Kind: items.Name, Props: items.Encode(r)}
		require.NoError(t, store.Check(d, store.Changeset{Ops: []store.Op{op}, Actor: "a", At: time.Unix(0, 0).UTC()}))
	})
}
