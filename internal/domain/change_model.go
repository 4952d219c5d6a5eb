package domain

import (
	"fmt"
	"slices"
	"strings"
)

// ChangeModel is a template of requests for change that come again and again.
// One that was approved beforehand makes them STANDARD: no board sits (H7).
type ChangeModel struct {
	Record
	Description *string `graph:"description,set,text"`
	// Preauthorised says that the change management approved the model itself.
	Preauthorised bool `graph:"preauthorised,filter,set"`
	// Classes are those whose items it may touch; none: all.
	Classes []Class `graph:"classes,filter,set"`
	// What follows fills the requests made from it.
	Priority      *Priority    `graph:"priority,filter,set"`
	Category      *string      `graph:"category,filter,sort,set,text"`
	Justification *string      `graph:"justification,set,text"`
	Plan          *string      `graph:"plan,set,text"`
	BackOutKind   *BackOutKind `graph:"backOutKind,filter,set"`
	BackOutPlan   *string      `graph:"backOutPlan,set,text"`
	Mitigation    *string      `graph:"mitigation,set,text"`
	Downtime      *string      `graph:"downtime,set"`
}

// Check tells what is wrong with the model. One that is approved beforehand
// brings all that a board would have asked for (H7, H3).
func (m *ChangeModel) Check() Errors {
	es := m.Record.Check()
	for i, class := range m.Classes {
		if !slices.Contains(Classes, class) {
			es.wrong(fmt.Sprintf("classes.%d", i), fmt.Errorf("%q is none of %v", class, Classes))
		}
	}
	if m.Downtime != nil {
		_, err := ParseDuration(*m.Downtime)
		es.wrong("downtime", err)
	}
	if m.Preauthorised {
		draft := &ChangeFacts{Request: &ChangeRequest{}}
		m.Fill(draft.Request)
		for _, l := range draft.lacking(needJustification, needPlan, needBackOut) {
			es.rule("H7", l.Field, "is missing: a model that is approved beforehand needs "+l.Message)
		}
	}
	return es
}

// Fill gives a request what the model says of it, where it says nothing itself.
func (m *ChangeModel) Fill(c *ChangeRequest) {
	fill(&c.Description, m.Description)
	fill(&c.Category, m.Category)
	fill(&c.Justification, m.Justification)
	fill(&c.Plan, m.Plan)
	fill(&c.BackOutKind, m.BackOutKind)
	fill(&c.BackOutPlan, m.BackOutPlan)
	fill(&c.Mitigation, m.Mitigation)
	fill(&c.Downtime, m.Downtime)
	if m.Priority != nil && c.Priority == "" {
		c.Priority = *m.Priority
	}
}

func fill[T any](field **T, from *T) {
	if *field == nil && from != nil {
		v := *from
		*field = &v
	}
}

// covers says which of the items the model is not about, "" when it is about
// all.
func (m *ChangeModel) covers(items []*ConfigurationItem) string {
	var beyond []string
	for _, i := range items {
		if len(m.Classes) > 0 && !slices.Contains(m.Classes, i.Class) {
			beyond = append(beyond, fmt.Sprintf("%s is of class %s", i.Key, i.Class))
		}
	}
	if len(beyond) == 0 {
		return ""
	}
	return fmt.Sprintf("items that the model %s is about (%s): %s", m.Key, join(m.Classes), strings.Join(beyond, ", "))
}
