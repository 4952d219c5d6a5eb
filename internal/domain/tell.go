package domain

// WhyTold says why a party is told of a hit (I7).
type WhyTold string

// The reasons.
const (
	ToldOwns     WhyTold = "OWNS"
	ToldSupports WhyTold = "SUPPORTS"
	ToldSupplies WhyTold = "SUPPLIES"
	ToldServes   WhyTold = "SERVES"
)

// WhysTold lists all reasons, in the order in which they are named.
var WhysTold = []WhyTold{ToldOwns, ToldSupports, ToldSupplies, ToldServes}

// WhyToldBy gives the reason that a relationship from an item to a party is;
// false for any other relationship.
func WhyToldBy(rel string) (WhyTold, bool) {
	switch rel {
	case RelOwnedBy:
		return ToldOwns, true
	case RelSupportedBy:
		return ToldSupports, true
	case RelSuppliedBy:
		return ToldSupplies, true
	case RelServes:
		return ToldServes, true
	}
	return "", false
}

// PartyRelationships lists the relationships that lead from an item to the
// parties that it concerns.
var PartyRelationships = []string{RelOwnedBy, RelSupportedBy, RelSuppliedBy, RelServes}
