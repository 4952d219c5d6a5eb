package library

import "iter"

// entriesOf are the entries of an item. What is walked on from may be dropped.
func (s *Seats) entriesOf(item string) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		at, known := s.items[item]
		for known && at >= 0 {
			next := s.entries[at].next
			if !yield(at) {
				return
			}
			at = next
		}
	}
}

// entry finds the entry of an item in some group; below 0 there is none.
func (s *Seats) entry(item string, in func(*group) bool) int32 {
	for at := range s.entriesOf(item) {
		if in(s.groups[s.entries[at].group]) {
			return at
		}
	}
	return -1
}

func (s *Seats) newEntry(item string, group int32) int32 {
	first, known := s.items[item]
	if !known {
		first = -1
	}
	e := entry{group: group, next: first}
	at := int32(len(s.entries))
	if n := len(s.spare); n > 0 {
		at, s.spare = s.spare[n-1], s.spare[:n-1]
		s.entries[at] = e
	} else {
		s.entries = append(s.entries, e)
	}
	s.items[item] = at
	return at
}

// dropEntry forgets an entry with its installations.
func (s *Seats) dropEntry(item string, at int32) {
	e := s.entries[at]
	for site := range e.at.all() {
		s.left(s.groups[e.group], site)
	}
	if s.items[item] == at {
		s.items[item] = e.next
	} else {
		for other := range s.entriesOf(item) {
			if s.entries[other].next == at {
				s.entries[other].next = e.next
			}
		}
	}
	if s.items[item] < 0 {
		delete(s.items, item)
	}
	s.entries[at] = entry{group: -1, next: -1}
	s.spare = append(s.spare, at)
}

// sites numbers sites, and knows how many users they have.
type sites struct {
	index map[string]int32
	users []int
}

func (s *sites) of(site string) int32 {
	at, known := s.index[site]
	if !known {
		at = int32(len(s.users))
		s.index[site], s.users = at, append(s.users, 0)
	}
	return at
}

// places are sites by number: the first of them lies here, since most items are at
// one site.
type places struct {
	only int32 // 1 + the number of the site; 0: none, or more
	more map[int32]struct{}
}

func (p *places) has(site int32) bool {
	_, has := p.more[site]
	return has || p.only == site+1
}

func (p *places) add(site int32) {
	switch {
	case p.more != nil:
		p.more[site] = struct{}{}
	case p.only == 0:
		p.only = site + 1
	case p.only != site+1:
		p.more = map[int32]struct{}{p.only - 1: {}, site: {}}
		p.only = 0
	}
}

// remove takes a site out, and reports whether it was there.
func (p *places) remove(site int32) bool {
	if !p.has(site) {
		return false
	}
	delete(p.more, site)
	if p.only == site+1 {
		p.only = 0
	}
	return true
}

func (p *places) all() iter.Seq[int32] {
	return func(yield func(int32) bool) {
		if p.only > 0 {
			yield(p.only - 1)
			return
		}
		for site := range p.more {
			if !yield(site) {
				return
			}
		}
	}
}
