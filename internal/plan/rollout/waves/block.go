package waves

// Block is why a group does not fit into a wave.
type Block struct {
	// Dimension has too little room, -1: none.
	Dimension int32
	// Group must not be in the same wave, -1: none.
	Group int32
	// Region is missing: the wave has none in common with the group.
	Region bool
	// Hurt says that both together would hurt too many users.
	Hurt bool
}

// Free reports whether nothing blocks.
func (b Block) Free() bool { return b.Dimension < 0 && b.Group < 0 && !b.Region && !b.Hurt }

// Blocks tells why a group does not fit into a wave beside others, with the room that
// these leave and the regions that they have in common.
func (p *Problem) Blocks(wave []int32, room []int64, common []int32, g int32) Block {
	b := Block{Dimension: -1, Group: -1}
	for _, l := range p.Loads[g] {
		if room[l.Dimension] < l.Amount {
			b.Dimension = l.Dimension
			return b
		}
	}
	if len(p.Apart[g]) > 0 {
		for _, other := range wave {
			if p.apart(g, other) {
				b.Group = other
				return b
			}
		}
	}
	b.Region = p.regional(p.Stage[g]) && len(wave) > 0 && len(meet(common, p.Regions[g])) == 0
	b.Hurt = !b.Region && p.hurtsTooMany(wave, g)
	return b
}

// Common lists the regions that all groups of a wave have, where waves are grouped
// by region.
func (p *Problem) Common(wave []int32) []int32 {
	if len(wave) == 0 || !p.regional(p.Stage[wave[0]]) {
		return nil
	}
	common := p.Regions[wave[0]]
	for _, g := range wave[1:] {
		common = meet(common, p.Regions[g])
	}
	return common
}

// Room is what is left of the limits beside some groups.
func (p *Problem) Room(wave []int32) []int64 {
	room := make([]int64, len(p.Limits))
	copy(room, p.Limits)
	for _, g := range wave {
		for _, l := range p.Loads[g] {
			room[l.Dimension] -= l.Amount
		}
	}
	return room
}
