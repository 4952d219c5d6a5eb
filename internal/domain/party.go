package domain

import "fmt"

// Party is a team, a person, a supplier or a customer: whom a configuration
// item concerns.
type Party struct {
	Record
	Description *string   `graph:"description,set,text"`
	Type        PartyType `graph:"type,required,filter,sort,set"`
	// Contact is how to reach the party, as people write it.
	Contact *string `graph:"contact,filter,set,text"`
	// RoleNames are what the party is called in the house's own processes:
	// "service desk", "database administrator".
	RoleNames []string `graph:"roleNames,set,text"`
	// TimeZone is an IANA name: the party's working day is in its local time.
	TimeZone *string `graph:"timeZone,filter,set"`
	// Email is where announcements are sent, Language the BCP 47 tag of the language
	// that they are written in (R14).
	Email    *string `graph:"email,filter,set"`
	Language *string `graph:"language,filter,set"`
	// SitesPerDay and UsersPerDay are how much of roll-outs the party takes on a day
	// of its zone (P13); absent: any.
	SitesPerDay *int `graph:"sitesPerDay,filter,sort,set"`
	UsersPerDay *int `graph:"usersPerDay,filter,sort,set"`
}

// PartyType says what sort of party one is.
type PartyType string

// The types of party.
const (
	PartyTeam     PartyType = "TEAM"
	PartyPerson   PartyType = "PERSON"
	PartySupplier PartyType = "SUPPLIER"
	PartyCustomer PartyType = "CUSTOMER"
)

// PartyTypes lists all types of party.
var PartyTypes = []PartyType{PartyTeam, PartyPerson, PartySupplier, PartyCustomer}

// Check tells what is wrong with the party.
func (p *Party) Check() Errors {
	es := p.Record.Check()
	if p.TimeZone != nil {
		es.wrong("timeZone", CheckTimeZone(*p.TimeZone))
	}
	es.reached(p.Email, p.Language)
	es.within("sitesPerDay", p.SitesPerDay, 1, MaxCount)
	es.within("usersPerDay", p.UsersPerDay, 1, MaxCount)
	for i, name := range p.RoleNames {
		es.wrong(fmt.Sprintf("roleNames.%d", i), CheckName(name))
	}
	return es
}

// RuleServes is the rule that SERVES leads from items of class SERVICE only
// (the table of relationships in docs/domain.md).
const RuleServes = "SERVES"

// CheckServes says why an item of the class cannot have customers by SERVES,
// or nil: only a service can.
func CheckServes(key string, class Class) *Error {
	if class == Service {
		return nil
	}
	return &Error{
		Code: RuleViolation, Rule: RuleServes,
		Message: fmt.Sprintf("only an item of class %s serves customers, and %q is of class %s", Service, key, class),
		Details: map[string]any{"class": string(class), "legal": []string{string(Service)}},
	}
}

// CheckStaysService says why an item that serves customers cannot be of the
// class, or nil.
func CheckStaysService(key string, class Class) *Error {
	if class == Service {
		return nil
	}
	return &Error{
		Code: RuleViolation, Rule: RuleServes, Field: "class",
		Message: fmt.Sprintf("must stay %s while %q serves customers: disconnect these first", Service, key),
		Details: map[string]any{"legal": []string{string(Service)}},
	}
}
