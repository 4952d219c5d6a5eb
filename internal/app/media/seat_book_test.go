package media_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/app"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/media"
	"releasegraph/internal/domain"
	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
)

// told is all that is told of how a licence is used.
func told(ctx context.Context, t require.TestingT, u *media.LicenceUse) string {
	waste, err := u.Waste(ctx)
	require.NoError(t, err)
	illegal, err := u.Illegal(ctx)
	require.NoError(t, err)
	text := fmt.Sprint(u.Used, " over ", u.Over)
	for _, s := range waste {
		text += " waste " + s.Key
	}
	for _, i := range illegal {
		text += fmt.Sprint(" illegal ", i.Item.Key, " ", i.Site.Key, " ", i.Why)
	}
	return text
}

// useOf is how a licence is used by what is kept, and by what is scanned.
func useOf(t require.TestingT, f *apptest.Fixture, a *app.App, key string) (kept, scanned string) {
	ctx := f.WithLoads(context.Background())
	found, err := f.Records.Record(ctx, domain.KindLicence, apptest.Key(key), nil)
	require.NoError(t, err)
	l := found.(*domain.Licence)
	k, err := a.Media.Use(ctx, l)
	require.NoError(t, err)
	s, err := a.Media.ScannedUse(ctx, l)
	require.NoError(t, err)
	if k.Used < 0 || k.Over < 0 {
		t.Errorf("%s has %d seats, %d over", key, k.Used, k.Over)
	}
	return told(ctx, t, k), told(ctx, t, s)
}

// trading is software with licences, at sites with users.
var trading = []string{
	`{"node":"Site","key":"par","name":"Paris","users":420}`, `{"node":"Site","key":"nyc","name":"New York","users":300}`, `{"node":"Site","key":"lyo","name":"Lyon"}`,
	`{"node":"ConfigurationItem","key":"x","name":"x","class":"APPLICATION"}`, `{"node":"ConfigurationItem","key":"y","name":"y","class":"PROGRAM"}`,
	`{"node":"ConfigurationItem","key":"z","name":"z","class":"DATABASE"}`,
	`{"node":"Licence","key":"a","name":"a","seats":1,"metric":"PER_INSTALLATION"}`, `{"node":"Licence","key":"b","name":"b","seats":1,"metric":"PER_SITE"}`,
	`{"node":"Licence","key":"c","name":"c","seats":400,"metric":"PER_USER"}`,
}

// seatDeeds are what may be done to what is licensed and installed.
func seatDeeds(f *apptest.Fixture, t *rapid.T) map[string]func() error {
	pick := func(label string, from ...string) string { return rapid.SampledFrom(from).Draw(t, label) }
	item := func() string { return pick("item", "x", "y", "z") }
	site := func() string { return pick("site", "par", "nyc", "lyo") }
	licence := func() string { return pick("licence", "a", "b", "c") }
	link := func(rel, from, to string, v apptest.Values) error {
		_, err := f.Records.Connect(f.Ctx, rel, apptest.Key(from), apptest.Key(to), v, nil)
		return err
	}
	unlink := func(rel, from, to string) error {
		_, err := f.Records.Disconnect(f.Ctx, rel, apptest.Key(from), apptest.Key(to), nil, nil)
		return err
	}
	change := func(kind, key string, v apptest.Values) error {
		_, err := f.Records.Update(f.Ctx, kind, apptest.Key(key), v, nil, nil)
		return err
	}
	named := func() any {
		if names := pick("names", "", "a", "b", "c"); names != "" {
			return names
		}
		return nil
	}
	return map[string]func() error{
		"install": func() error { return link(domain.RelInstalledAt, item(), site(), apptest.Values{"licence": named()}) },
		"version": func() error {
			return link(domain.RelInstalledAt, item(), site(), apptest.Values{"version": pick("version", "1", "2")})
		},
		"uninstall": func() error { return unlink(domain.RelInstalledAt, item(), site()) },
		"license":   func() error { return link(domain.RelLicensedBy, item(), licence(), nil) },
		"unlicense": func() error { return unlink(domain.RelLicensedBy, item(), licence()) },
		"pay":       func() error { return link(domain.RelPaidAt, licence(), site(), nil) },
		"stop":      func() error { return unlink(domain.RelPaidAt, licence(), site()) },
		"people": func() error {
			return change(domain.KindSite, site(), apptest.Values{"users": rapid.SampledFrom([]any{nil, 0, 7, 900}).Draw(t, "users")})
		},
		"expire": func() error {
			return change(domain.KindLicence, licence(), apptest.Values{"expires": rapid.SampledFrom([]any{nil, "2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"}).Draw(t, "expires")})
		},
		"metric": func() error {
			return change(domain.KindLicence, licence(), apptest.Values{"metric": pick("metric", "PER_INSTALLATION", "PER_SITE", "PER_USER")})
		},
		"rename": func() error {
			err := change(domain.KindLicence, "c", apptest.Values{"key": "d"})
			if err != nil {
				return err
			}
			return change(domain.KindLicence, "d", apptest.Values{"key": "c"})
		},
		"import": func() error {
			f.Lines(
				fmt.Sprintf(`{"edge":"INSTALLED_AT","from":"ConfigurationItem:%s","to":"Site:%s","licence":"%s"}`, item(), site(), licence()),
				fmt.Sprintf(`{"edge":"LICENSED_BY","from":"ConfigurationItem:%s","to":"Licence:%s"}`, item(), licence()),
			)
			return nil
		},
		"renew": func() error {
			key := item()
			if _, err := f.Records.Remove(f.Ctx, domain.KindConfigurationItem, apptest.Key(key), nil, nil); err != nil {
				return err
			}
			f.Lines(fmt.Sprintf(`{"node":"ConfigurationItem","key":"%s","name":"again","class":"UTILITY"}`, key))
			return nil
		},
	}
}

// Whatever is done to what is licensed and installed: what is kept of it counts as
// all that is installed does, also for who begins to keep it only then.
func TestSeatsAreCountedFromWhatIsKept_L3_L7(t *testing.T) {
	run := func(t *testing.T, f *apptest.Fixture) {
		f.Lines(trading...)
		rapid.Check(t, func(t *rapid.T) {
			deeds := seatDeeds(f, t)
			for range rapid.IntRange(1, 12).Draw(t, "deeds") {
				name := rapid.SampledFrom([]string{
					"install", "install", "install", "version", "uninstall", "license", "license", "unlicense", "pay", "stop", "people", "expire", "metric", "rename", "import", "renew",
				}).Draw(t, "deed")
				_ = deeds[name]() // it may be refused
				if rapid.Bool().Draw(t, "later") {
					continue
				}
				key := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "asked")
				kept, scanned := useOf(t, f, f.App, key)
				require.Equal(t, scanned, kept, "%s after %s", key, name)
			}
			again := app.New(app.Config{Store: f.Store, Now: time.Now})
			for _, key := range []string{"a", "b", "c"} {
				kept, scanned := useOf(t, f, f.App, key)
				require.Equal(t, scanned, kept)
				anew, _ := useOf(t, f, again, key)
				require.Equal(t, kept, anew, "after a restart")
			}
		})
	}
	t.Run("sqlite", func(t *testing.T) {
		defer neo4jtest.FewerDraws(40)()
		run(t, apptest.NewFixture(t, apptest.OpenSQLite(t)))
	})
	t.Run("neo4j", func(t *testing.T) {
		defer neo4jtest.FewerDraws(3)()
		run(t, apptest.NewFixture(t, apptest.OpenNeo4j(t)))
	})
}

func TestSeatsNeverGoBelowZeroWhereManyInstallAndRemoveAtOnce_L3(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(trading...)
		f.Connect(domain.RelLicensedBy, "x", "a", nil)
		f.Connect(domain.RelLicensedBy, "x", "c", nil)
		var all sync.WaitGroup
		for _, site := range []string{"par", "nyc"} {
			all.Go(func() {
				for range 5 {
					_, _ = f.Records.Connect(f.As("ann", domain.Admin), domain.RelInstalledAt, apptest.Key("x"), apptest.Key(site), nil, nil)
					_, _ = f.Records.Disconnect(f.As("ann", domain.Admin), domain.RelInstalledAt, apptest.Key("x"), apptest.Key(site), nil, nil)
				}
			})
			all.Go(func() {
				for range 5 {
					useOf(t, f, f.App, "a")
					useOf(t, f, f.App, "c")
				}
			})
		}
		all.Wait()
		for _, key := range []string{"a", "b", "c"} {
			kept, scanned := useOf(t, f, f.App, key)
			require.Equal(t, scanned, kept)
		}
	})
}

// What counts for no licence takes no memory; what is further behind than the log
// reaches back is read anew.
func TestOnlyWhatMayCountIsKept_L3(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(trading...)
		f.Connect(domain.RelInstalledAt, "x", "par", nil)
		f.Connect(domain.RelInstalledAt, "y", "par", nil)
		f.Connect(domain.RelInstalledAt, "z", "par", apptest.Values{"licence": "b"})
		kept, _ := useOf(t, f, f.App, "b")
		require.Equal(t, "1 over 0", kept)
		require.Equal(t, 1, apptest.Must(f.Media.KeptInstallations(t.Context())))
		f.Connect(domain.RelLicensedBy, "x", "a", nil)
		f.Connect(domain.RelInstalledAt, "x", "nyc", nil)
		require.NoError(t, f.Store.Store.(interface {
			Compact(context.Context, store.Revision) error
		}).Compact(t.Context(), store.Revision(f.Head()-1)))
		kept, scanned := useOf(t, f, f.App, "a")
		require.Equal(t, "2 over 1 illegal x par OVER_SEATS", kept)
		require.Equal(t, scanned, kept)
		require.Equal(t, 3, apptest.Must(f.Media.KeptInstallations(t.Context())))
	})
}
