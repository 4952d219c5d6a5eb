package resolvers_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"releasegraph/internal/app/acting"

	"github.com/rs/zerolog"
	"github.com/vektah/gqlparser/v2/ast"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/permissions"
	"releasegraph/resolvers"
)

// What the table says an operation asks for is what its use case asks for: each
// is called by each role, with arguments that are legal by type and otherwise
// arbitrary, and is refused as FORBIDDEN when the table says so, and only then.
func TestEveryOperationIsRefusedToTheRolesThatTheTableSays(t *testing.T) {
	a := newAPI(t)
	schema := resolvers.New(a.app, zerolog.Nop()).Schema()
	operations, undecided := permissions.Operations(schema)
	if len(undecided) > 0 {
		t.Fatalf("nobody has said who may call %v", undecided)
	}
	for _, o := range operations {
		field := schema.Types[o.Root].Fields.ForName(o.Name)
		document := sampleOperation(t, schema, o.Root, field)
		for _, role := range domain.Roles {
			holder := permissions.Holder(role)
			may := o.Need.Nothing() || authz.Default().May(holder, o.Need.Action, o.Need.Kind) == nil
			if code, all := a.codeAs(holder, document); (code == "FORBIDDEN") == may || code == "unreached" {
				t.Errorf("%s as %s: the table says %v, the answer to %s was %s", o.Name, role, may, document, all)
			}
		}
	}
}

// codeAs sends a document as an actor, and gives the code of the answer:
// FORBIDDEN where any error has it, unreached where the operation was not run.
func (a *api) codeAs(actor domain.Actor, document string) (code, all string) {
	a.t.Helper()
	body, err := json.Marshal(vars{"query": document})
	if err != nil {
		a.t.Fatal(err)
	}
	request := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	a.handler.ServeHTTP(recorder, request.WithContext(acting.WithActor(request.Context(), actor)))
	got := &answer{t: a.t}
	if err := json.Unmarshal(recorder.Body.Bytes(), got); err != nil {
		a.t.Fatal(err)
	}
	for _, e := range got.Errors {
		switch {
		case e.Extensions.Code == "FORBIDDEN":
			return "FORBIDDEN", recorder.Body.String()
		case e.Extensions.Code == "" || strings.HasPrefix(e.Extensions.Code, "GRAPHQL_") || e.Extensions.Code == "INTERNAL":
			return "unreached", recorder.Body.String()
		}
		code = e.Extensions.Code
	}
	return code, recorder.Body.String()
}

// sampleOperation writes a call of a root's field.
func sampleOperation(t *testing.T, s *ast.Schema, root string, f *ast.FieldDefinition) string {
	t.Helper()
	call := f.Name + sampleArguments(t, s, f.Arguments) + sampleSelection(s, f)
	switch root {
	case "Mutation":
		return "mutation { " + call + " }"
	case "Subscription": // one that begins in the future is refused, after who asks was looked at
		arguments := strings.TrimSuffix(strings.TrimPrefix(sampleArguments(t, s, f.Arguments), "("), ")")
		return "subscription { " + f.Name + "(after: \"999999\" " + arguments + ")" + sampleSelection(s, f) + " }"
	case "Statistics":
		return "{ statistics { " + call + " } }"
	}
	return "{ " + call + " }"
}

// sampleSelection selects what every composite type has.
func sampleSelection(s *ast.Schema, f *ast.FieldDefinition) string {
	if s.Types[f.Type.Name()].IsCompositeType() {
		return " { __typename }"
	}
	return ""
}

func sampleArguments(t *testing.T, s *ast.Schema, list ast.ArgumentDefinitionList) string {
	t.Helper()
	var given []string
	for _, arg := range list {
		if arg.Type.NonNull && arg.DefaultValue == nil {
			given = append(given, arg.Name+": "+sampleValue(t, s, arg.Name, arg.Type))
		}
	}
	if len(given) == 0 {
		return ""
	}
	return "(" + strings.Join(given, ", ") + ")"
}

// samples are legal values of scalars.
var samples = map[string]string{
	"LocalDateTime": `"2026-03-01T08:00"`,
	"String":        `"x"`, "ID": `"x"`, "Int": "1", "Float": "1", "Boolean": "true", "Revision": `"0"`, "Attributes": "{}",
	"DateTime": `"2026-03-01T08:00:00Z"`, "TimeZone": `"Europe/Paris"`, "Duration": `"PT1H"`, "Period": `"P1M"`, "Decimal": `"1.50"`,
	"Sha256": `"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`, "ByteSize": "1", "RecurrenceRule": `"FREQ=DAILY"`,
}

func sampleValue(t *testing.T, s *ast.Schema, name string, of *ast.Type) string {
	t.Helper()
	if of.Elem != nil {
		return "[" + sampleValue(t, s, name, of.Elem) + "]"
	}
	definition := s.Types[of.NamedType]
	switch definition.Kind {
	case ast.Enum:
		if of.NamedType == "RecordKind" {
			return "SITE" // whoever has a role may read some
		}
		return definition.EnumValues[0].Name
	case ast.InputObject:
		return sampleInput(t, s, definition)
	}
	v, ok := samples[of.NamedType]
	if !ok {
		t.Fatalf("no sample of the scalar %s: add one to samples", of.NamedType)
	}
	return v
}

func sampleInput(t *testing.T, s *ast.Schema, d *ast.Definition) string {
	t.Helper()
	if d.Name == "RecordRef" {
		return `{key: "x"}`
	}
	var given []string
	for _, f := range d.Fields {
		if f.Type.NonNull && f.DefaultValue == nil {
			given = append(given, f.Name+": "+sampleValue(t, s, f.Name, f.Type))
		}
	}
	return "{" + strings.Join(given, ", ") + "}"
}
