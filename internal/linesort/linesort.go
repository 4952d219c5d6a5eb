// Package linesort sorts lines that need not fit into memory.
package linesort

import (
	"bufio"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// maxSorted is how many bytes of lines are sorted in memory; what is more goes
// to temporary files.
const maxSorted = 64 << 20

// Sorter sorts lines by keys in bounded memory: runs that are full are sorted
// and put aside in files, which are merged at the end.
type Sorter struct {
	run  []keyed
	size int
	most int
	runs []*os.File
}

type keyed struct{ key, line string }

// New returns a sorter without lines.
func New() *Sorter { return &Sorter{most: maxSorted} }

// Add adds a line.
func (s *Sorter) Add(key string, line []byte) error {
	s.run = append(s.run, keyed{key, string(line)})
	s.size += len(key) + len(line) + 48
	if s.size < s.most {
		return nil
	}
	return s.spill()
}

func (s *Sorter) sortRun() {
	slices.SortFunc(s.run, func(a, b keyed) int { return strings.Compare(a.key, b.key) })
}

func (s *Sorter) spill() error {
	s.sortRun()
	f, err := os.CreateTemp("", "releasegraph-export-*")
	if err != nil {
		return fmt.Errorf("no room to sort the export: %w", err)
	}
	s.runs = append(s.runs, f)
	w := bufio.NewWriterSize(f, 1<<16)
	for _, l := range s.run {
		for _, part := range []string{l.key, l.line} {
			_, _ = w.Write(binary.AppendUvarint(nil, uint64(len(part)))) // Flush tells of any error
			_, _ = w.WriteString(part)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("no room to sort the export: %w", err)
	}
	s.run, s.size = s.run[:0], 0
	_, err = f.Seek(0, io.SeekStart)
	return err
}

// Close removes what was put aside.
func (s *Sorter) Close() {
	for _, f := range s.runs {
		_ = f.Close()
		_ = os.Remove(f.Name()) // a leftover in the temporary directory harms nobody
	}
}

// Write writes all lines in order; it ends the sorting.
func (s *Sorter) Write(w io.Writer) error {
	s.sortRun()
	out := bufio.NewWriterSize(w, 1<<16)
	var m merge
	rest := s.run
	sources := []func() (keyed, error){func() (keyed, error) {
		if len(rest) == 0 {
			return keyed{}, io.EOF
		}
		first := rest[0]
		rest = rest[1:]
		return first, nil
	}}
	for _, f := range s.runs {
		r := bufio.NewReaderSize(f, 1<<16)
		sources = append(sources, func() (keyed, error) { return readKeyed(r) })
	}
	for _, next := range sources {
		if err := m.advance(next); err != nil {
			return err
		}
	}
	for m.Len() > 0 {
		first := heap.Pop(&m).(head)
		if _, err := out.WriteString(first.line); err != nil {
			return err
		}
		if err := m.advance(first.next); err != nil {
			return err
		}
	}
	return out.Flush()
}

func readKeyed(r *bufio.Reader) (l keyed, err error) {
	for i, part := range []*string{&l.key, &l.line} {
		n, err := binary.ReadUvarint(r)
		if err != nil {
			if i == 0 && errors.Is(err, io.EOF) {
				return l, io.EOF
			}
			return l, fmt.Errorf("reading a sorted run: %w", err)
		}
		text := make([]byte, n)
		if _, err := io.ReadFull(r, text); err != nil {
			return l, fmt.Errorf("reading a sorted run: %w", err)
		}
		*part = string(text)
	}
	return l, nil
}

// merge is a heap of the runs by their first line.
type merge []head

type head struct {
	keyed
	next func() (keyed, error)
}

// advance puts the next line of a run on the heap, unless the run is over.
func (m *merge) advance(next func() (keyed, error)) error {
	l, err := next()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return err
	}
	heap.Push(m, head{l, next})
	return nil
}

func (m merge) Len() int           { return len(m) }
func (m merge) Less(i, j int) bool { return m[i].key < m[j].key }
func (m merge) Swap(i, j int)      { m[i], m[j] = m[j], m[i] }

// Push adds a run.
func (m *merge) Push(x any) { *m = append(*m, x.(head)) }

// Pop takes the last run away.
func (m *merge) Pop() any {
	last := (*m)[len(*m)-1]
	*m = (*m)[:len(*m)-1]
	return last
}
