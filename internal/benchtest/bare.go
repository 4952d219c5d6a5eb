package benchtest

import (
	"database/sql"
	"strings"
	"testing"
	"time"
)

// barePerTransaction is how many rows Bare inserts in one transaction.
const barePerTransaction = 10_000

// Bare inserts the rows that one SQLite store's file holds into the file of an
// empty store of the same layout, by one prepared insert a row, and tells how
// many seconds that took: the least that writing these rows can cost. Reading
// them first is not counted.
func Bare(b *testing.B, from, to string) (seconds float64) {
	b.Helper()
	source := openBare(b, from)
	target := openBare(b, to)
	for _, name := range tables(b, source) {
		seconds += copyTable(b, source, target, name).Seconds()
	}
	return seconds
}

// tables lists those that a store writes rows to. What its index of words takes
// is left out, so Bare writes less than the store does.
func tables(b *testing.B, db *sql.DB) (names []string) {
	b.Helper()
	rows, err := db.Query(`SELECT name FROM sqlite_schema WHERE type = 'table' AND
		(name IN ('node', 'edge', 'log', 'touch', 'gone', 'search_key') OR name LIKE 'k\_%' ESCAPE '\')`)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			b.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	return names
}

// openBare opens a file with the settings that the store writes with.
func openBare(b *testing.B, path string) *sql.DB {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=cache_size(-131072)")
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	b.Cleanup(func() { _ = db.Close() })
	return db
}

func copyTable(b *testing.B, source, target *sql.DB, table string) (took time.Duration) {
	b.Helper()
	rows, err := source.Query("SELECT * FROM " + table)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		b.Fatal(err)
	}
	insert := "INSERT INTO " + table + " VALUES (?" + strings.Repeat(", ?", len(names)-1) + ")"
	for more := true; more; {
		var values [][]any
		for len(values) < barePerTransaction && more {
			if more = rows.Next(); more {
				values = append(values, scanRow(b, rows, len(names)))
			}
		}
		start := time.Now()
		insertRows(b, target, insert, values)
		took += time.Since(start)
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	return took
}

func scanRow(b *testing.B, rows *sql.Rows, width int) []any {
	b.Helper()
	values, places := make([]any, width), make([]any, width)
	for i := range values {
		places[i] = &values[i]
	}
	if err := rows.Scan(places...); err != nil {
		b.Fatal(err)
	}
	return values
}

func insertRows(b *testing.B, target *sql.DB, insert string, rows [][]any) {
	b.Helper()
	tx, err := target.Begin()
	if err != nil {
		b.Fatal(err)
	}
	prepared, err := tx.Prepare(insert)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = prepared.Close() }()
	for _, values := range rows {
		if _, err := prepared.Exec(values...); err != nil {
			b.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}
