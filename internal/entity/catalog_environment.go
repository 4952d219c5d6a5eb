package entity

import "releasegraph/internal/domain"

// The area environment is where releases are tested, and who may use that when.
var _ = declare(area{
	name: "environment", after: "acceptance",
	defaults: []preset{
		presets(func(e *domain.TestEnvironment) { e.Environment = domain.Acceptance }),
	},
	kinds:         environmentKinds,
	relationships: environmentRelationships,
	policies: []PolicyArea{
		{
			Name: "environment", Doc: "test environments, and what stands in them for live items",
			Kinds:         []string{domain.KindTestEnvironment},
			Relationships: []string{domain.RelComprises, domain.RelStandsFor},
		},
		{
			Name: "booking", Doc: "for which release a test environment is kept, and when", Placed: true,
			Kinds:         []string{domain.KindBooking},
			Relationships: []string{domain.RelBooks, domain.RelBookedFor},
		},
	},
	actions: []Action{
		{Name: "reset", Doc: "say that a test environment was reset"},
		{Name: "book", Doc: "book a test environment for a release, or give that up"},
	},
})

func environmentKinds() []*Kind {
	return []*Kind{
		newKind[domain.TestEnvironment](domain.KindTestEnvironment),
		newKind[domain.EnvironmentBooking](domain.KindBooking).byVerbs(),
	}
}

func environmentRelationships() []*Relationship {
	const (
		item        = domain.KindConfigurationItem
		environment = domain.KindTestEnvironment
		booking     = domain.KindBooking
	)
	return []*Relationship{
		link[domain.EnvironmentItem](Relationship{
			Name: domain.RelComprises, Noun: "EnvironmentItem", From: environment, To: item,
			Field: "items", FieldDoc: "The items that this test environment has.",
			Inverse: "testEnvironments", InverseDoc: "The test environments that have this item.",
		}),
		{
			Name: domain.RelStandsFor, Noun: "StandIn", From: item, To: item, ToOne: true,
			Field: "standsFor", FieldDoc: "The live item for which this one stands in tests (R12).",
			Inverse: "standIns", InverseDoc: "The items that stand for this one in tests.",
		},
		{
			Name: domain.RelBooks, Noun: "BookedEnvironment", From: booking, To: environment, Deed: true, ToOne: true, ByVerbs: true,
			Field: "environment", FieldDoc: "The test environment that is booked.",
			Inverse: "bookings", InverseDoc: "For what this test environment is booked, also what is over or was given up.",
		},
		{
			Name: domain.RelBookedFor, Noun: "BookingRelease", From: booking, To: domain.KindRelease, Deed: true, AtSites: FromEnd, ToOne: true, ByVerbs: true,
			Field: "release", FieldDoc: "The release for which it is booked.",
			Inverse: "environmentBookings", InverseDoc: "The test environments that are booked for this release, also what is over or was given up.",
		},
		{
			Name: domain.RelRanIn, Noun: "RunPlace", From: domain.KindTestRun, To: environment, Deed: true, ToOne: true, ByVerbs: true,
			Field: "testEnvironment", FieldDoc: "The test environment in which this run was made; null where none was named.",
			Inverse: "runs", InverseDoc: "The test runs that were made here.",
		},
	}
}
