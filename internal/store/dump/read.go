package dump

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/klauspost/compress/zstd"

	"releasegraph/internal/store"
)

const (
	// maxLine is the longest line that is read: an entry of the log with
	// hundreds of thousands of effects.
	maxLine = 256 << 20
	// maxWindow bounds what the decompression takes.
	maxWindow = 64 << 20
	// batchLines is how many lines make a part, batchBytes how long they are.
	batchLines = 4096
	batchBytes = 4 << 20
)

// ErrForeign says that a file is no dump; ErrDamaged that one is not whole, or
// was changed.
var (
	ErrForeign = errors.New("it is no backup made by releasegraph")
	ErrDamaged = errors.New("the backup is damaged")
)

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...))
}

// Reader reads a dump. It is a store.Source.
type Reader struct {
	Header Header
	End    End // once Next has returned io.EOF

	z    *zstd.Decoder
	in   *bufio.Reader
	sum  hash.Hash
	buf  []byte
	held *line // the first of the next part
	got  End
	past sort
	last store.Logged
	err  error
}

// sort is what a line holds.
type sort uint8

const (
	nodes sort = iota
	edges
	entries
)

// NewReader reads the header. Errors match ErrForeign, ErrDamaged or
// store.ErrInvalid (of a newer form). Close must be called on the Reader.
func NewReader(r io.Reader) (*Reader, error) {
	in := bufio.NewReader(r)
	magic, err := in.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if !bytes.Equal(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}) {
		return nil, ErrForeign
	}
	z, err := zstd.NewReader(in, zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, err
	}
	d := &Reader{z: z, in: bufio.NewReaderSize(z, 1<<18), sum: sha256.New()}
	if err := d.header(); err != nil {
		z.Close()
		return nil, err
	}
	return d, nil
}

func (d *Reader) header() error {
	text, err := d.read()
	beginning := []byte(`{"format":"` + format)
	if err != nil && len(d.buf) > 0 && !bytes.HasPrefix(beginning, d.buf[:min(len(d.buf), len(beginning))]) {
		return ErrForeign
	}
	if err != nil {
		return err
	}
	if json.Unmarshal(text, &d.Header) != nil || d.Header.Format != format {
		return ErrForeign
	}
	if d.Header.Version > Version {
		return fmt.Errorf("%w: the backup has form %d, this program knows %d; use the newer program that made it (%s)",
			store.ErrInvalid, d.Header.Version, Version, d.Header.Program)
	}
	_, _ = d.sum.Write(text)
	return nil
}

// Close releases what the Reader holds.
func (d *Reader) Close() { d.z.Close() }

// read reads a line with its end.
func (d *Reader) read() ([]byte, error) {
	d.buf = d.buf[:0]
	for {
		part, err := d.in.ReadSlice('\n')
		d.buf = append(d.buf, part...)
		switch {
		case err == nil:
			return d.buf, nil
		case len(d.buf) > maxLine:
			return nil, damaged("a line is longer than any that is written")
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil, damaged("it ends too early; was it copied whole?")
		default:
			return nil, damaged("it cannot be decompressed: %v", err)
		}
	}
}

// Next returns the next part, or io.EOF when all was read and is whole.
func (d *Reader) Next() (store.Part, error) {
	if d.err != nil {
		return store.Part{}, d.err
	}
	p, err := d.part()
	if err != nil {
		d.err = err
	}
	return p, err
}

func (d *Reader) part() (p store.Part, err error) {
	for size := 0; ; {
		l := d.held
		d.held = nil
		if l == nil {
			if l, err = d.line(); err != nil {
				return p, err
			}
		}
		if l.End != nil {
			if len(p.Nodes)+len(p.Edges)+len(p.Log) > 0 {
				d.held = l
				return p, nil
			}
			return p, d.finish(l.End)
		}
		of := l.sort()
		if full := len(p.Nodes) + len(p.Edges) + len(p.Log); full > 0 && (of != d.past || full == batchLines || size > batchBytes) {
			d.held = l
			return p, nil
		}
		if err := d.add(&p, of, l); err != nil {
			return p, err
		}
		size += len(d.buf)
	}
}

func (l *line) sort() sort {
	switch {
	case l.Change > 0:
		return entries
	case l.Rel != "":
		return edges
	}
	return nodes
}

func (d *Reader) line() (*line, error) {
	text, err := d.read()
	if err != nil {
		return nil, err
	}
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		return nil, damaged("a line cannot be read: %v", err)
	}
	if l.End == nil {
		_, _ = d.sum.Write(text)
	}
	return &l, nil
}

func micros(n int64) time.Time { return time.UnixMicro(n).UTC() }

func (d *Reader) add(p *store.Part, of sort, l *line) error {
	if of < d.past {
		return damaged("its lines are out of order")
	}
	d.past = of
	props := l.Props.props
	if props == nil {
		props = store.Props{}
	}
	switch of {
	case nodes:
		d.got.Nodes++
		p.Nodes = append(p.Nodes, store.Node{
			ID: l.Node, Kind: l.Kind, Version: l.Version, CreatedAt: micros(l.Created), UpdatedAt: micros(l.Updated), Props: props,
		})
	case edges:
		d.got.Edges++
		key := store.EdgeKey{Rel: l.Rel, From: l.From, To: l.To, Tag: l.Tag}
		p.Edges = append(p.Edges, store.Edge{EdgeKey: key, Version: l.Version, Props: props})
	case entries:
		return d.entry(p, l)
	}
	return nil
}

func (d *Reader) entry(p *store.Part, l *line) error {
	at := micros(l.At)
	switch {
	case d.got.Changes > 0 && l.Change != d.last.Revision+1:
		return damaged("after revision %d of its log comes %d", d.last.Revision, l.Change)
	case at.Before(d.last.At):
		return damaged("revision %d of its log is earlier than the one before", l.Change)
	}
	if d.got.Changes == 0 {
		d.got.Oldest = l.Change - 1
	}
	d.got.Changes++
	d.last = store.Logged{Change: store.Change{
		Revision: l.Change, At: at, Actor: l.Actor, Reason: l.Reason, Source: l.Source, Key: l.Key,
	}, Body: l.Effects}
	p.Log = append(p.Log, d.last)
	return nil
}

// finish compares what was read with what the last line says.
func (d *Reader) finish(end *End) error {
	d.got.SHA256 = hex.EncodeToString(d.sum.Sum(nil))
	d.got.Revision = max(d.last.Revision, 0)
	if end.Revision == 0 {
		d.got.Oldest = end.Oldest
	}
	if d.got != *end {
		return damaged("its content is not what its last line says")
	}
	if _, err := d.in.ReadByte(); !errors.Is(err, io.EOF) {
		return damaged("something follows its last line")
	}
	d.End = *end
	return io.EOF
}

// Check reads a dump to its end and tells what is wrong with it, or what it
// holds.
func Check(r io.Reader, d *store.Declared) (Header, End, error) {
	in, err := NewReader(r)
	if err != nil {
		return Header{}, End{}, err
	}
	defer in.Close()
	if err := in.Header.Fits(d); err != nil {
		return in.Header, End{}, err
	}
	for {
		p, err := in.Next()
		if err == nil {
			err = d.CheckPart(p)
		}
		if errors.Is(err, io.EOF) {
			return in.Header, in.End, nil
		}
		if err != nil {
			return in.Header, End{}, err
		}
	}
}

// Restoration is what the Reader reads, with what Check told of it.
func (d *Reader) Restoration(end End, progress Progress) store.Restoration {
	return store.Restoration{Source: d, Revision: end.Revision, Oldest: end.Oldest, Progress: progress}
}
