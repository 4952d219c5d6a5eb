package domain

import (
	"errors"
	"fmt"
	"time"
)

// TestRun is one run of a planned test. It is never edited; what is INCONCLUSIVE
// is judged once (R7).
type TestRun struct {
	Record
	Verdict TestVerdict `graph:"verdict,required,filter,sort,import"`
	// Round and KitDigest are what the run counts for (R21).
	Round       int         `graph:"round,filter,sort,import"`
	KitDigest   string      `graph:"kitDigest,required,filter,import"`
	Environment Environment `graph:"environment,required,filter,sort,import"`
	StartedAt   time.Time   `graph:"startedAt,filter,sort,import"`
	EndedAt     time.Time   `graph:"endedAt,filter,sort,import"`
	// Comment is what was seen.
	Comment *string `graph:"comment,import,text"`
	Tester  string  `graph:"tester,required,filter,sort,import,text,person"`
	// Machine says that an API token reported it, or that a server measured it.
	Machine bool `graph:"machine,filter,import"`
	// Method is how the tester was known, and Identities by what.
	Method     *IdentityMethod `graph:"method,filter,import"`
	Identities []string        `graph:"identities,import"`
	// JudgedBy judged an INCONCLUSIVE run, for the reason of Judgement.
	JudgedBy        *string    `graph:"judgedBy,filter,sort,import,text,person"`
	JudgedAt        *time.Time `graph:"judgedAt,filter,sort,import"`
	Judgement       *string    `graph:"judgement,import,text"`
	JudgeIdentities []string   `graph:"judgeIdentities,import"`
	// Measurement is what was measured; nil: somebody looked.
	Measurement *Measurement `graph:"measurement,import"`
}

// TestVerdict is what a test run came to.
type TestVerdict string

// The verdicts of test runs.
const (
	TestPassed       TestVerdict = "PASS"
	TestFailed       TestVerdict = "FAIL"
	TestInconclusive TestVerdict = "INCONCLUSIVE"
)

// TestVerdicts lists all verdicts of test runs.
var TestVerdicts = []TestVerdict{TestPassed, TestFailed, TestInconclusive}

// TesterPerson is who ran the test.
func (r *TestRun) TesterPerson() *Person { return PersonOf(r, r.Tester, r.Identities...) }

// JudgedByPerson is who judged the run.
func (r *TestRun) JudgedByPerson() *Person { return maybePersonOf(r, r.JudgedBy, r.JudgeIdentities...) }

// Doer is who ran the test.
func (r *TestRun) Doer() Doer { return Doer{r.Tester, r.Identities} }

// Judge is who judged the run; of one that nobody judged nobody.
func (r *TestRun) Judge() (judge Doer, judged bool) {
	if r.JudgedBy == nil {
		return Doer{}, false
	}
	return Doer{*r.JudgedBy, r.JudgeIdentities}, true
}

// Check tells what is wrong with the run.
func (r *TestRun) Check() Errors {
	es := r.Record.Check()
	es.wrong("kitDigest", CheckSha256(r.KitDigest))
	es.given("startedAt", r.StartedAt)
	es.given("endedAt", r.EndedAt)
	if r.Round < 1 {
		es.wrong("round", errors.New("must be 1 or more: the submission to acceptance in which it was made"))
	}
	if r.EndedAt.Before(r.StartedAt) {
		es.wrong("endedAt", errors.New("is before startedAt"))
	}
	if (r.JudgedBy == nil) != (r.JudgedAt == nil) {
		es.wrong("judgedAt", errors.New("belongs to judgedBy"))
	}
	if r.JudgedBy != nil && r.Verdict == TestInconclusive {
		es.rule("R7", "verdict", "cannot be INCONCLUSIVE of a run that was judged")
	}
	return es
}

// CheckTimes says what is wrong with when a run is said to have been made (R7):
// it ends no earlier than it starts, and not in the future.
func (r *TestRun) CheckTimes(now time.Time) (es Errors) {
	if r.EndedAt.Before(r.StartedAt) {
		es.rule("R7", "endedAt", "is before startedAt")
	}
	if r.EndedAt.After(now) {
		es.rule("R7", "endedAt", fmt.Sprintf("is in the future: it is %s", now.UTC().Format(time.RFC3339)))
	}
	return es
}

// CheckJudge says why somebody cannot judge the run so (R7): once, if it is
// INCONCLUSIVE, to PASS or FAIL, with a reason, and not by who ran it.
func (r *TestRun) CheckJudge(verdict TestVerdict, reason string, who Doer) (es Errors) {
	if r.Verdict != TestInconclusive {
		said := fmt.Sprintf("%s is %s: only an INCONCLUSIVE run is judged", r.Key, r.Verdict)
		if r.JudgedBy != nil {
			said += ", and that once"
		}
		es.rule("R7", "ref", said)
	}
	if verdict == TestInconclusive {
		es.rule("R7", "verdict", "must be PASS or FAIL")
	}
	if blank(&reason) == "" {
		es.rule("R7", "reason", "must say why")
	}
	if SamePerson(r.Doer(), who) {
		es.rule("R7", "ref", fmt.Sprintf("was run by %s: nobody judges their own run", r.Tester))
	}
	return es
}

// Decide judges the run.
func (r *TestRun) Decide(verdict TestVerdict, reason string, who Doer, at time.Time) {
	r.Verdict, r.JudgedBy, r.JudgedAt, r.Judgement, r.JudgeIdentities = verdict, &who.Name, &at, &reason, who.Identities
}
