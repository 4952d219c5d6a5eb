package domain

// OpeningReason says by what a maintenance window or a freeze is for an item.
type OpeningReason string

// The reasons, in the order in which they are looked at.
const (
	OpeningOfService     OpeningReason = "SERVICE"
	OpeningAtSite        OpeningReason = "SITE"
	OpeningInRegion      OpeningReason = "REGION"
	OpeningOfClass       OpeningReason = "CLASS"
	OpeningOfEnvironment OpeningReason = "ENVIRONMENT"
	OpeningEverywhere    OpeningReason = "EVERYWHERE"
)
