package resolvers

import (
	"releasegraph/graph/relay"
	"releasegraph/internal/domain"
)

// newOpening is what a new maintenance window or freeze says, and what it is for.
func newOpening(input relay.Input) domain.NewOpening {
	return domain.NewOpening{Fields: input.Except("sites", "services"), Sites: input.Refs("sites"), Services: input.Refs("services")}
}
