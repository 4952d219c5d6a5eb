package mirror

import (
	"encoding/binary"
	"strings"
)

// nodePart takes a part of the nodes of a kind while they are loaded.
type nodePart struct {
	*packer // nil: not at work
	l       *loading
	kind    *kind
	pages   []*recordPage
	ends    []int  // in text of the records of the page at hand
	text    []byte // of these records
	place   int
	places  []uint32 // of the records
	entries []uint64 // of the finder, of rows counted from the part's first
	bytes   int64

	ordered bool // the ids ascend
	lowest  string
	highest []byte // the last, where they do
}

// rowBytes is about what a record takes beside its text: in its page, and where
// its id and its key are found.
const rowBytes = 16 + 2*24

// Node begins a node.
func (p *nodePart) Node(place int, id string, version, created, updated int64) {
	if p.packer == nil {
		p.begin(id)
	}
	p.place = place
	b := binary.LittleEndian.AppendUint16(p.text, uint16(p.kind.number))
	b = binary.LittleEndian.AppendUint64(b, uint64(version))
	b = binary.LittleEndian.AppendUint64(b, uint64(created))
	b = binary.LittleEndian.AppendUint64(b, uint64(updated))
	p.text = append(append(b, byte(len(id))), id...)
	p.entries = append(p.entries, entry(p.l.finder.hash(idText, id), uint32(len(p.places))))
	p.ordered = p.ordered && (len(p.places) == 0 || string(p.highest) < id)
	p.highest = append(p.highest[:0], id...)
}

// begin takes a packer that knows words already, if there is one.
func (p *nodePart) begin(lowest string) {
	p.ordered, p.lowest = true, strings.Clone(lowest)
	p.l.mu.Lock()
	defer p.l.mu.Unlock()
	if free := p.l.packers[p.kind]; len(free) > 0 {
		p.packer, p.l.packers[p.kind] = free[len(free)-1], free[:len(free)-1]
		return
	}
	p.packer = newPacker(p.kind.shape).remember()
}

// Text packs a property, by which the node is found where it is unique.
func (p *nodePart) Text(number int, v string) {
	if p.properties[number].Unique {
		p.entries = append(p.entries, entry(p.l.finder.hash(p.kind.ofProperty(number), v), uint32(len(p.places))))
	}
	p.packer.Text(number, v)
}

// EndNode ends a node.
func (p *nodePart) EndNode() error {
	from := 0
	if n := len(p.ends); n > 0 {
		from = p.ends[n-1]
	}
	p.text = p.appendTo(p.text)
	p.bytes += int64(len(p.text)-from) + rowBytes
	p.ends, p.places = append(p.ends, len(p.text)), append(p.places, uint32(p.place))
	if len(p.ends) == pageRows {
		p.turn()
	}
	return nil
}

// turn puts the page at hand in its place. Its records are parts of one text.
func (p *nodePart) turn() {
	p.l.grow(p.bytes)
	p.l.size(p.kind.name, p.bytes)
	p.bytes = 0
	if !p.l.large.Load() {
		text, from := string(p.text), 0
		page := &recordPage{}
		for i, to := range p.ends {
			page[i] = record(text[from:to])
			from = to
		}
		p.pages = append(p.pages, page)
	}
	p.text, p.ends = p.text[:0], p.ends[:0]
}

// End ends the part.
func (p *nodePart) End() error {
	if p.packer == nil {
		return nil
	}
	if len(p.ends) > 0 {
		p.turn()
	}
	p.l.mu.Lock()
	p.l.packers[p.kind] = append(p.l.packers[p.kind], p.packer)
	p.l.mu.Unlock()
	p.packer, p.text, p.ends = nil, nil, nil
	return nil
}

// idOrder tells whether the rows of a kind are in the order of their ids.
type idOrder struct {
	not     bool
	highest string // so far
}

// follow notes the next part of the kind.
func (o *idOrder) follow(p *nodePart) {
	o.not = o.not || !p.ordered || o.highest != "" && o.highest >= p.lowest
	o.highest = string(p.highest)
}
