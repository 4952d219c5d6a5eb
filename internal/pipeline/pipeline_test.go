package pipeline_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	told "releasegraph/internal/app/pipeline"
	"releasegraph/internal/pipeline"
)

const secret = "0123456789abcdef0123"

// source is a source of a kind, as a file configures it.
func source(t testing.TB, kind pipeline.Kind) *pipeline.Source {
	t.Helper()
	file := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(file, []byte(secret+"\n"), 0o600))
	c, err := pipeline.ReadConfig(fmt.Appendf(nil, `
environments: {production: [par-1, ber-1]}
sources:
  - {name: shop-ci, kind: %s, party: Shop CI, release: "SHOP-{version}", removed: "SHOP-END", secretFile: %s}
`, kind, file))
	require.NoError(t, err)
	require.NotNil(t, c.Named("shop-ci"))
	require.Nil(t, c.Named("other"))
	return c.Named("shop-ci")
}

const (
	hubStatus = `{"deployment": {"id": 42, "ref": "refs/tags/v6.0.0", "environment": "production", "created_at": "2027-01-10T21:00:00Z", "payload": {}},
		"deployment_status": {"state": "success", "created_at": "2027-01-10T21:04:00Z", "target_url": "https://t", "log_url": "https://l"}, "repository": {"full_name": "acme/shop"}}`
	labDeployment = `{"object_kind": "deployment", "status": "success", "status_changed_at": "2027-01-10 22:04:00 +0100", "deployment_id": 15, "deployable_url": "https://g/796",
		"environment": "production", "ref": "v6.0.0", "project": {"path_with_namespace": "acme/shop"}}`
	cdDeployed = `{"context": {"version": "0.4.1", "id": "271069a8", "source": "/ci", "type": "dev.cdevents.service.deployed.0.1.1", "timestamp": "2027-01-10T21:04:00Z"},
		"subject": {"id": "shop", "source": "/ci", "type": "service", "content": {"environment": {"id": "production"}, "artifactId": "pkg:oci/shop@sha256%3A0b31?tag=6.0.0"}}}`
)

var (
	began = time.Date(2027, 1, 10, 21, 0, 0, 0, time.UTC)
	ended = time.Date(2027, 1, 10, 21, 4, 0, 0, time.UTC)
)

// The same roll-out is the same notice, in whose words it is told.
func TestASourceTellsInItsOwnWords_D9(t *testing.T) {
	for _, c := range []struct {
		kind   pipeline.Kind
		header http.Header
		body   string
		want   pipeline.Told
	}{
		{pipeline.GitHub, http.Header{"X-Github-Event": {"deployment_status"}}, hubStatus, pipeline.Told{
			Notice:      told.Notice{ID: "42", Party: "Shop CI", Release: "SHOP-6.0.0", State: told.Succeeded, At: ended, From: &began, Description: "https://l"},
			Environment: "production",
		}},
		{pipeline.GitHub, http.Header{"X-Github-Event": {"deployment"}}, hubStatus, pipeline.Told{
			Notice: told.Notice{ID: "42", Party: "Shop CI", Release: "SHOP-6.0.0", State: told.Planned, At: began}, Environment: "production",
		}},
		{pipeline.GitHub, http.Header{"X-Github-Event": {"deployment"}}, `{"deployment": {"id": 7, "ref": "main", "created_at": "2027-01-10T21:00:00Z", "payload": "{\"release\": \"R\", \"sites\": [\"par-1\"]}"}}`, pipeline.Told{
			Notice: told.Notice{ID: "7", Party: "Shop CI", Release: "R", Sites: []string{"par-1"}, State: told.Planned, At: began},
		}},
		{pipeline.GitLab, http.Header{"X-Gitlab-Event": {"Deployment Hook"}}, labDeployment, pipeline.Told{
			Notice:      told.Notice{ID: "15", Party: "Shop CI", Release: "SHOP-6.0.0", State: told.Succeeded, At: ended, Description: "https://g/796"},
			Environment: "production",
		}},
		{pipeline.CDEvents, http.Header{"Ce-Specversion": {"1.0"}}, cdDeployed, pipeline.Told{
			Notice:      told.Notice{ID: "271069a8", Party: "Shop CI", Release: "SHOP-6.0.0", State: told.Succeeded, At: ended, Description: "deployed of shop pkg:oci/shop@sha256%3A0b31?tag=6.0.0"},
			Environment: "production",
		}},
		{pipeline.CDEvents, http.Header{"Content-Type": {"application/cloudevents+json; charset=utf-8"}}, `{"specversion": "1.0", "id": "1", "source": "/ci", "type": "dev.cdevents.service.deployed.0.1.1", "data": ` + cdDeployed + `}`, pipeline.Told{
			Notice:      told.Notice{ID: "271069a8", Party: "Shop CI", Release: "SHOP-6.0.0", State: told.Succeeded, At: ended, Description: "deployed of shop pkg:oci/shop@sha256%3A0b31?tag=6.0.0"},
			Environment: "production",
		}},
	} {
		got, err := source(t, c.kind).Read(c.header, []byte(c.body))
		require.NoError(t, err, c.body)
		got.At = got.At.UTC()
		require.Equal(t, c.want, got, c.body)
	}
}

// What a source tells that is not understood is refused with what to do, and what is no news
// is let be.
func TestWhatIsNotUnderstoodIsRefusedWithWhatToDo_D9(t *testing.T) {
	hub := func(event string) http.Header { return http.Header{"X-Github-Event": {event}} }
	lab := http.Header{"X-Gitlab-Event": {"Deployment Hook"}}
	cloud := http.Header{"Ce-Specversion": {"1.0"}}
	for _, c := range []struct {
		kind   pipeline.Kind
		header http.Header
		body   string
		want   string
	}{
		{pipeline.GitHub, hub("push"), hubStatus, "send deployment and deployment_status"},
		{pipeline.GitHub, hub("deployment_status"), `{"deployment": {"id": 1}, "deployment_status": {"state": "odd"}}`, `"odd", which is none`},
		{pipeline.GitHub, hub("deployment"), `{}`, "deployment: is missing"},
		{pipeline.GitHub, hub("deployment"), `[`, "not the JSON"},
		{pipeline.GitHub, hub("ping"), `{}`, "nothing follows"},
		{pipeline.GitHub, hub("deployment_status"), `{"deployment": {"id": 1}, "deployment_status": {"state": "inactive"}}`, "nothing follows"},
		{pipeline.GitLab, http.Header{"X-Gitlab-Event": {"Push Hook"}}, labDeployment, "send deployment events"},
		{pipeline.GitLab, lab, `{"object_kind": "deployment", "deployment_id": 1, "status": "odd"}`, `"odd", which is none`},
		{pipeline.GitLab, lab, `{"object_kind": "deployment", "deployment_id": 1, "status": "success", "status_changed_at": "yesterday"}`, "status_changed_at"},
		{pipeline.CDEvents, http.Header{}, cdDeployed, "is no CloudEvent"},
		{pipeline.CDEvents, cloud, `{"context": {"id": "1", "type": "dev.cdevents.change.merged.0.1.0"}}`, "what is read are dev.cdevents.service."},
		{pipeline.CDEvents, cloud, `{"context": {"id": "1", "type": "dev.cdevents.service.deployed.0.1.1", "timestamp": "2027-01-10T21:04:00Z"}, "subject": {"id": "shop", "content": {"artifactId": "shop"}}}`, "a package URL with a version"},
		{pipeline.CDEvents, cloud, `{"context": {"id": "1", "type": "dev.cdevents.service.published.0.1.1", "timestamp": "2027-01-10T21:04:00Z"}, "subject": {"id": "shop"}}`, "nothing follows"},
	} {
		_, err := source(t, c.kind).Read(c.header, []byte(c.body))
		require.ErrorContains(t, err, c.want, c.body)
	}
	removed := `{"context": {"id": "1", "type": "dev.cdevents.service.removed.0.1.1", "timestamp": "2027-01-10T21:04:00Z"}, "subject": {"id": "shop"}}`
	got, err := source(t, pipeline.CDEvents).Read(cloud, []byte(removed))
	require.NoError(t, err)
	require.Equal(t, "SHOP-END", got.Release)
}

// Who does not know the secret is not believed.
func TestWhoDoesNotKnowTheSecretIsNotBelieved_D9(t *testing.T) {
	body := []byte(hubStatus)
	sum := hmac.New(sha256.New, []byte(secret))
	sum.Write(body)
	signature := "sha256=" + hex.EncodeToString(sum.Sum(nil))
	for _, c := range []struct {
		kind          pipeline.Kind
		header, value string
		body          []byte
		believed      bool
	}{
		{pipeline.GitHub, "X-Hub-Signature-256", signature, body, true},
		{pipeline.GitHub, "X-Hub-Signature-256", signature, append([]byte(" "), body...), false},
		{pipeline.GitHub, "X-Hub-Signature-256", signature[len("sha256="):], body, false},
		{pipeline.GitHub, "X-Hub-Signature-256", signature + "zz", body, false},
		{pipeline.GitHub, "X-Other", signature, body, false},
		{pipeline.GitLab, "X-Gitlab-Token", secret, body, true},
		{pipeline.GitLab, "X-Gitlab-Token", secret[1:], body, false},
		{pipeline.GitLab, "X-Gitlab-Token", "", body, false},
		{pipeline.CDEvents, "Authorization", "Bearer " + secret, body, true},
		{pipeline.CDEvents, "Authorization", secret, body, false},
		{pipeline.CDEvents, "Authorization", "Basic " + secret, body, false},
	} {
		h := http.Header{}
		h.Set(c.header, c.value)
		require.Equal(t, c.believed, source(t, c.kind).Believed(h, c.body), "%s %s", c.kind, c.value)
	}
}

// A notice in our own words is read strictly.
func TestANoticeIsReadStrictly_D9(t *testing.T) {
	got, err := pipeline.Read([]byte(`{"id": "7", "party": "Acme", "unit": "shop", "version": "6.0.0", "site": "par-1", "state": "succeeded", "at": "2027-01-10T21:04:00Z", "from": "2027-01-10T21:00:00Z", "url": "https://x"}`))
	require.NoError(t, err)
	require.Equal(t, pipeline.Told{Notice: told.Notice{ID: "7", Party: "Acme", Unit: "shop", Version: "6.0.0", Sites: []string{"par-1"}, State: told.Succeeded, At: ended, From: &began, Description: "https://x"}}, got)
	for body, want := range map[string]string{
		`{"id": 7}`: "is no JSON object", `{"idd": "7"}`: `unknown field "idd"`, `{} {}`: "one at a time", ``: "is no JSON object",
		`{"site": "par-1", "environment": "production"}`: "give one of them",
	} {
		_, err := pipeline.Read([]byte(body))
		require.ErrorContains(t, err, want, body)
	}
}

// All that is wrong with a configuration is told at once.
func TestAConfigurationIsRefusedWithAllThatIsWrong(t *testing.T) {
	t.Setenv("SHORT", "short")
	_, err := pipeline.ReadConfig([]byte(`
sources:
  - {name: Shop CI, kind: jenkins, release: "SHOP-{tag}", secretEnv: SHORT}
  - {name: a, kind: gitlab, party: A, secretFile: /nowhere}
  - {name: a, kind: gitlab, party: A}
`))
	for _, want := range []string{
		`sources[0]: name "Shop CI"`, `kind "jenkins"`, "party is missing", "{tag} is none of", "has 5 bytes", "/nowhere", "give secretFile or secretEnv", `sources[2]: name "a" is that of another`,
	} {
		require.ErrorContains(t, err, want)
	}
	_, err = pipeline.ReadConfig([]byte("source: []"))
	require.Error(t, err)
}

// An environment that nobody has configured is refused with those that are known.
func TestAnUnknownEnvironmentIsRefusedWithTheKnownOnes_D9(t *testing.T) {
	c := &pipeline.Config{Environments: map[string][]string{"production": {"par-1"}}}
	sites, err := c.Sites(map[string][]string{"production": {"ber-1"}}, "production")
	require.NoError(t, err)
	require.Equal(t, []string{"ber-1"}, sites)
	_, err = c.Sites(map[string][]string{"staging": nil}, "prod")
	require.ErrorContains(t, err, "known are: production, staging")
	_, err = (*pipeline.Config)(nil).Sites(nil, "prod")
	require.Error(t, err)
	sites, err = (*pipeline.Config)(nil).Sites(nil, "")
	require.NoError(t, err)
	require.Empty(t, sites)
}

// reads has a source read anything: it is a notice with its id and state, or refused.
func reads(f *testing.F, kind pipeline.Kind, header http.Header, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	s := source(f, kind)
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := s.Read(header, body)
		if err == nil && (got.ID == "" || got.State == "" || got.Release == "" || got.Party == "") {
			t.Errorf("%q: %+v", body, got)
		}
		s.Believed(header, body)
	})
}

func FuzzGitHub(f *testing.F) {
	reads(f, pipeline.GitHub, http.Header{"X-Github-Event": {"deployment_status"}}, hubStatus, `{"deployment":{"id":1,"payload":"{"},"deployment_status":{"state":"error"}}`)
}

func FuzzGitLab(f *testing.F) {
	reads(f, pipeline.GitLab, http.Header{"X-Gitlab-Event": {"Deployment Hook"}}, labDeployment)
}

func FuzzCDEvents(f *testing.F) {
	reads(f, pipeline.CDEvents, http.Header{"Ce-Specversion": {"1.0"}}, cdDeployed)
}

func FuzzStructuredCDEvents(f *testing.F) {
	reads(f, pipeline.CDEvents, http.Header{"Content-Type": {"application/cloudevents+json"}}, `{"specversion":"1.0","data":`+cdDeployed+`}`)
}

func FuzzNotice(f *testing.F) {
	f.Add([]byte(`{"id":"7","party":"Acme","release":"R","state":"started"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if got, err := pipeline.Read(body); err == nil && len(got.Sites) > 0 && got.Environment != "" {
			t.Errorf("%q: %+v", body, got)
		}
	})
}
