package sqlite

import (
	"encoding/binary"
	"fmt"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// raw is a connection that only reads, and hands over values where SQLite has
// them: the driver would copy each text, and look twice at each value. It serves
// one goroutine at a time.
type raw struct {
	tls *libc.TLS
	db  uintptr
}

// rawError is what SQLite answers to a raw connection.
type rawError struct {
	code int
	text string
}

func (e *rawError) Error() string { return fmt.Sprintf("%s (%d)", e.text, e.code) }

// busyFor is how many milliseconds a statement waits for another's lock.
const busyFor = 10_000

func openRaw(dsn string) (*raw, error) {
	r := &raw{tls: libc.NewTLS()}
	name, err := libc.CString(dsn)
	if err != nil {
		r.tls.Close()
		return nil, err
	}
	defer libc.Xfree(r.tls, name)
	at := libc.Xmalloc(r.tls, 8)
	defer libc.Xfree(r.tls, at)
	// Opened for writing, as the file's log beside it must be; nothing is written.
	const flags = lib.SQLITE_OPEN_READWRITE | lib.SQLITE_OPEN_NOMUTEX | lib.SQLITE_OPEN_URI
	code := lib.Xsqlite3_open_v2(r.tls, name, at, flags, 0)
	r.db = address64(at)
	if err := r.failure(code); err != nil {
		r.close()
		return nil, err
	}
	lib.Xsqlite3_busy_timeout(r.tls, r.db, busyFor)
	return r, nil
}

// address64 reads an address from memory of SQLite's.
func address64(at uintptr) uintptr {
	b := libc.GoBytes(at, int(unsafe.Sizeof(at)))
	if len(b) == 4 {
		return uintptr(binary.NativeEndian.Uint32(b))
	}
	return uintptr(binary.NativeEndian.Uint64(b))
}

func (r *raw) failure(code int32) error {
	if code == lib.SQLITE_OK {
		return nil
	}
	text := libc.GoString(lib.Xsqlite3_errstr(r.tls, code))
	if r.db != 0 {
		text = libc.GoString(lib.Xsqlite3_errmsg(r.tls, r.db))
	}
	return &rawError{int(code), text}
}

// close gives back what the connection has.
func (r *raw) close() {
	if r.db != 0 {
		lib.Xsqlite3_close_v2(r.tls, r.db)
	}
	r.tls.Close()
}

// exec runs a statement that answers nothing.
func (r *raw) exec(text string) error { return r.each(text, nil, func(rawRow) error { return nil }) }

// head begins to read as of the last revision, which it returns.
func (r *raw) head() (head int64, err error) {
	if err := r.exec("BEGIN"); err != nil {
		return 0, err
	}
	err = r.each(headQuery, nil, func(row rawRow) error {
		head = row.integer(0)
		return nil
	})
	return head, err
}

// rawRow is a row of an answer, until the next one.
type rawRow struct {
	tls       *libc.TLS
	statement uintptr
}

// each visits the rows of an answer.
func (r *raw) each(text string, args []int64, visit func(rawRow) error) error {
	sql, err := libc.CString(text)
	if err != nil {
		return err
	}
	defer libc.Xfree(r.tls, sql)
	at := libc.Xmalloc(r.tls, 8)
	defer libc.Xfree(r.tls, at)
	if err := r.failure(lib.Xsqlite3_prepare_v2(r.tls, r.db, sql, -1, at, 0)); err != nil {
		return err
	}
	row := rawRow{r.tls, address64(at)}
	defer lib.Xsqlite3_finalize(r.tls, row.statement)
	for i, v := range args {
		if err := r.failure(lib.Xsqlite3_bind_int64(r.tls, row.statement, int32(i+1), v)); err != nil {
			return err
		}
	}
	for {
		switch code := lib.Xsqlite3_step(r.tls, row.statement); code {
		case lib.SQLITE_ROW:
			if err := visit(row); err != nil {
				return err
			}
		case lib.SQLITE_DONE:
			return nil
		default:
			return r.failure(code)
		}
	}
}

// is tells of which type SQLite holds a value.
func (r rawRow) is(column int) int32 {
	return lib.Xsqlite3_column_type(r.tls, r.statement, int32(column))
}

func (r rawRow) integer(column int) int64 {
	return lib.Xsqlite3_column_int64(r.tls, r.statement, int32(column))
}

func (r rawRow) float(column int) float64 {
	return lib.Xsqlite3_column_double(r.tls, r.statement, int32(column))
}

// text is where SQLite has it: it holds until the next row.
func (r rawRow) text(column int) string {
	at := lib.Xsqlite3_column_text(r.tls, r.statement, int32(column))
	n := int(lib.Xsqlite3_column_bytes(r.tls, r.statement, int32(column)))
	if at == 0 || n == 0 {
		return ""
	}
	return unsafe.String(unsafe.SliceData(libc.GoBytes(at, n)), n)
}
