package app

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

// FindingPage is a page of what a check found, the largest first.
type FindingPage[N any] struct {
	Nodes                []*N
	Cursors              []string
	HasPrevious, HasNext bool
	// TotalCount counts what is on all pages together.
	TotalCount int
}

// finding is a set of items that a check found: size counts them, name tells it
// from others of the same size.
type finding[N any] struct {
	size int
	name string
	node *N
}

func (f *finding[N]) compare(size int, name string) int {
	return cmp.Or(cmp.Compare(size, f.size), cmp.Compare(f.name, name))
}

func (f *finding[N]) cursor() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(f.size) + "\n" + f.name))
}

// pageOf cuts a page out of all findings. What a cursor marks need not be there
// any more.
func pageOf[N any](all []finding[N], limit int, after *string) (*FindingPage[N], error) {
	slices.SortFunc(all, func(a, b finding[N]) int { return a.compare(b.size, b.name) })
	begin := 0
	if after != nil {
		text, encoding := base64.RawURLEncoding.DecodeString(*after)
		count, name, _ := strings.Cut(string(text), "\n")
		size, err := strconv.Atoi(count)
		if err != nil || encoding != nil {
			return nil, wrong("after", "is no cursor of this list")
		}
		begin = slices.IndexFunc(all, func(f finding[N]) bool { return f.compare(size, name) > 0 })
		if begin < 0 {
			begin = len(all)
		}
	}
	end := min(begin+limit, len(all))
	page := &FindingPage[N]{Nodes: []*N{}, HasPrevious: begin > 0, HasNext: end < len(all), TotalCount: len(all)}
	for _, f := range all[begin:end] {
		page.Nodes, page.Cursors = append(page.Nodes, f.node), append(page.Cursors, f.cursor())
	}
	return page, nil
}
