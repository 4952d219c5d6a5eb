package domain

// Site is a place that receives deployments.
type Site struct {
	Record
	Description *string `graph:"description,set,text"`
	Region      *string `graph:"region,filter,sort,set,text"`
	// TimeZone is an IANA name; windows at the site are in its local time (P7).
	TimeZone *string `graph:"timeZone,filter,set"`
	Ring     Ring    `graph:"ring,required,filter,sort,set"`
	// ServiceHours are local hours in which the site must not be disturbed, as
	// people write them: "Mo-Fr 08:00-18:00".
	ServiceHours *string `graph:"serviceHours,set"`
	Users        *int    `graph:"users,filter,sort,set"`
	// Email is where those who speak for the site are told, Language the BCP 47 tag
	// of the language that they are told in (R14).
	Email    *string `graph:"email,filter,set"`
	Language *string `graph:"language,filter,set"`
}

// Ring says how early a site receives a release (P5).
type Ring string

// The rings.
const (
	PilotAlpha Ring = "PILOT_ALPHA"
	PilotBeta  Ring = "PILOT_BETA"
	General    Ring = "GENERAL"
)

// Rings lists all rings, the earliest first.
var Rings = []Ring{PilotAlpha, PilotBeta, General}
