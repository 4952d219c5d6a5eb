package entity

import "releasegraph/internal/domain"

// The area of history is what keeps a moment of the estate.
var _ = declare(area{name: "history", after: "configuration", kinds: historyKinds})

func historyKinds() []*Kind {
	return []*Kind{
		newKind[domain.Baseline](domain.KindBaseline),
	}
}
