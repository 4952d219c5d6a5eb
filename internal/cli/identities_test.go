package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTokensAreMadeListedUsedAndRevoked(t *testing.T) {
	dir := t.TempDir()
	db := "--store=sqlite:" + filepath.Join(dir, "e.db")
	call(t, shop, "import", db, "-").wants(t, 0)
	made := call(t, "", "token", "create", "tool", "--role=ADMIN", db)
	made.wants(t, 0, "rgt_", "cannot be shown again")
	secret := strings.TrimSpace(made.out)
	narrow := strings.TrimSpace(call(t, "", "token", "create", "viewer", "--role=VIEWER", "--kind=Site", db).out)
	call(t, "", "token", "create", "x", "--role=KING", db).wants(t, 1, "KING")
	mapping := filepath.Join(dir, "identities.yaml")
	require.NoError(t, os.WriteFile(mapping, []byte("# API tokens only\n"), 0o600))
	url, _ := serving(t, "serve", db, "--identities="+mapping)
	call(t, "", "token", "list", "--url="+url).wants(t, 1, "say who you are")
	t.Setenv("RELEASEGRAPH_TOKEN", narrow)
	call(t, "", "search", "--url="+url, "shop").wants(t, 0)
	call(t, "", "token", "list", "--url="+url).wants(t, 1, "may not manage ApiToken")
	t.Setenv("RELEASEGRAPH_TOKEN", secret)
	listed := call(t, "", "token", "list", "--url="+url)
	listed.wants(t, 0, "tool", "viewer", "ADMIN")
	require.NotContains(t, listed.out, secret)
	id := strings.TrimPrefix(strings.Split(narrow, ".")[0], "rgt_")
	call(t, "", "token", "revoke", id, "--url="+url).wants(t, 0, "(viewer) is revoked")
	t.Setenv("RELEASEGRAPH_TOKEN", narrow)
	call(t, "", "search", "--url="+url, "shop").wants(t, 1, "the token has been revoked")
	t.Setenv("RELEASEGRAPH_TOKEN", secret)
	require.NotContains(t, call(t, "", "export", db).out, "tool")
}

func TestIdentitiesAndPoliciesThatCannotBeUsedStopTheServer(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	call(t, "", "serve", "--store=sqlite::memory:", "--identities="+write("i.yaml", "issuer: http://x.example.com")).wants(t, 1, "must begin with https://", "audience")
	call(t, "", "serve", "--store=sqlite::memory:", "--identities="+filepath.Join(dir, "none")).wants(t, 1, "no such file")
	own := write("p.cedar", "permit(principal in Role::\"BOSS\", action, resource);")
	call(t, "", "serve", "--store=sqlite::memory:", "--policies="+own).wants(t, 1, "p.cedar:1: there is no Role::\"BOSS\"")
	call(t, "", "policies", "--policies="+own, "--check").wants(t, 1, "p.cedar:1")
	call(t, "", "policies", "--check").wants(t, 0)
	call(t, "", "policies").wants(t, 0, "CONFIGURATION_MANAGER")
	call(t, "", "policies", "--matrix").wants(t, 0, "| createSite |")
	call(t, "", "policies", "--schema").wants(t, 0, "entity Role enum")
}
