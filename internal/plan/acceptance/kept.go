package acceptance

import (
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/release"
)

// Document is a deliverable or a report of a test run that the library keeps: Of
// is the key of what it belongs to, Media that of its media item.
type Document struct {
	Of, Media string
	Status    domain.MediaStatus
}

// DocumentsKept is the part of the need DELIVERABLES that the library answers for:
// it has refused or given up none of the documents (R8).
func DocumentsKept(documents []Document) (list []release.Lack) {
	for _, d := range documents {
		if d.Status == domain.MediaRefused || d.Status == domain.MediaPurged {
			list = append(list, release.NeedDeliverables.Lack(d.Of, "documents that the library has: %s of %s is %s", d.Media, d.Of, d.Status))
		}
	}
	return list
}
