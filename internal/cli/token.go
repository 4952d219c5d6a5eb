package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/app/bulk"

	"github.com/jedib0t/go-pretty/v6/table"
)

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Make an API token; prints its secret, once."`
	List   tokenListCmd   `cmd:"" help:"List the API tokens."`
	Revoke tokenRevokeCmd `cmd:"" help:"End an API token for good."`
}

type tokenCreateCmd struct {
	Name     string   `arg:"" help:"The actor as which the program acts, such as ci-pipeline."`
	Role     []string `required:"" placeholder:"ROLE" help:"What it may do, such as CONFIGURATION_MANAGER."`
	Site     []string `placeholder:"KEY" help:"Keep it to these sites and to what is installed there."`
	Supplier []string `placeholder:"KEY" help:"The parties for which it acts as a supplier."`
	Kind     []string `placeholder:"KIND" help:"The only kinds of record that it may touch, such as ConfigurationItem."`
	Life     span     `default:"2160h" placeholder:"DURATION" help:"How long it lives, such as 720h or P30D; 366 days at most. Default: 90 days."`

	asking
}

// Help has the examples.
func (tokenCreateCmd) Help() string {
	return `Examples:

    releasegraph token create ci-pipeline --role CONFIGURATION_MANAGER --life P30D
    releasegraph token create par-1-tool --role SITE_OPERATOR --site par-1
    releasegraph token create inventory --role CONFIGURATION_MANAGER --kind ConfigurationItem,Site

Send it as "Authorization: Bearer …". With --url the caller's own token is taken from $RELEASEGRAPH_TOKEN.`
}

const (
	tokenFields    = `id name roles sites suppliers kinds createdBy { name } createdAt expiresAt lastUsedAt revokedAt`
	createDocument = `mutation Create($input: CreateApiTokenInput!) { createApiToken(input: $input) { secret apiToken { ` + tokenFields + ` } } }`
	listDocument   = `query List { apiTokens { ` + tokenFields + ` } }`
	revokeDocument = `mutation Revoke($id: ID!) { revokeApiToken(input: {id: $id}) { apiToken { ` + tokenFields + ` } } }`
)

// apiToken is a token as the API gives it.
type apiToken struct {
	ID, Name                       string
	Roles, Sites, Suppliers, Kinds []string
	ExpiresAt                      time.Time
	LastUsedAt, RevokedAt          *time.Time
}

// Run makes a token, and prints its secret.
func (c *tokenCreateCmd) Run(r *running) error {
	var made struct {
		Secret   string
		APIToken apiToken
	}
	input := map[string]any{
		"name": c.Name, "roles": c.Role, "sites": c.Site, "suppliers": c.Supplier, "kinds": enumsOf(c.Kind),
		"expiresAt": time.Now().Add(time.Duration(c.Life)).UTC().Format(time.RFC3339),
	}
	for name, v := range input {
		if list, ok := v.([]string); ok && list == nil {
			delete(input, name)
		}
	}
	q := question{document: createDocument, variables: map[string]any{"input": input}, field: "createApiToken"}
	var lost error
	err := c.answer(r, q, &made, func(w io.Writer) {
		r.say("The token %s is good until %s. It cannot be shown again:\n", made.APIToken.ID, made.APIToken.ExpiresAt.Format(time.DateTime))
		_, lost = fmt.Fprintln(w, made.Secret)
	})
	return errors.Join(err, lost)
}

type tokenListCmd struct {
	asking
}

// Run lists the tokens.
func (c *tokenListCmd) Run(r *running) error {
	var list tokenList
	return c.answer(r, question{document: listDocument, field: "apiTokens"}, &list, func(w io.Writer) { list.table(w) })
}

type tokenList []apiToken

func (list tokenList) table(w io.Writer) {
	w = legible(w)
	t := table.NewWriter()
	t.SetOutputMirror(w)
	t.SetStyle(table.StyleLight)
	t.AppendHeader(table.Row{"id", "name", "roles", "kept to", "until", "last used"})
	for _, one := range list {
		until, used := one.ExpiresAt.Format(time.DateOnly), "never"
		if one.RevokedAt != nil {
			until = "revoked"
		}
		if one.LastUsedAt != nil {
			used = one.LastUsedAt.Format(time.DateTime)
		}
		kept := slices.Concat(one.Sites, one.Suppliers, one.Kinds)
		t.AppendRow(table.Row{one.ID, one.Name, strings.Join(one.Roles, " "), strings.Join(kept, " "), until, used})
	}
	t.Render()
}

type tokenRevokeCmd struct {
	ID string `arg:"" name:"id" help:"The token's id, as token list shows it."`

	URL string `name:"url" placeholder:"URL" help:"Ask this server instead of --store."`
	storeFlags
}

// Run ends a token.
func (c *tokenRevokeCmd) Run(r *running) error {
	var ended struct{ APIToken apiToken }
	_, err := c.ask(r, question{url: c.URL, document: revokeDocument, variables: map[string]any{"id": c.ID}, field: "revokeApiToken"}, &ended)
	if err == nil {
		r.say("%s (%s) is revoked.\n", ended.APIToken.ID, ended.APIToken.Name)
	}
	return err
}

// enumsOf writes kinds as the API does; nil for none.
func enumsOf(kinds []string) []string {
	var enums []string
	for _, k := range kinds {
		enums = append(enums, bulk.EnumOf(k))
	}
	return enums
}
