package sqlite

import (
	"context"
	"database/sql/driver"
	"strings"
)

// touchBulk is how many touches one statement writes.
const touchBulk = 400

func touchInsert(rows int) string {
	return "INSERT INTO touch (n, revision) VALUES (?, ?)" + strings.Repeat(", (?, ?)", rows-1)
}

// putAside drops the indexes of tables, which fill much faster without, and
// returns the statements that make them again.
func putAside(ctx context.Context, c *conn, tables func(string) bool) ([]string, error) {
	var names, statements []string
	const find = "SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
	err := c.query(ctx, find, nil, func(row []driver.Value) error {
		if tables(row[1].(string)) {
			names, statements = append(names, row[0].(string)), append(statements, row[2].(string))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if err := c.exec("DROP INDEX " + quote(name)); err != nil {
			return nil, err
		}
	}
	c.forget()
	return statements, nil
}
