package domain

import (
	"errors"
	"fmt"
	"slices"
)

// AcceptanceTest is one test that is planned for a release (R7, R21).
type AcceptanceTest struct {
	Record
	Description *string  `graph:"description,set,text"`
	Kind        TestKind `graph:"kind,required,filter,sort,set"`
	// Criteria say when it is passed, agreed on before it is run.
	Criteria    string      `graph:"criteria,required,set,text"`
	Environment Environment `graph:"environment,required,filter,sort,set"`
	// Required says that the release is not accepted without it, Regression that it
	// looks at all items (R20).
	Required   bool `graph:"required,filter,set"`
	Regression bool `graph:"regression,filter,set"`
	// Testers are the names of those who may report its runs, beside the test
	// managers.
	Testers []string `graph:"testers,filter,set,text,person"`
	// Query and Measure say how a server measures it; nil: people run it.
	Query   *string      `graph:"query,set"`
	Measure *TestMeasure `graph:"measure,set"`
}

// TesterPersons are those who may report its runs.
func (t *AcceptanceTest) TesterPersons() []*Person { return PeopleOf(t, t.Testers) }

// Scripted reports whether runs of the kind carry out a script of the kit (R6).
func (k TestKind) Scripted() bool {
	return k == InstallationTest || k == BackOutTest || k == ActivationTest
}

// Check tells what is wrong with the plan.
func (t *AcceptanceTest) Check() Errors {
	es := t.Record.Check()
	if blank(&t.Criteria) == "" {
		es.wrong("criteria", errors.New("must say when the test is passed"))
	}
	for i, name := range t.Testers {
		field := fmt.Sprintf("testers.%d", i)
		es.wrong(field, CheckName(name))
		if slices.ContainsFunc(t.Testers[:i], func(other string) bool { return AlikeNames(name, other) }) {
			es.wrong(field, fmt.Errorf("%q is a tester already", name))
		}
	}
	if (t.Query == nil) != (t.Measure == nil) {
		es.rule("R7", "measure", "belongs to query: what is measured has both")
	}
	if t.Query != nil && blank(t.Query) == "" {
		es.wrong("query", errors.New("must not be blank"))
	}
	if t.Measure != nil {
		t.Measure.check(&es)
	}
	return es
}

// MayBeRunBy reports whether somebody may report runs of the test without being a
// test manager.
func (t *AcceptanceTest) MayBeRunBy(who Doer) bool { return ContainsName(t.Testers, who.Name) }
