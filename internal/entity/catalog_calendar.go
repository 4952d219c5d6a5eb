package entity

import "releasegraph/internal/domain"

// The area calendar is maintenance windows, freezes, exceptions from them, and feeds of the schedule.
var _ = declare(area{
	name: "calendar", after: "change",
	enums: []enumeration{
		enum(domain.ExceptionStatuses),
	},
	defaults: []preset{
		presets(func(e *domain.FreezeException) { e.Status = domain.ExceptionRequested }),
	},
	kinds:         calendarKinds,
	relationships: calendarRelationships,
	policies: []PolicyArea{
		{
			Name: "calendar", Doc: "maintenance windows and freezes, which all may see",
			Kinds:         []string{domain.KindMaintenanceWindow, domain.KindFreeze},
			Relationships: []string{domain.RelWindowAt, domain.RelWindowOf, domain.RelFreezesAt, domain.RelFreezes},
		},
		{
			Name: "exception", Doc: "exceptions from freezes, and for which changes they are", Placed: true,
			Kinds:         []string{domain.KindFreezeException},
			Relationships: []string{domain.RelExcepts, domain.RelExceptionFor},
		},
		{
			Name: "feed", Doc: "secret addresses of the forward schedule", Wide: true,
			Kinds:         []string{domain.KindCalendarFeed},
			Relationships: []string{domain.RelFeedAt, domain.RelFeedOf},
		},
	},
})

func calendarKinds() []*Kind {
	return []*Kind{
		newKind[domain.MaintenanceWindow](domain.KindMaintenanceWindow),
		newKind[domain.Freeze](domain.KindFreeze),
		newKind[domain.FreezeException](domain.KindFreezeException).deed(),
		newKind[domain.CalendarFeed](domain.KindCalendarFeed),
	}
}

func calendarRelationships() []*Relationship {
	const (
		item      = domain.KindConfigurationItem
		site      = domain.KindSite
		request   = domain.KindChangeRequest
		window    = domain.KindMaintenanceWindow
		freeze    = domain.KindFreeze
		exception = domain.KindFreezeException
	)
	return []*Relationship{
		{
			Name: domain.RelFeedAt, Noun: "FeedSite", From: domain.KindCalendarFeed, To: site, ToOne: true,
			Field: "site", FieldDoc: "The site whose changes it shows, with all its parts; null for all.",
		},
		{
			Name: domain.RelFeedOf, Noun: "FeedService", From: domain.KindCalendarFeed, To: item, ToOne: true,
			Field: "service", FieldDoc: "The service whose changes it shows, with all that it needs; null for all.",
		},
		{
			Name: domain.RelWindowAt, Noun: "MaintenanceSite", From: window, To: site,
			Field: "sites", FieldDoc: "The sites, with all their parts, that may be worked on in this window.",
			Inverse: "maintenanceWindows", InverseDoc: "The windows that name this site.",
		},
		{
			Name: domain.RelWindowOf, Noun: "MaintenanceService", From: window, To: item,
			Field: "services", FieldDoc: "The services that may be worked on in this window, with all that they need.",
			Inverse: "maintenanceWindows", InverseDoc: "The windows that name this item.",
		},
		{
			Name: domain.RelFreezesAt, Noun: "FrozenSite", From: freeze, To: site,
			Field: "sites", FieldDoc: "The sites that it leaves alone, with all their parts.",
			Inverse: "freezes", InverseDoc: "The freezes that name this site.",
		},
		{
			Name: domain.RelFreezes, Noun: "FrozenService", From: freeze, To: item,
			Field: "services", FieldDoc: "The services that it leaves alone, with all that they need.",
			Inverse: "freezes", InverseDoc: "The freezes that name this item.",
		},
		{
			Name: domain.RelExcepts, Noun: "ExceptedFreeze", From: exception, To: freeze, Deed: true, ToOne: true,
			Field: "freeze", FieldDoc: "The freeze that is not to hold the change.",
			Inverse: "exceptions", InverseDoc: "The exceptions that were asked for.",
		},
		{
			Name: domain.RelExceptionFor, Noun: "ExceptedChange", From: exception, To: request, Deed: true, AtSites: FromEnd, ToOne: true,
			Field: "changeRequest", FieldDoc: "The one change that it is for.",
			Inverse: "freezeExceptions", InverseDoc: "The exceptions from freezes that were asked for.",
		},
	}
}
