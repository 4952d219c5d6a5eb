package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
)

// conn is one connection with its prepared statements. It talks to the driver
// itself: database/sql would cost more per row than SQLite does. It serves one
// goroutine at a time.
type conn struct {
	raw   driver.Conn
	stmts map[string]driver.Stmt
	tx    bool
	args  []driver.NamedValue // of the statement that begins to run
	home  chan *conn          // where it waits for its next read
}

// limited ends a statement that has a limit, where the limit has nothing to say
// in how the rows are found. SQLite would look at the number behind a bare "?"
// when it plans, and so prepare the statement anew each time that it is run;
// the plus keeps it from that.
const limited = " LIMIT +?"

// maxStatements bounds a connection's cache; filters make new texts for ever.
const maxStatements = 256

func openConn(dsn string) (*conn, error) {
	d, err := sqliteDriver()
	if err != nil {
		return nil, err
	}
	raw, err := d.Open(dsn)
	if err != nil {
		return nil, err
	}
	return &conn{raw: raw, stmts: map[string]driver.Stmt{}}, nil
}

func (c *conn) close() error {
	c.forget()
	return c.raw.Close()
}

func (c *conn) forget() {
	for text, s := range c.stmts {
		_ = s.Close()
		delete(c.stmts, text)
	}
}

func (c *conn) prepare(text string) (driver.Stmt, error) {
	if s := c.stmts[text]; s != nil {
		return s, nil
	}
	if len(c.stmts) >= maxStatements {
		for old, s := range c.stmts {
			_ = s.Close()
			delete(c.stmts, old)
			break
		}
	}
	s, err := c.raw.Prepare(text)
	if err == nil {
		c.stmts[text] = s
	}
	return s, err
}

// named are the arguments as the driver wants them. It has bound them before the
// next statement begins.
func (c *conn) named(args []any) []driver.NamedValue {
	c.args = c.args[:0]
	for i, a := range args {
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	return c.args
}

// exec runs a statement that answers nothing.
func (c *conn) exec(text string, args ...any) error {
	s, err := c.prepare(text)
	if err != nil {
		return err
	}
	_, err = s.(driver.StmtExecContext).ExecContext(context.Background(), c.named(args))
	return err
}

// query hands each row to visit, which must not keep the slice. The statement
// must not be used again before query has returned.
func (c *conn) query(ctx context.Context, text string, args []any, visit func(row []driver.Value) error) (err error) {
	s, err := c.prepare(text)
	if err != nil {
		return err
	}
	rows, err := s.(driver.StmtQueryContext).QueryContext(ctx, c.named(args))
	if err != nil {
		return err
	}
	defer func() {
		if closing := rows.Close(); err == nil {
			err = closing
		}
	}()
	row := make([]driver.Value, len(rows.Columns()))
	for i := 0; ; i++ {
		if i%256 == 255 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := rows.Next(row); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if err := visit(row); err != nil {
			return err
		}
	}
}

// one reads the single integer of a query; ok is false without a row or with a
// null.
func (c *conn) one(ctx context.Context, text string, args ...any) (n int64, ok bool, err error) {
	err = c.query(ctx, text, args, func(row []driver.Value) error {
		n, ok = row[0].(int64)
		return nil
	})
	return n, ok, err
}

// all reads a query's column of integers.
func (c *conn) all(ctx context.Context, text string, args ...any) ([]int64, error) {
	var list []int64
	err := c.query(ctx, text, args, func(row []driver.Value) error {
		list = append(list, row[0].(int64))
		return nil
	})
	return list, err
}

func (c *conn) begin(how string) error {
	err := c.exec(how)
	c.tx = err == nil
	return err
}

// end commits, or turns back when err is set or the commit fails.
func (c *conn) end(err error) error {
	if err == nil {
		err = c.exec("COMMIT")
	}
	if err != nil && c.tx {
		// SQLite may have turned back by itself, so this may fail.
		_ = c.exec("ROLLBACK")
	}
	c.tx = false
	return err
}
