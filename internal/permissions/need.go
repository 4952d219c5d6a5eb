// Package permissions says what each operation of the API asks of who calls
// it, and draws the table of who may call what. The decisions are authz's, and
// the use cases ask for them; this is the list that a test holds them to.
package permissions

import (
	"slices"
	"strings"
	"unicode"

	"github.com/vektah/gqlparser/v2/ast"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// Need is what an operation asks for: an action on a kind of record or on a
// relationship. The zero Need asks for nothing: the operation answers each
// with what they may see.
type Need struct {
	Action authz.Action
	Kind   string
}

// Nothing tells whether an operation asks for nothing.
func (n Need) Nothing() bool { return n == Need{} }

// named are the needs of the operations that are written by hand, by their
// names in the schema. Those that follow from the Catalog are not listed.
var named = map[string]Need{
	"Query.viewer":            {},
	"Query.apiTokens":         {authz.Manage, authz.KindToken},
	"Query.node":              {},
	"Query.nodes":             {},
	"Query.search":            {},
	"Query.statistics":        {},
	"Query.myWork":            {},
	"Query.changeSet":         {authz.Read, authz.KindChangeSet},
	"Query.changeSets":        {authz.Read, authz.KindChangeSet},
	"Query.graphDiff":         {authz.Read, authz.KindChangeSet},
	"Query.impact":            {authz.Read, domain.KindConfigurationItem},
	"Query.dependencyPath":    {authz.Read, domain.KindConfigurationItem},
	"Query.installationOrder": {authz.Read, domain.KindConfigurationItem},
	"Query.dataQuality":       {authz.Read, domain.KindConfigurationItem},
	"Query.knownErrorMatches": {authz.Read, domain.KindKnownError},
	"Query.scheduleConflicts": {authz.Read, domain.KindChangeRequest},
	"Query.changeSchedule":    {authz.Read, domain.KindChangeRequest},
	"Query.freeSlots":         {authz.Read, domain.KindChangeRequest},
	"Query.serviceView":       {authz.Read, domain.KindConfigurationItem},
	// These three ask for reading the kind that they are asked about.
	"Query.unknownKeys":    {authz.Read, domain.KindConfigurationItem},
	"Query.importHoldings": {authz.Read, domain.KindConfigurationItem},
	"Query.importPointers": {authz.Read, domain.KindConfigurationItem},

	"Mutation.createApiToken":            {authz.Manage, authz.KindToken},
	"Query.boundNames":                   {authz.Manage, authz.KindToken},
	"Mutation.releaseName":               {authz.Manage, authz.KindToken},
	"Mutation.revokeApiToken":            {authz.Manage, authz.KindToken},
	"Mutation.importRecords":             {authz.Import, authz.KindRecords},
	"Mutation.withdrawConfigurationItem": {authz.Withdraw, domain.KindConfigurationItem},

	"Query.boardAgenda":               {authz.Read, domain.KindChangeRequest},
	"Query.boardMinutes":              {authz.Read, domain.KindVote},
	"Mutation.submitChangeRequest":    {authz.Submit, domain.KindChangeRequest},
	"Mutation.requestStandardChange":  {authz.Submit, domain.KindChangeRequest},
	"Mutation.draftChangeFromModel":   {authz.Create, domain.KindChangeRequest},
	"Mutation.assessChangeRequest":    {authz.Assess, domain.KindChangeRequest},
	"Mutation.excludeFromImpact":      {authz.Assess, domain.KindChangeRequest},
	"Mutation.includeInImpact":        {authz.Assess, domain.KindChangeRequest},
	"Mutation.confirmDelegation":      {authz.Update, domain.KindDelegation},
	"Mutation.castVote":               {authz.Vote, domain.KindChangeRequest},
	"Mutation.withdrawChangeRequest":  {authz.Withdraw, domain.KindChangeRequest},
	"Mutation.authoriseChangeRequest": {authz.Decide, domain.KindChangeRequest},
	"Mutation.backOutChangeRequest":   {authz.Decide, domain.KindChangeRequest},
	"Mutation.implementChangeRequest": {authz.Implement, domain.KindChangeRequest},
	"Mutation.reviewChangeRequest":    {authz.Decide, domain.KindChangeRequest},
	"Mutation.diagnoseProblem":        {authz.Move, domain.KindProblem},
	"Mutation.resolveProblem":         {authz.Move, domain.KindProblem},
	"Mutation.closeProblem":           {authz.Move, domain.KindProblem},
	"Mutation.reopenProblem":          {authz.Move, domain.KindProblem},
	"Mutation.liftFreeze":             {authz.Move, domain.KindFreeze},
	"Mutation.requestFreezeException": {authz.Create, domain.KindFreezeException},
	"Mutation.decideFreezeException":  {authz.Move, domain.KindFreezeException},
	"Mutation.publishKnownError":      {authz.Move, domain.KindKnownError},
	"Mutation.retireKnownError":       {authz.Move, domain.KindKnownError},

	"Subscription.events":               {authz.Read, authz.KindChangeSet},
	"Subscription.configurationChanges": {authz.Read, authz.KindChangeSet},
}

// Roots are the types whose fields are operations. Statistics is where counts
// are asked for, kind by kind.
var Roots = []string{"Query", "Mutation", "Subscription", "Statistics"}

// Operation is a field of a root, and what it asks for.
type Operation struct {
	Root, Name string
	Need       Need
}

// Operations lists the operations of a schema by what they ask for, and apart
// the names of those of which nobody has said it.
func Operations(s *ast.Schema) (list []Operation, undecided []string) {
	needs := derived()
	for name, n := range named {
		needs[name] = n
	}
	for _, root := range Roots {
		if s.Types[root] == nil {
			continue
		}
		for _, f := range s.Types[root].Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			n, ok := needs[root+"."+f.Name]
			if !ok {
				undecided = append(undecided, root+"."+f.Name)
				continue
			}
			list = append(list, Operation{root, f.Name, n})
		}
	}
	return list, undecided
}

// Superfluous lists the operations written by hand that a schema has not.
func Superfluous(s *ast.Schema) []string {
	var list []string
	for name := range named {
		root, field, _ := strings.Cut(name, ".")
		if s.Types[root] == nil || s.Types[root].Fields.ForName(field) == nil {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// derived are the needs of the operations that follow from the Catalog.
func derived() map[string]Need {
	needs := map[string]Need{}
	for _, k := range entity.Kinds() {
		read := Need{authz.Read, k.Name}
		needs["Query."+lowerFirst(k.Name)], needs["Query."+lowerFirst(k.Plural)] = read, read
		needs["Statistics."+lowerFirst(k.Plural)] = read
		for _, action := range []authz.Action{authz.Create, authz.Update, authz.Remove} {
			needs["Mutation."+string(action)+k.Name] = Need{action, k.Name}
		}
	}
	for _, r := range entity.Relationships() {
		for _, action := range []authz.Action{authz.Connect, authz.Disconnect} {
			needs["Mutation."+string(action)+r.Noun] = Need{action, r.Name}
		}
	}
	return needs
}

func lowerFirst(s string) string {
	return string(unicode.ToLower(rune(s[0]))) + s[1:]
}
