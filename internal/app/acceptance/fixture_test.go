package acceptance_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/acceptance"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/domain"
)

const digest = apptest.Digest

// paying is an application of the house with its master copies, a request that was
// authorised, and the parties of who signs.
var paying = []string{
	`{"node":"ConfigurationItem","key":"pay-calc","name":"pay-calc","class":"PROGRAM","productVersion":"1.0.0"}`,
	`{"node":"ConfigurationItem","key":"pay-db","name":"pay-db","class":"DATABASE","productVersion":"14.1"}`,
	`{"node":"Board","key":"CAB","name":"The board","members":["ann","bob","erin"],"quorum":1}`,
	`{"node":"ChangeRequest","key":"C-1","name":"Round right","type":"NORMAL","status":"AUTHORISED","requester":"rita","plan":"do","backOutKind":"FULL","backOutPlan":"undo"}`,
	`{"edge":"AFFECTS","from":"ChangeRequest:C-1","to":"ConfigurationItem:pay-calc"}`,
	`{"edge":"AFFECTS","from":"ChangeRequest:C-1","to":"ConfigurationItem:pay-db"}`,
	`{"edge":"DECIDED_BY","from":"ChangeRequest:C-1","to":"Board:CAB"}`,
	copied("pay-calc-1.0.0", "PACKAGE", "1.0.0"), `{"edge":"MASTER_OF","from":"MediaItem:pay-calc-1.0.0","to":"ConfigurationItem:pay-calc"}`,
	copied("pay-calc-1.1.0", "PACKAGE", "1.1.0"), `{"edge":"MASTER_OF","from":"MediaItem:pay-calc-1.1.0","to":"ConfigurationItem:pay-calc"}`,
	copied("pay-db-14.1", "PACKAGE", "14.1"), `{"edge":"MASTER_OF","from":"MediaItem:pay-db-14.1","to":"ConfigurationItem:pay-db"}`,
	copied("pay-db-14.2", "PACKAGE", "14.2"), `{"edge":"MASTER_OF","from":"MediaItem:pay-db-14.2","to":"ConfigurationItem:pay-db"}`,
	copied("pay-install", "SCRIPT", "1.1.0"), copied("pay-report", "DOCUMENT", "1"),
	`{"node":"Party","key":"pam","name":"Pam","type":"PERSON","roleNames":["Project Manager"]}`,
	`{"node":"Party","key":"dba","name":"Database people","type":"TEAM","roleNames":["database administrator"]}`,
	`{"node":"Party","key":"dora","name":"Dora","type":"PERSON"}`, `{"edge":"MEMBER_OF","from":"Party:dora","to":"Party:dba"}`,
	`{"node":"Party","key":"dirk","name":"Dirk","type":"PERSON"}`, `{"edge":"MEMBER_OF","from":"Party:dirk","to":"Party:dba"}`,
}

func copied(key, kind, version string) string {
	return `{"node":"MediaItem","key":"` + key + `","name":"m","kind":"` + kind + `","productVersion":"` + version + `","sha256":"` + digest + `","size":3,"status":"ACCEPTED","stored":true,"putBy":"paul"}`
}

// planned plans R, which brings pay-calc, carries out C-1 and has all that is agreed
// on beforehand.
func planned(f *apptest.Fixture) {
	f.T.Helper()
	f.Lines(paying...)
	f.Create(domain.KindRelease, "R", apptest.Values{
		"releaseVersion": "1.1.0", "type": "MINOR", "category": "DELTA", "approach": "PHASED", "assembly": "make kit",
		"plannedFrom": "2027-01-01T00:00:00Z", "plannedTo": "2027-01-05T00:00:00Z",
		"manager": "mia", "buildManager": "bea", "testManager": "tom", "deploymentManager": "dan",
	})
	f.Connect(domain.RelChanges, "R", "pay-calc", apptest.Values{"action": "MODIFY", "fromVersion": "1.0.0", "toVersion": "1.1.0"})
	f.Connect(domain.RelImplements, "R", "C-1", nil)
	f.Connect(domain.RelKitOf, "pay-calc-1.1.0", "R", nil)
	f.Connect(domain.RelKitOf, "pay-install", "R", nil)
	f.PlanTests("R", "pay-install")
}

// submitted brings R into acceptance.
func submitted(f *apptest.Fixture) {
	f.T.Helper()
	_, err := f.Releases.StartBuild(f.As("mia", domain.ReleaseManager), apptest.OfRelease("R"), nil)
	require.NoError(f.T, err)
	_, err = f.Releases.SubmitForAcceptance(f.As("bea", domain.BuildManager), apptest.OfRelease("R"), nil)
	require.NoError(f.T, err)
}

func accepting(f *apptest.Fixture) {
	f.T.Helper()
	planned(f)
	submitted(f)
}

// signs signs R in somebody's name.
func signs(f *apptest.Fixture, who string, role domain.Role, in acceptance.Sign) error {
	in.Ref = apptest.Key("R")
	if in.Verdict == "" {
		in.Verdict = domain.Signs
	}
	_, err := f.Acceptance.SignRelease(f.As(who, role), in, nil)
	return err
}

// signers are who signs an application of the house, each for their column.
var signers = []struct {
	column domain.SignOffColumn
	who    string
	role   domain.Role
}{
	{domain.SignDelivered, "pam", domain.Viewer}, {domain.SignAccepted, "tom", domain.TestManager}, {domain.SignHandedOver, "max", domain.ChangeManager},
	{domain.SignSupported, "olaf", domain.OperationsManager}, {domain.SignImplementation, "mia", domain.ReleaseManager},
}

// allSign has R signed in all columns, but some.
func allSign(f *apptest.Fixture, but ...domain.SignOffColumn) {
	f.T.Helper()
	for _, s := range signers {
		skip := false
		for _, c := range but {
			skip = skip || c == s.column
		}
		if !skip {
			require.NoError(f.T, signs(f, s.who, s.role, acceptance.Sign{Column: s.column}), s.column)
		}
	}
}

// lacks are the needs of acceptRelease that are not met.
func lacks(f *apptest.Fixture) []string { return f.Lacks("R", domain.AcceptRelease) }

// lacksOf are those of one need.
func lacksOf(f *apptest.Fixture, need domain.MoveNeed) (list []string) {
	for _, l := range lacks(f) {
		if text, ok := strings.CutPrefix(l, string(need)+": "); ok {
			list = append(list, text)
		}
	}
	return list
}

func accepts(f *apptest.Fixture, who string, role domain.Role) error {
	_, err := f.Releases.AcceptRelease(f.As(who, role), domain.Verb{Ref: apptest.Key("R")}, nil)
	return err
}

// broken are the rules that an error says are broken, each with its field.
func broken(err error) (list []string) {
	for _, e := range apptest.DomainErrors(err) {
		list = append(list, e.Rule+" "+e.Field)
	}
	return list
}

// onStores runs a test on both stores.
func onStores(t *testing.T, test func(*testing.T, *apptest.Fixture)) { apptest.OnStores(t, test) }
