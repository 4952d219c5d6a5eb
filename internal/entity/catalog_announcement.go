package entity

import "releasegraph/internal/domain"

// The area announcement is what audiences are told of a release.
var _ = declare(area{
	name: "announcement", after: "preparation",
	enums: []enumeration{
		enum(domain.AnnouncementAudiences),
		enum(domain.AnnouncementChannels),
		enum(domain.AnnouncementOccasions),
		enum(domain.AnnouncementStatuses),
		enum(domain.RecipientOutcomes),
	},
	defaults: []preset{
		presets(func(a *domain.Announcement) {
			a.Channel, a.Occasion, a.Status = domain.ByEmail, domain.OnPlan, domain.AnnouncementDraft
		}),
	},
	kinds:         announcementKinds,
	relationships: announcementRelationships,
	policies: []PolicyArea{{
		Name: "announcement", Doc: "what audiences are told of releases", Placed: true,
		Kinds:         []string{domain.KindAnnouncement},
		Relationships: []string{domain.RelAnnounces, domain.RelAnnouncedAt},
	}},
	actions: []Action{
		{"announce", "draft, edit and send what audiences are told of a release"},
	},
})

func announcementKinds() []*Kind {
	return []*Kind{
		newKind[domain.Announcement](domain.KindAnnouncement).byVerbs().
			draft(string(domain.AnnouncementDraft), string(domain.AnnouncementDropped)),
	}
}

func announcementRelationships() []*Relationship {
	return []*Relationship{
		{
			Name: domain.RelAnnounces, Noun: "AnnouncedRelease", From: domain.KindAnnouncement, To: domain.KindRelease, Deed: true, ToOne: true, ByVerbs: true,
			Field: "release", FieldDoc: "The release that is announced (R14).",
			Inverse: "announcements", InverseDoc: "What audiences are told of this release (R14).",
		},
		{
			Name: domain.RelAnnouncedAt, Noun: "AnnouncedSite", From: domain.KindAnnouncement, To: domain.KindSite, Deed: true, AtSites: FromEnd, ToOne: true, ByVerbs: true,
			Field: "site", FieldDoc: "The site that is told, of an announcement to a SITE.",
			Inverse: "announcements", InverseDoc: "What this site is told of releases (R14).",
		},
	}
}
