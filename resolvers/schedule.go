package resolvers

import (
	"releasegraph/graph/relay"
	"releasegraph/internal/app/calendar"
	"releasegraph/internal/app/listing"
)

func pageInfo(p listing.Part) *relay.PageInfo {
	return &relay.PageInfo{HasNextPage: p.HasNext, HasPreviousPage: p.HasPrevious, StartCursor: p.Start, EndCursor: p.End}
}

// sides are what a conflict is between, as records of any kind.
func sides(c *calendar.ScheduleConflict) ([]relay.Record, error) {
	list := []relay.Record{}
	for _, side := range c.Between() {
		record, err := node(side)
		if err != nil {
			return nil, err
		}
		list = append(list, record)
	}
	return list, nil
}

// subjects returns records of any kind.
func subjects[R any](list []R) ([]relay.Record, error) {
	told := make([]relay.Record, len(list))
	for i, one := range list {
		record, err := subject(one, nil)
		if err != nil {
			return nil, err
		}
		told[i] = record
	}
	return told, nil
}
