package waves

// hurting counts the users of sites that groups hurt, each site once.
type hurting struct {
	p     *Problem
	sites map[int32]bool
	users int64
}

func (p *Problem) hurting(groups ...int32) *hurting {
	h := &hurting{p: p, sites: map[int32]bool{}}
	for _, g := range groups {
		h.add(g)
	}
	return h
}

func (h *hurting) add(g int32) {
	for _, site := range h.p.Hurts[g] {
		if !h.sites[site] {
			h.sites[site] = true
			h.users += h.p.Users[site]
		}
	}
}

// more counts the users that a group hurts besides.
func (h *hurting) more(g int32) (users int64) {
	for _, site := range h.p.Hurts[g] {
		if !h.sites[site] {
			users += h.p.Users[site]
		}
	}
	return users
}

// Hurt counts the users that some groups hurt together, and those that another one hurts
// besides.
func (p *Problem) Hurt(groups []int32, g int32) (users, more int64) {
	h := p.hurting(groups...)
	return h.users, h.more(g)
}

// hurtsTooMany reports whether a group hurts too many users beside others: alone it may
// hurt any number, since nothing less can go.
func (p *Problem) hurtsTooMany(wave []int32, g int32) bool {
	if p.Hurts == nil || len(wave) == 0 {
		return false
	}
	users, more := p.Hurt(wave, g)
	return users+more > p.MostHurt
}

// safe reports whether no wave of a stage hurts too many users.
func (p *Problem) safe(groups []int32, wave []int32) bool {
	if p.Hurts == nil {
		return true
	}
	hurt, count := map[int32]*hurting{}, map[int32]int{}
	for _, g := range groups {
		w := wave[g]
		if hurt[w] == nil {
			hurt[w] = p.hurting()
		}
		hurt[w].add(g)
		if count[w]++; count[w] > 1 && hurt[w].users > p.MostHurt {
			return false
		}
	}
	return true
}

// hurtBound is how many waves some groups need at least: those that hurt too many alone
// have one each, and the others hurt no more than they do together.
func (p *Problem) hurtBound(groups []int32) (bound int) {
	if p.Hurts == nil {
		return 0
	}
	rest := p.hurting()
	for _, g := range groups {
		if one := p.hurting(g); one.users > p.MostHurt {
			bound++
		} else {
			rest.add(g)
		}
	}
	if p.MostHurt > 0 {
		bound += int((rest.users + p.MostHurt - 1) / p.MostHurt)
	}
	return bound
}
