package importer

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
)

// table is a lookup's file, read.
type table struct {
	file, key string
	rows      map[string]string
	twice     map[string]bool // keys that several rows have, with other values
}

// readTables reads the lookups' files; relative names are looked for beside
// the imported file, with and without a compression suffix.
func (m *mapping) readTables(dir string) (map[string]*table, error) {
	tables := map[string]*table{}
	for name, l := range m.Lookups {
		t, err := l.read(dir)
		if err != nil {
			return nil, fmt.Errorf("lookup %s: %w", name, err)
		}
		tables[name] = t
	}
	return tables, nil
}

func (l lookup) read(dir string) (*table, error) {
	s := &source{name: l.path(dir)}
	s.path = s.name
	r, closer, err := s.open(&atomic.Int64{})
	if err != nil {
		return nil, err
	}
	defer closer.Close()
	rows := newCSV(r, "")
	header, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	c, err := newColumns(header)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	key, err := c.index(l.Key)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	value, err := c.index(l.Value)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	t := &table{file: filepath.Base(s.name), key: l.Key, rows: map[string]string{}, twice: map[string]bool{}}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		if before, ok := t.rows[row[key]]; ok && before != row[value] {
			t.twice[row[key]] = true
		}
		t.rows[row[key]] = row[value]
	}
}

func (l lookup) path(dir string) string {
	name := l.File
	if !filepath.IsAbs(name) {
		name = filepath.Join(dir, name)
	}
	for _, suffix := range []string{"", ".gz", ".xz", ".zst"} {
		if _, err := os.Stat(name + suffix); err == nil {
			return name + suffix
		}
	}
	return name
}
