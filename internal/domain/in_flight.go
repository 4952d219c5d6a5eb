package domain

import "slices"

// ChangesInFlight are the statuses of a request for change that is neither
// being written nor done with: I7 counts these.
var ChangesInFlight = []ChangeRequestStatus{ChangeSubmitted, ChangeAssessed, ChangeAuthorised, ChangeInRelease, ChangeBackedOut}

// ChangeInFlight reports whether a request for change is under way.
func ChangeInFlight(s ChangeRequestStatus) bool { return slices.Contains(ChangesInFlight, s) }

// ChangesPlanned are the statuses of a request for change whose planned time is
// still to come true: H6 looks at these.
var ChangesPlanned = []ChangeRequestStatus{ChangeDraft, ChangeSubmitted, ChangeAssessed, ChangeAuthorised, ChangeInRelease}

// ChangePlanned reports whether a request for change waits to be carried out.
func ChangePlanned(s ChangeRequestStatus) bool { return slices.Contains(ChangesPlanned, s) }
