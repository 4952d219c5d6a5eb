package dump

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"strconv"

	"github.com/klauspost/compress/zstd"

	"releasegraph/internal/store"
)

// changesAhead is how many entries of the log are read at once: those of an
// import hold thousands of effects each.
const changesAhead = 32

// Progress is told now and then how many nodes, edges and entries were written.
type Progress func(done int64)

// Write writes the store's graph as of the revision of its Scan, and the log up
// to there. Others may go on writing.
func Write(ctx context.Context, s store.Store, w io.Writer, h Header, progress Progress) (End, error) {
	z, err := zstd.NewWriter(w)
	if err != nil {
		return End{}, err
	}
	h.describe(s.Declared().Schema())
	d := &writer{out: bufio.NewWriterSize(z, 1<<18), sum: sha256.New(), progress: progress}
	end, err := d.write(ctx, s, h)
	if err != nil {
		_ = z.Close() // what is there is worth nothing
		return end, err
	}
	if err := d.out.Flush(); err != nil {
		return end, err
	}
	return end, z.Close()
}

type writer struct {
	out      *bufio.Writer
	sum      hash.Hash
	buf      []byte
	end      End
	progress Progress
}

func (d *writer) write(ctx context.Context, s store.Store, h Header) (End, error) {
	head, err := json.Marshal(h)
	if err != nil {
		return d.end, err
	}
	d.buf = append(head, '\n')
	if err := d.flush(); err != nil {
		return d.end, err
	}
	d.end.Revision, err = s.Scan(ctx, store.Scan{}, d.batch)
	if err != nil {
		return d.end, err
	}
	if err := d.log(ctx, s); err != nil {
		return d.end, err
	}
	d.end.SHA256 = hex.EncodeToString(d.sum.Sum(nil))
	last, err := json.Marshal(struct {
		End End `json:"end"`
	}{d.end})
	if err != nil {
		return d.end, err
	}
	_, err = d.out.Write(append(last, '\n'))
	return d.end, err
}

// flush writes the lines of the buffer.
func (d *writer) flush() error {
	_, _ = d.sum.Write(d.buf) // a hash takes everything
	_, err := d.out.Write(d.buf)
	d.buf = d.buf[:0]
	if d.progress != nil {
		d.progress(d.end.Nodes + d.end.Edges + d.end.Changes)
	}
	return err
}

func (d *writer) batch(b store.Batch) error {
	for i := range b.Nodes {
		if err := d.node(&b.Nodes[i]); err != nil {
			return err
		}
	}
	for i := range b.Edges {
		if err := d.edge(&b.Edges[i]); err != nil {
			return err
		}
	}
	d.end.Nodes += int64(len(b.Nodes))
	d.end.Edges += int64(len(b.Edges))
	return d.flush()
}

func (d *writer) text(before, s string) { d.buf = store.AppendText(append(d.buf, before...), s) }

func (d *writer) number(before string, n int64) {
	d.buf = strconv.AppendInt(append(d.buf, before...), n, 10)
}

func (d *writer) props(p store.Props) (err error) {
	d.buf, err = store.AppendProps(append(d.buf, `,"props":`...), p)
	d.buf = append(d.buf, "}\n"...)
	return err
}

func (d *writer) node(n *store.Node) error {
	d.text(`{"node":`, string(n.ID))
	d.text(`,"kind":`, n.Kind)
	d.number(`,"version":`, n.Version)
	d.number(`,"created":`, n.CreatedAt.UnixMicro())
	d.number(`,"updated":`, n.UpdatedAt.UnixMicro())
	return d.props(n.Props)
}

func (d *writer) edge(e *store.Edge) error {
	d.text(`{"rel":`, e.Rel)
	d.text(`,"from":`, string(e.From))
	d.text(`,"to":`, string(e.To))
	if e.Tag != "" {
		d.text(`,"tag":`, e.Tag)
	}
	d.number(`,"version":`, e.Version)
	return d.props(e.Props)
}

// log writes the entries up to the graph's revision.
func (d *writer) log(ctx context.Context, s store.Store) error {
	var err error
	if d.end.Oldest, err = s.Oldest(ctx); err != nil {
		return err
	}
	for after := d.end.Oldest; after < d.end.Revision; {
		changes, err := s.Changes(ctx, after, int(min(changesAhead, d.end.Revision-after)))
		if err != nil {
			return err
		}
		if len(changes) == 0 {
			return fmt.Errorf("%w: the log ends at revision %d, before the graph's, %d", store.ErrUnavailable, after, d.end.Revision)
		}
		for i := range changes {
			if err := d.change(&changes[i]); err != nil {
				return err
			}
		}
		after += store.Revision(len(changes))
		d.end.Changes += int64(len(changes))
		if err := d.flush(); err != nil {
			return err
		}
	}
	return nil
}

func (d *writer) change(c *store.Change) error {
	d.number(`{"change":`, int64(c.Revision))
	d.number(`,"at":`, c.At.UnixMicro())
	for _, f := range []struct{ name, value string }{
		{`,"actor":`, c.Actor}, {`,"reason":`, c.Reason}, {`,"source":`, c.Source}, {`,"key":`, c.Key},
	} {
		if f.value != "" {
			d.text(f.name, f.value)
		}
	}
	body, err := store.EncodeEffects(c.Effects)
	d.buf = append(append(append(d.buf, `,"effects":`...), body...), "}\n"...)
	return err
}
