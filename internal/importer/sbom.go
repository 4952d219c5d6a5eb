package importer

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
)

// A bill of materials becomes items of class PROGRAM: each is a part of what
// the bill describes (PART_OF, with the impact NONE: a part is not hurt by its
// whole), and uses what it depends on (USES, with the impact FULL).

// maxSBOM is the largest bill of materials that is read: it is held in memory.
const maxSBOM = 256 << 20

// billed is a component of a bill of materials, in whatever format.
type billed struct {
	ref     string // by which the bill names it
	at      string // where in the document: "components/3"
	purl    string
	key     string // where there is no purl
	name    string
	version string
	about   string
	maker   string // supplier
	more    map[string]string
}

// bill makes records of the components of a bill of materials.
type bill struct {
	places map[string]int // lines, by where in the document
	lines  map[int][]parsed
	order  []int
	keys   map[string]string // by ref
	given  map[string]bool   // keys
	links  map[string]bool
}

func newBill(places map[string]int) *bill {
	return &bill{
		places: places, lines: map[int][]parsed{},
		keys: map[string]string{}, given: map[string]bool{}, links: map[string]bool{},
	}
}

// add puts what an element gave on the element's line.
func (b *bill) add(at string, p parsed) {
	line := max(1, b.places[at])
	if b.lines[line] == nil {
		b.order = append(b.order, line)
	}
	b.lines[line] = append(b.lines[line], p)
}

func (b *bill) refuse(at, field, format string, args ...any) {
	b.add(at, parsed{errs: domain.Errors{{Code: domain.Invalid, Field: field, Message: fmt.Sprintf(format, args...)}}})
}

// item adds a component. Several with one purl are one item, said once.
func (b *bill) item(c billed) {
	if c.name == "" {
		b.refuse(c.at, "name", "is missing: each component has one")
		return
	}
	key := c.purl
	if key == "" || len(key) > domain.MaxKey {
		key = c.key
	}
	if key == "" {
		key = strings.TrimSuffix(c.name+"@"+c.version, "@")
	}
	if c.ref != "" {
		if _, twice := b.keys[c.ref]; twice {
			b.refuse(c.at, "", "%q is given twice", c.ref)
			return
		}
		b.keys[c.ref] = key
	}
	if b.given[key] {
		return
	}
	b.given[key] = true
	b.add(c.at, parsed{record: interchange.Record{Node: domain.KindConfigurationItem, Values: c.values(key)}})
}

func (c billed) values(key string) map[string]any {
	values := map[string]any{"key": key, "name": c.name, "class": string(domain.Program)}
	for name, text := range map[string]string{"productVersion": c.version, "description": c.about, "supplier": c.maker} {
		if text != "" {
			values[name] = text
		}
	}
	attributes := map[string]any{}
	for name, text := range c.more {
		if text != "" {
			attributes[name] = text
		}
	}
	if c.purl != "" && c.purl != key {
		attributes["purl"] = c.purl
	}
	if len(attributes) > 0 {
		values["attributes"] = attributes
	}
	return values
}

// link adds a dependency between two items, by their keys.
func (b *bill) link(at, from, to string, kind domain.DependencyKind) {
	id := string(kind) + "\x00" + from + "\x00" + to
	if from == to || b.links[id] {
		return // two components of one purl, or the same said twice
	}
	b.links[id] = true
	impact := domain.ImpactFull
	if kind == domain.PartOf {
		impact = domain.ImpactNone
	}
	b.add(at, parsed{record: interchange.Record{
		Edge: domain.RelDependsOn,
		From: interchange.End{Kind: domain.KindConfigurationItem, Key: from}, To: interchange.End{Kind: domain.KindConfigurationItem, Key: to},
		Values: map[string]any{"kind": string(kind), "impact": string(impact)},
	}})
}

// format hands out what the bill gave, by lines.
func (b *bill) format() *sbomFormat { return &sbomFormat{bill: b} }

// sbomFormat is a bill of materials that was read.
type sbomFormat struct {
	bill *bill
	at   int
}

func (f *sbomFormat) next() (raw, error) {
	if f.at == len(f.bill.order) {
		return raw{}, io.EOF
	}
	f.at++
	return raw{line: f.bill.order[f.at-1]}, nil
}

func (f *sbomFormat) parse(r raw, w want) []parsed {
	var list []parsed
	for _, p := range f.bill.lines[r.line] {
		if len(p.errs) > 0 || w.includes(p.record.Edge != "") {
			list = append(list, p)
		}
	}
	return list
}

// readWhole reads a document whole.
func readWhole(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxSBOM+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > maxSBOM:
		return nil, fmt.Errorf("is larger than %d MiB, which is the most for a bill of materials", maxSBOM>>20)
	case !utf8.Valid(text):
		return nil, errors.New("is not valid UTF-8")
	}
	return text, nil
}

// notJSON explains why a document cannot be decoded, by line where that is
// known.
func notJSON(text []byte, err error) error {
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax):
		return fmt.Errorf("line %d: not valid JSON: %w", lineAt(text, syntax.Offset), err)
	case errors.As(err, &typed):
		return fmt.Errorf("line %d: %s: cannot be a %s", lineAt(text, typed.Offset), typed.Field, typed.Value)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return errors.New("ends in the middle")
	}
	return err
}

// stumbled makes an error of what a library stumbles over, which is not made for
// malformed documents.
func stumbled(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("cannot be read: %v", p)
	}
}

func lineAt(text []byte, offset int64) int {
	return 1 + bytes.Count(text[:min(max(offset, 0), int64(len(text)))], []byte("\n"))
}

// sniffed is how much of a file is looked at to find out what it is.
const sniffed = 32 << 10

// sniff finds out by its beginning whether a file is a bill of materials.
func sniff(r *bufio.Reader) string {
	start, _ := r.Peek(sniffed) // less is no error here
	start = bytes.TrimSpace(start)
	line, _, _ := bytes.Cut(start, []byte("\n"))
	switch {
	case isXML(start) && bytes.Contains(start, []byte("http://cyclonedx.org/schema/bom")):
		return formatCycloneDX
	case bytes.HasPrefix(firstTag(start), []byte("SPDXVersion:")):
		return formatSPDX
	case !isJSON(line), bytes.Contains(line, []byte(`"node":`)), bytes.Contains(line, []byte(`"edge":`)):
		return ""
	case bytes.Contains(start, []byte(`"bomFormat"`)):
		return formatCycloneDX
	case bytes.Contains(start, []byte(`"spdxVersion"`)), bytes.Contains(start, []byte(`"SPDXID"`)):
		return formatSPDX
	}
	return ""
}

// firstTag leaves out the comments before the first tag of a tag-value document.
func firstTag(text []byte) []byte {
	for bytes.HasPrefix(text, []byte("#")) {
		_, text, _ = bytes.Cut(text, []byte("\n"))
		text = bytes.TrimSpace(text)
	}
	return text
}

// Component is what a bill of materials names.
type Component struct{ Name, Version, Purl string }

// Components lists what a bill of materials names, in whatever format.
func Components(r io.Reader) ([]Component, error) {
	text := bufio.NewReaderSize(r, sniffed)
	open := openCycloneDX
	switch sniff(text) {
	case formatCycloneDX:
	case formatSPDX:
		open = openSPDX
	default:
		return nil, errors.New("is no bill of materials that is read: CycloneDX in JSON or XML, SPDX 2 in JSON or tag-value")
	}
	f, err := open(text)
	if err != nil {
		return nil, err
	}
	return f.(*sbomFormat).components()
}

func (f *sbomFormat) components() (list []Component, err error) {
	for _, line := range f.bill.order {
		for _, p := range f.bill.lines[line] {
			if len(p.errs) > 0 {
				return nil, fmt.Errorf("line %d: %w", line, p.errs.Err())
			}
			if p.record.Edge == "" {
				list = append(list, componentOf(p.record.Values))
			}
		}
	}
	return list, nil
}

func componentOf(values map[string]any) Component {
	text := func(v any) string {
		s, _ := v.(string)
		return s
	}
	c := Component{Name: text(values["name"]), Version: text(values["productVersion"]), Purl: text(values["key"])}
	if attributes, ok := values["attributes"].(map[string]any); ok && attributes["purl"] != nil {
		c.Purl = text(attributes["purl"])
	}
	return c
}
