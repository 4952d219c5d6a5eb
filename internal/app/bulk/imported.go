package bulk

import "releasegraph/internal/domain"

// ImportCount tells what an import did with the records of one kind, or the
// relationships of one name.
type ImportCount struct {
	Name         string `json:"name"`
	Relationship bool   `json:"relationship"`
	Created      int    `json:"created"`
	Updated      int    `json:"updated"`
	Removed      int    `json:"removed"`
	Unchanged    int    `json:"unchanged"`
	// Kept counts the fields that stayed as a person had set them (C6), or the
	// relationships that did.
	Kept int `json:"kept"`
	// Listed counts what the source lists from now on, as others did before it;
	// Unlisted what it lists no longer and others still do. Revived counts those
	// of the updated records that a prune had withdrawn.
	Listed   int `json:"listed,omitempty"`
	Unlisted int `json:"unlisted,omitempty"`
	Revived  int `json:"revived,omitempty"`
}

// Imported is what a batch of an import did, or with a dry run would do.
type Imported struct {
	Counts   []ImportCount
	Revision int64
	// Changes and Kept are the first ones, as many as ImportOptions.Show.
	Changes []domain.Change
	Kept    []domain.FieldKept
	// Held are the changes that the batch put on hold or released (H6).
	Held []ImportHold
	// Whole are the keys of the requests for change that the batch brings as a
	// whole: their links, which may come later, are no change of their content.
	Whole []string
	// Falls are the releases whose numbers do not rise, of the units that were touched
	// (R3). Those of an import of many batches are told at its end.
	Falls []ImportFall
}

// ImportFall is a release that went live and whose number does not rise, of which
// unit, and why; Than is the release that was live before, nil where the number
// cannot be read.
type ImportFall struct {
	Release string  `json:"release"`
	Number  string  `json:"number"`
	Unit    string  `json:"unit"`
	Than    *string `json:"than,omitempty"`
	Why     string  `json:"why"`
}

// ImportHold tells which freezes hold a change, and which did before (H6): keys.
type ImportHold struct {
	ChangeRequest string   `json:"changeRequest"`
	Before        []string `json:"before"`
	After         []string `json:"after"`
}
