package domain

// CheckEnds says why a relationship cannot join a record with itself. Longer
// cycles are allowed (C2), PART_OF among sites aside.
func CheckEnds(rel, from, to string) *Error {
	if from != to {
		return nil
	}
	messages := map[string]string{
		RelDependsOn:   "an item cannot depend on itself",
		RelPartOf:      "a site cannot be part of itself",
		RelSiteNeeds:   "a site cannot need itself",
		RelStandsInFor: "a site cannot stand in for itself",
	}
	message, ok := messages[rel]
	if !ok {
		message = "a record cannot be linked to itself by " + rel
	}
	return &Error{Code: Invalid, Message: message}
}
