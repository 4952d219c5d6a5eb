package sqlite

import (
	"database/sql/driver"
	"sync"

	moderncsqlite "modernc.org/sqlite"

	"releasegraph/internal/store"
)

// foldedCase is the function of SQL that is store.FoldCase, so that this store
// ignores case as all do.
const foldedCase = "folded_case"

// sqliteDriver is SQLite with the store's own functions.
var sqliteDriver = sync.OnceValues(func() (*moderncsqlite.Driver, error) {
	d := &moderncsqlite.Driver{}
	return d, d.RegisterDeterministicScalarFunction(foldedCase, 1, func(_ *moderncsqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		if text, ok := args[0].(string); ok {
			return store.FoldCase(text), nil
		}
		return args[0], nil
	})
})
