package records_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/records"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
)

// to is the input of a link that leads to the record of a key.
func to(key string, says ...apptest.Values) apptest.Values {
	link := apptest.Values{"to": apptest.Values{"key": key}}
	for _, values := range says {
		for name, v := range values {
			link[name] = v
		}
	}
	return link
}

func TestARecordAndItsLinksAreMadeByOneChangeSet(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		db, queue := f.Item("db"), f.Item("queue")
		f.Site("par")
		head := f.Head()
		w, err := f.Records.Create(f.Ctx, domain.KindConfigurationItem, apptest.Values{
			"key": "shop", "name": "Shop", "class": "SERVICE",
			"dependsOn": []any{
				to("db", apptest.Values{"redundancyGroup": "db", "minimum": 1}),
				apptest.Values{"to": apptest.Values{"id": queue.ID}, "kind": "CONNECTS_TO"},
			},
			"installedAt": to("par", apptest.Values{"version": "1.0"}), // one stands for a list of one
			"ownedBy":     nil,
		}, nil)
		require.NoError(t, err)
		require.Equal(t, head+1, w.Revision)
		require.Equal(t, head+1, f.Head())
		var told []string
		for _, c := range w.Changes {
			require.Equal(t, domain.ChangeCreated, c.Type)
			if c.To != nil {
				told = append(told, c.Kind+" "+c.From.Key+" "+c.To.Key)
			}
		}
		require.ElementsMatch(t, []string{"DEPENDS_ON shop db", "DEPENDS_ON shop queue", "INSTALLED_AT shop par"}, told)
		require.True(t, f.Linked("INSTALLED_AT", "shop", "par"))

		// It is as if it had been connected afterwards.
		same := f.Connect("DEPENDS_ON", "shop", "db", apptest.Values{"redundancyGroup": "db"})
		require.Empty(t, same.Changes)
		require.Equal(t, &domain.Dependency{Kind: domain.Uses, Impact: domain.ImpactFull, RedundancyGroup: apptest.Some("db"), Minimum: apptest.Some(1)}, same.Link)
		stored, err := f.Records.Record(f.Ctx, apptest.ItemKind, apptest.Key("db"), nil)
		require.NoError(t, err)
		require.Equal(t, db.Version, stored.(*domain.ConfigurationItem).Version, "what it leads to stays as it is")
	})
}

func TestASiteIsMadeAsPartOfAnother(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Site("emea")
		w, err := f.Records.Create(f.Ctx, apptest.SiteKind, apptest.Values{"key": "par", "name": "Paris", "partOf": to("emea")}, nil)
		require.NoError(t, err)
		parent, err := f.Records.RelatedOne(f.Ctx, w.Record.(*domain.Site), records.Via{Rel: "PART_OF"}, nil)
		require.NoError(t, err)
		require.Equal(t, "emea", parent.(*domain.Site).Key)
	})
}

func TestAllThatIsWrongWithANewRecordAndItsLinksIsToldAtOnceByPath(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("db")
		head := f.Head()
		_, err := f.Records.Create(f.Ctx, domain.KindConfigurationItem, apptest.Values{
			"key": "shop", "class": "SERVICE", "colour": "red",
			"dependsOn": []any{
				to("nobody"), to("db", apptest.Values{"impact": "BAD"}), to("db"), to("db", apptest.Values{"kind": "USES"}), apptest.Values{"to": apptest.Values{}},
			},
		}, nil)
		var all domain.Errors
		require.ErrorAs(t, err, &all)
		var fields []string
		for _, e := range all {
			fields = append(fields, e.Field)
		}
		require.ElementsMatch(t, []string{
			"input.colour", "input.name", "input.dependsOn.4.to", "input.dependsOn.0.to", "input.dependsOn.1.impact", "input.dependsOn.3",
		}, fields)
		require.Equal(t, head, f.Head())
	})
}

func TestTheRulesOfLinksHoldForThoseOfANewRecord(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Create(domain.KindParty, "acme", apptest.Values{"type": "CUSTOMER"})
		_, err := f.Records.Create(f.Ctx, domain.KindConfigurationItem, apptest.Values{
			"key": "disk", "name": "Disk", "class": "STORAGE", "serves": []any{to("acme")},
		}, nil)
		var e *domain.Error
		require.True(t, errors.As(err, &e), "%v", err)
		require.Equal(t, domain.RuleViolation, e.Code)
		require.Equal(t, "input.serves.0", e.Field, "no field names the record itself")
		f.Item("shop", apptest.Values{"serves": []any{to("acme")}})
		require.True(t, f.Linked("SERVES", "shop", "acme"))
	})
}

func TestWhoMayNotConnectMakesNoLinksWithANewRecord(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("db")
		f.Site("par")
		f.Connect("INSTALLED_AT", "db", "par", nil)
		head := f.Head()
		for rule, told := range map[string]string{
			"": "may not connect",
			`permit (principal, action == Action::"connect", resource in Area::"configuration") when { resource.atYourSite };`: "create the record first",
		} {
			own, err := authz.Parse(authz.Source{Name: "own", Text: []byte(`
				permit (principal, action in [Action::"create", Action::"read"], resource in Area::"configuration");` + rule)})
			require.NoError(t, err)
			a := app.New(app.Config{Store: f.Store, Policies: own, Now: func() time.Time { return apptest.March(1, 9) }, NewID: uuid.NewString})
			nina := acting.WithActor(a.WithLoads(f.T.Context()), domain.Actor{Name: "nina", Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"par"}})
			_, err = a.Records.Create(nina, domain.KindConfigurationItem, apptest.Values{
				"key": "shop", "name": "Shop", "class": "SERVICE", "dependsOn": []any{to("db")},
			}, nil)
			require.Contains(t, apptest.Refused(t, err, domain.Forbidden, "input.dependsOn.0").Message, told)
		}
		require.Equal(t, head, f.Head())
	})
}

func TestARepeatedCreateWithLinksAnswersAsTheFirst(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("db")
		once := &domain.WriteOptions{IdempotencyKey: apptest.Some("once")}
		in := apptest.Values{"key": "shop", "name": "Shop", "class": "SERVICE", "dependsOn": []any{to("db")}}
		var first *estate.Written
		for range 2 {
			w, err := f.Records.Create(f.Ctx, domain.KindConfigurationItem, in, once)
			require.NoError(t, err)
			require.Equal(t, "shop", w.Record.(*domain.ConfigurationItem).Key)
			if first != nil {
				require.Equal(t, first.Revision, w.Revision)
				require.Equal(t, first.Changes, w.Changes)
			}
			first = w
		}
	})
}

func TestAnEndThatGoesBeforeTheCommitIsMissed(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("db")
		f.Store.BeforeNext(func() {
			_, err := f.Records.Remove(f.Ctx, apptest.ItemKind, apptest.Key("db"), nil, nil)
			require.NoError(t, err)
		})
		_, err := f.Records.Create(f.Ctx, domain.KindConfigurationItem, apptest.Values{
			"key": "shop", "name": "Shop", "class": "SERVICE", "dependsOn": []any{to("db")},
		}, nil)
		apptest.Refused(t, err, domain.NotFound, "input.dependsOn.0.to")
	})
}
