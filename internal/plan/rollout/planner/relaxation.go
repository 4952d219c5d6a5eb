package planner

import "slices"

// relaxation says which constraints do not bind. The zero value is none.
type relaxation struct {
	soak, instant, finish, region bool
	risk                          bool
	limits                        map[string]bool
	parties                       map[int32]bool
	rings                         map[int32]bool // by site
	windows                       map[int32]bool // by site
	pairs                         map[[2]int32]bool
	required                      map[[2]int32]bool // by site and required release
	freezes                       []int32           // by place in the input, in order
}

// freeze leaves a freeze out.
func (r *relaxation) freeze(place int32) {
	r.freezes = append(r.freezes, place)
	slices.Sort(r.freezes)
}
