package resolvers_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"github.com/vektah/gqlparser/v2/ast"

	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/resolvers"
)

// The field that an error names is one that the caller sent, or could have sent:
// every mutation is made, with arguments that are legal by type and otherwise
// arbitrary, on records of every kind in every status.
func TestTheFieldOfAnErrorIsOneOfTheInput(t *testing.T) {
	a := newAPI(t)
	schema := resolvers.New(a.app, zerolog.Nop()).Schema()
	a.everyKind()
	told := map[string]bool{}
	for _, state := range everyState() {
		a.bring(state...)
		for _, field := range schema.Types["Mutation"].Fields {
			if strings.HasPrefix(field.Name, "__") {
				continue
			}
			for _, document := range a.attempts(schema, field) {
				for _, e := range a.send(document, nil).Errors {
					told[field.Name] = true
					if name := e.Extensions.Field; name != "" && !isOfInput(schema, field.Arguments, name) {
						t.Errorf("%s: %q is in no input: %s\n%s", field.Name, name, e.Message, document)
					}
					if e.Extensions.Code == "INTERNAL" {
						t.Errorf("%s: %s", document, e.Message)
					}
				}
			}
		}
	}
	if len(told) < 80 {
		t.Errorf("only %d mutations were refused: the walk does not get far", len(told))
	}
}

// everyKind makes a record of each kind, all of them with the key x.
func (a *api) everyKind() {
	more := map[string]string{
		domain.KindConfigurationItem: `,"class":"SERVER"`, domain.KindParty: `,"type":"TEAM"`, domain.KindTask: `,"kind":"OTHER"`,
		domain.KindAttributeDefinition: `,"attribute":"rack","type":"INTEGER"`, domain.KindBoard: `,"members":["ann","bob"],"quorum":2`,
		domain.KindDelegation:        `,"absent":"ann","deputy":"zoe","from":"2026-01-01T00:00:00Z"`,
		domain.KindMaintenanceWindow: `,"everywhere":true,"from":"2026-04-01T00:00:00Z","to":"2026-04-02T00:00:00Z"`,
		domain.KindFreeze:            `,"everywhere":true,"from":"2026-04-01T00:00:00Z","to":"2026-04-02T00:00:00Z"`,
		domain.KindVote:              `,"voter":"ann","seat":"ann","verdict":"APPROVE","board":"x","castAt":"2026-01-01T00:00:00Z"`,
		domain.KindAssessment:        `,"assessor":"max","risk":"LOW","assessedAt":"2026-01-01T00:00:00Z"`,
		domain.KindRelease:           `,"releaseVersion":"1.0.0","type":"MINOR","category":"DELTA"`,
		domain.KindMediaItem:         `,"productVersion":"1.0.0","size":1,"sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`,
		domain.KindHardwareSpare:     `,"model":"m"`,
		domain.KindAcceptanceTest:    `,"kind":"TECHNICAL","criteria":"it works"`, domain.KindDeliverable: `,"kind":"OTHER"`,
		domain.KindTestRun:        `,"verdict":"PASS","round":1,"kitDigest":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","environment":"TEST","tester":"tom","startedAt":"2026-01-01T00:00:00Z","endedAt":"2026-01-01T01:00:00Z"`,
		domain.KindSignOff:        `,"column":"SUPPORTED","verdict":"SIGN","actor":"olaf","seat":"olaf","signedAt":"2026-01-01T00:00:00Z","contentDigest":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`,
		domain.KindCalendarAnswer: `,"verdict":"ACCEPT","answeredBy":"ann","answeredAt":"2026-01-01T00:00:00Z","plannedFrom":"2026-02-01T00:00:00Z","plannedTo":"2026-02-02T00:00:00Z"`,
		domain.KindRecommendation: `,"givenBy":"ann","givenAt":"2026-01-01T00:00:00Z"`,
		domain.KindOutage:         `,"startedAt":"2026-01-01T00:00:00Z","endedAt":"2026-01-01T01:00:00Z","recordedBy":"ann","recordedAt":"2026-01-01T02:00:00Z"`,
		domain.KindReleaseReview:  `,"verdict":"EFFECTIVE","voice":"SERVICE_DESK","reviewedBy":"ann","reviewedAt":"2026-01-01T00:00:00Z"`,
		domain.KindAudit:          `,"auditedBy":"ann","auditedAt":"2026-01-01T00:00:00Z"`,
		domain.KindBooking:        `,"startsAt":"2026-02-01T00:00:00Z","endsAt":"2026-02-02T00:00:00Z","bookedBy":"tom","bookedAt":"2026-01-01T00:00:00Z"`,
		domain.KindAnnouncement:   `,"audience":"SUPPORT","language":"en","subject":"what comes","text":"it comes"`,
		domain.KindWave:           `,"ordinal":1`,
		domain.KindSiteReport:     `,"reportId":"x","status":"DISTRIBUTED","at":"2026-01-01T00:00:00Z","reportedBy":"ann"`,
		domain.KindBaseline:       `,"revision":0`, domain.KindCalendarFeed: `,"fingerprint":"x"`,
	}
	for _, k := range entity.Kinds() {
		if k.Name != domain.KindBaseline && k.Name != domain.KindCalendarFeed {
			a.bring(fmt.Sprintf(`{"node":%q,"key":"x","name":"X"%s}`, k.Name, more[k.Name]))
		}
	}
}

// everyState leads the records through what they can be.
func everyState() (states [][]string) {
	for i, status := range domain.ChangeRequestStatuses {
		of := domain.ChangeRequestTypes[i%len(domain.ChangeRequestTypes)]
		state := []string{fmt.Sprintf(`{"node":"ChangeRequest","key":"x","type":%q,"status":%q,"requester":"rita","assignee":"local"}`, of, status)}
		problem := domain.ProblemStatuses[i%len(domain.ProblemStatuses)]
		state = append(state, fmt.Sprintf(`{"node":"Problem","key":"x","status":%q}`, problem))
		known := domain.KnownErrorStatuses[i%len(domain.KnownErrorStatuses)]
		state = append(state, fmt.Sprintf(`{"node":"KnownError","key":"x","status":%q,"symptoms":"slow","workaround":"wait"}`, known))
		exception := domain.ExceptionStatuses[i%len(domain.ExceptionStatuses)]
		state = append(state, fmt.Sprintf(`{"node":"FreezeException","key":"x","status":%q,"decidedBy":"olga","decidedAt":"2026-01-01T00:00:00Z"}`, exception))
		states = append(states, state)
	}
	slices.Reverse(states)
	links := []string{
		`{"edge":"AFFECTS","from":"ChangeRequest:x","to":"ConfigurationItem:x"}`, `{"edge":"DECIDED_BY","from":"ChangeRequest:x","to":"Board:x"}`,
		`{"edge":"RESOLVES","from":"ChangeRequest:x","to":"Problem:x"}`, `{"edge":"DIAGNOSES","from":"KnownError:x","to":"Problem:x"}`,
		`{"edge":"CAST_ON","from":"Vote:x","to":"ChangeRequest:x"}`, `{"edge":"PREPARES","from":"Task:x","to":"ChangeRequest:x"}`,
		`{"node":"ConfigurationItem","key":"x","status":"WITHDRAWN"}`,
	}
	return append(states, append(slices.Clone(states[3]), links...), append(slices.Clone(states[7]), links...))
}

func (a *api) bring(lines ...string) {
	a.t.Helper()
	got, err := a.app.Bulk.ImportLines(a.t.Context(), bulk.ImportLinesInput{Lines: lines, Overwrite: true}, nil)
	if err != nil || len(got.Wrong) > 0 {
		a.t.Fatal(err, got)
	}
}

// attempts are calls of a mutation that write nothing: with what it asks for, and
// with all that it takes.
func (a *api) attempts(s *ast.Schema, f *ast.FieldDefinition) []string {
	var list []string
	for _, all := range []bool{false, true} {
		var given []string
		for _, arg := range f.Arguments {
			switch {
			case arg.Name == "options":
				given = append(given, "options: {dryRun: true}")
			case all || arg.Type.NonNull && arg.DefaultValue == nil:
				given = append(given, arg.Name+": "+a.sample(s, arg.Name, arg.Type, all, 3))
			}
		}
		list = append(list, "mutation { "+f.Name+"("+strings.Join(given, ", ")+")"+sampleSelection(s, f)+" }")
	}
	return list
}

// sample writes a value that is legal by its type; with all, objects have all of
// their fields.
func (a *api) sample(s *ast.Schema, name string, of *ast.Type, all bool, deep int) string {
	d := s.Types[of.Name()]
	if !all || of.Elem != nil || d.Kind != ast.InputObject || d.Name == "RecordRef" || deep == 0 {
		return sampleValue(a.t.(*testing.T), s, name, of)
	}
	var given []string
	for _, f := range d.Fields {
		if f.Name != "ifVersion" {
			given = append(given, f.Name+": "+a.sample(s, f.Name, f.Type, all, deep-1))
		}
	}
	return "{" + strings.Join(given, ", ") + "}"
}

// isOfInput tells whether a path, such as input.members.2, leads to something
// that arguments of these types can hold.
func isOfInput(s *ast.Schema, arguments ast.ArgumentDefinitionList, path string) bool {
	parts := strings.Split(path, ".")
	arg := arguments.ForName(parts[0])
	if arg == nil {
		return false
	}
	of := arg.Type
	for _, part := range parts[1:] {
		if of.Elem != nil {
			if _, err := strconv.Atoi(part); err != nil {
				return false
			}
			of = of.Elem
			continue
		}
		d := s.Types[of.NamedType]
		if d.Kind == ast.Scalar && d.Name == "Attributes" {
			return true
		}
		field := d.Fields.ForName(part)
		if d.Kind != ast.InputObject || field == nil {
			return false
		}
		of = field.Type
	}
	return true
}
