package domain

import "time"

// Licence is the right to use software (L3, L7).
type Licence struct {
	Record
	Publisher *string `graph:"publisher,filter,sort,set,text"`
	// Seats is how many it covers, counted by Metric; nil: any number.
	Seats  *int          `graph:"seats,filter,sort,set"`
	Metric LicenceMetric `graph:"metric,required,filter,sort,set"`
	// ValidFrom and Expires are from when and until before when it holds.
	ValidFrom *time.Time `graph:"validFrom,filter,sort,set"`
	Expires   *time.Time `graph:"expires,filter,sort,set"`
	Cost      *string    `graph:"cost,set"`
	Currency  *string    `graph:"currency,filter,set"`
	// EndedAt is when it was ended before its time.
	EndedAt *time.Time `graph:"endedAt,filter,sort,import"`
}

// LicenceMetric says what takes a seat.
type LicenceMetric string

// The metrics.
const (
	PerInstallation LicenceMetric = "PER_INSTALLATION"
	PerSite         LicenceMetric = "PER_SITE"
	PerUser         LicenceMetric = "PER_USER"
)

// LicenceMetrics lists all metrics.
var LicenceMetrics = []LicenceMetric{PerInstallation, PerSite, PerUser}

// LicenceStatus follows from the clock.
type LicenceStatus string

// The statuses of a licence.
const (
	LicenceFuture  LicenceStatus = "FUTURE"
	LicenceValid   LicenceStatus = "VALID"
	LicenceExpired LicenceStatus = "EXPIRED"
	LicenceEnded   LicenceStatus = "ENDED"
)

// StatusAt is the status of the licence at a time. It has expired at its end.
func (l *Licence) StatusAt(t time.Time) LicenceStatus {
	switch {
	case l.EndedAt != nil && !t.Before(*l.EndedAt):
		return LicenceEnded
	case l.Expires != nil && !t.Before(*l.Expires):
		return LicenceExpired
	case l.ValidFrom != nil && t.Before(*l.ValidFrom):
		return LicenceFuture
	}
	return LicenceValid
}

// Check tells what is wrong with the licence.
func (l *Licence) Check() Errors {
	es := l.Record.Check()
	es.within("seats", l.Seats, 0, MaxCount)
	es.after("expires", l.Expires, "validFrom", l.ValidFrom)
	es.amount("cost", l.Cost, "currency", l.Currency)
	return es
}

// PaidSeats is what PAID_AT says: for how many seats a licence is paid at a site.
type PaidSeats struct {
	Seats *int `graph:"seats,filter,set"`
}

// Check tells what is wrong with the seats.
func (p *PaidSeats) Check() Errors {
	var es Errors
	es.within("seats", p.Seats, 0, MaxCount)
	return es
}
