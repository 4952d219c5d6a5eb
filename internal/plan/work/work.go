// Package work tells what waits for somebody, and where it is found.
package work

import (
	"time"

	"releasegraph/internal/domain"
)

// Source is where work of one reason is found: the records of a kind that match
// a filter, in the form of a list's, and are ordered by a field.
type Source struct {
	Why    domain.WorkReason
	Kind   string
	Filter map[string]any
	Since  string
}

type filter = map[string]any

// Sources lists every source, for a person whose name is written so in requests
// for change, tasks and reviews of releases, and so in the keys of parties. Of those that wait for a vote only
// the status is told.
func Sources(names, keys []string, now time.Time) []*Source {
	mine, nobody := in(names...), filter{"isNull": true}
	return []*Source{
		request(domain.WorkVote, "submittedAt", filter{}, domain.ChangeAssessed),
		request(domain.WorkAssess, "submittedAt", filter{}, domain.ChangeSubmitted, domain.ChangeBackedOut),
		request(domain.WorkReview, "implementedAt", filter{}, domain.ChangeImplemented),
		problem(domain.WorkDiagnose, domain.ProblemOpen),
		problem(domain.WorkResolve, domain.ProblemDiagnosed),
		problem(domain.WorkClose, domain.ProblemResolved),
		{domain.WorkPublish, domain.KindKnownError, filter{"status": in(domain.KnownErrorDraft)}, "statusSince"},
		request(domain.WorkRevise, "decidedAt", filter{"requester": mine}, domain.ChangeRejected),
		request(domain.WorkSubmit, "updatedAt", filter{"requester": mine}, domain.ChangeDraft),
		request(domain.WorkCarryOut, "decidedAt", filter{"or": []any{
			filter{"assignee": mine}, filter{"assignee": nobody, "requester": mine},
		}}, domain.ChangeAuthorised),
		{domain.WorkTask, domain.KindTask, filter{"owner": mine, "done": filter{"eq": false}, "due": filter{"lt": now}}, "due"},
		{domain.WorkGather, domain.KindRelease, overdue(now), "liveAt"},
		{domain.WorkAnnounce, domain.KindAnnouncement, filter{"status": in(domain.AnnouncementDraft), "plannedAt": filter{"lte": now}}, "plannedAt"},
		review(domain.WorkReviewDesk, now, filter{"voice": in(domain.ServiceDesk)}),
		review(domain.WorkReviewSite, now, filter{"voice": in(domain.SiteUsers), "reviewedBy": mine}),
		{domain.WorkConfirm, domain.KindConfigurationItem, filter{
			"ownedBy":   filter{"some": filter{"key": in(keys...)}},
			"updatedAt": filter{"lt": now.Add(-domain.ConfirmAfter)},
			"status":    in(domain.ItemInTest, domain.ItemLive, domain.ItemPlanned, domain.ItemOrdered, domain.ItemInDevelopment),
		}, "updatedAt"},
	}
}

// overdue selects the emergency fixes in force that no package has taken everywhere
// in time, by the default policy (R16).
func overdue(now time.Time) filter {
	closed := filter{"status": in(domain.ReleaseClosed)}
	return filter{
		"type": in(domain.EmergencyRelease), "status": in(domain.ReleaseVerifying, domain.ReleaseClosed),
		"liveAt":       filter{"lte": now.AddDate(0, -1, 0)},
		"bundledBy":    filter{"none": closed},
		"supersededBy": filter{"none": closed},
	}
}

// review selects the releases of which was asked how well they went, not long ago, and that
// have no such review (R17).
func review(why domain.WorkReason, now time.Time, said filter) *Source {
	return &Source{why, domain.KindRelease, filter{
		"status": in(domain.ReleaseVerifying, domain.ReleaseClosed), "reviews": filter{"none": said},
		"effectivenessAskedAt": filter{"gte": now.Add(-domain.ReviewWithin)},
	}, "effectivenessAskedAt"}
}

func request(why domain.WorkReason, since string, more filter, statuses ...domain.ChangeRequestStatus) *Source {
	more["status"] = in(statuses...)
	return &Source{why, domain.KindChangeRequest, more, since}
}

func problem(why domain.WorkReason, status domain.ProblemStatus) *Source {
	return &Source{why, domain.KindProblem, filter{"status": in(status)}, "statusSince"}
}

// in selects what a field has one of some values in.
func in[T ~string](values ...T) filter {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = string(v)
	}
	return filter{"in": list}
}
