package calendar

import (
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// wavesWith are the statuses of the waves that are looked at beside requests with some:
// those that are not done, or, where requests that are done count, those that are, too.
func wavesWith(statuses []domain.ChangeRequestStatus) []domain.WaveStatus {
	return slices.DeleteFunc(slices.Clone(domain.WaveStatuses), func(s domain.WaveStatus) bool {
		return s == domain.WaveSkipped || (s == domain.WaveSucceeded || s == domain.WaveFailed) && !slices.Contains(statuses, domain.ChangeClosed)
	})
}

// side is the record of what is at a place among the work.
func (p *planner) side(at int) entity.Record {
	key := p.plan.Works()[at].Key
	if b := p.booked[key]; b != nil {
		return b.Record()
	}
	return p.requests[key]
}
