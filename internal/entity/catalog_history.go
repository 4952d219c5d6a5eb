package entity

import "releasegraph/internal/domain"

// historyArea is what keeps a moment of the estate.
var historyArea = area{kinds: historyKinds}

func historyKinds() []*Kind {
	return []*Kind{
		newKind[domain.Baseline](domain.KindBaseline),
	}
}
