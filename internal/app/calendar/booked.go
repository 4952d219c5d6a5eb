package calendar

import (
	"releasegraph/internal/app/booked"
	impactarea "releasegraph/internal/app/impact"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/conflict"
)

// bookedWork is a booking as the search for conflicts sees it: it touches what
// stands in the environment, for as long as it is kept.
func (p *planner) bookedWork(b *booked.Booking) conflict.Work {
	return conflict.Work{Key: b.Key(), When: b.Record.Keeps(), Items: impactarea.NodesIn(p.g, b.Items), Anytime: true}
}

// side is the request or the booking that is at a place among the work.
func (p *planner) side(at int) entity.Record {
	key := p.plan.Works()[at].Key
	if b := p.booked[key]; b != nil {
		return b.Record
	}
	return p.requests[key]
}
