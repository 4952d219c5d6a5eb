package entity

import "releasegraph/internal/domain"

// The area preparation is what is prepared before a release goes out, and who
// accepts its calendar.
var _ = declare(area{
	name: "preparation", after: "library",
	enums: []enumeration{
		enum(domain.CalendarVerdicts),
	},
	kinds:         preparationKinds,
	relationships: preparationRelationships,
	policies: []PolicyArea{{
		Name: "preparation", Doc: "what is prepared, and who accepts the calendar of a release", Placed: true,
		Kinds:         []string{domain.KindCalendarAnswer},
		Relationships: []string{domain.RelBlockedBy, domain.RelAnswers, domain.RelAnsweredFor},
	}},
	actions: []Action{
		{"answer", "say whether a calendar suits a party or a site"},
	},
})

func preparationKinds() []*Kind {
	return []*Kind{
		newKind[domain.CalendarAnswer](domain.KindCalendarAnswer).byVerbs(),
	}
}

func preparationRelationships() []*Relationship {
	const (
		task    = domain.KindTask
		release = domain.KindRelease
		answer  = domain.KindCalendarAnswer
	)
	return []*Relationship{
		{
			Name: domain.RelPrepares, Noun: "ReleasePreparation", From: task, To: release, AtSites: FromEnd, ToOne: true,
			Field: "release", FieldDoc: "The release that this task prepares (R12).",
			Inverse: "tasks", InverseDoc: "What has to be prepared before this release may go on (R12).",
		},
		{
			Name: domain.RelBlockedBy, Noun: "TaskBlock", From: task, To: task,
			Field: "blockedBy", FieldDoc: "The tasks that are to be done before this one (R12).",
			Inverse: "blocks", InverseDoc: "The tasks that wait for this one.",
		},
		{
			Name: domain.RelAnswers, Noun: "AnsweredCalendar", From: answer, To: release, Deed: true, AtSites: FromEnd, ToOne: true, ByVerbs: true,
			Field: "release", FieldDoc: "The release whose calendar was answered (R13).",
			Inverse: "calendarAnswers", InverseDoc: "What was answered to its calendar, also of calendars before (R13).",
		},
		{
			Name: domain.RelAnsweredFor, Noun: "AnsweringParty", From: answer, To: domain.KindParty, Deed: true, ToOne: true, ByVerbs: true,
			Field: "party", FieldDoc: "The party that answered.",
			Inverse: "calendarAnswers", InverseDoc: "What this party answered to calendars of releases.",
		},
		{
			Name: domain.RelAnsweredFor, Noun: "AnsweringSite", From: answer, To: domain.KindSite, Deed: true, AtSites: FromEnd, ToOne: true, ByVerbs: true,
			Field: "site", FieldDoc: "The site for which was answered.",
			Inverse: "calendarAnswers", InverseDoc: "What was answered for this site to calendars of releases.",
		},
	}
}
