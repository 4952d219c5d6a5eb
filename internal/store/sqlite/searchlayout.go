package sqlite

import (
	"context"
	"strings"

	"releasegraph/internal/store"
)

// searchLayout keeps what is searched apart from the nodes, under their
// numbers, so that a file from before gets it when it is opened. The words are
// folded and split already, hence the plain tokenizer: it splits at the spaces
// between them, and leaves all beyond ASCII as it is. Those of key and name
// stand there twice, once with a mark: so a common word of other properties is
// no burden to a look into the names.
var searchLayout = []string{
	`CREATE TABLE search_print (print TEXT NOT NULL)`,
	`CREATE TABLE search_key (n INTEGER PRIMARY KEY, key TEXT NOT NULL, id TEXT NOT NULL)`,
	`CREATE VIRTUAL TABLE search_word USING fts5 (words, tokenize = "ascii tokenchars '='", prefix = '1 2 3 4 5 7',
		detail = none, content = '', contentless_delete = 1)`,
}

// searchOrder is made when all is in: that is quicker.
const searchOrder = `CREATE INDEX search_order ON search_key (key, id)`

// nameMark begins the words of key and name; no word has it.
const nameMark = "="

// indexedLengths are those of the beginnings that the index has, in characters,
// the mark among them.
var indexedLengths = []int{1, 2, 3, 4, 5, 7}

// searchPrint tells by which rules a file is indexed: the port's and these.
func searchPrint(d *store.Declared) string { return "2 " + d.SearchPrint() }

// growSearch makes or fills the index when the file has none, or one that was
// made of other properties or by other rules.
func growSearch(ctx context.Context, c *conn, d *store.Declared, l *layout, tell Progress) error {
	there, _, err := c.one(ctx, "SELECT count(*) FROM sqlite_schema WHERE name = 'search_print'")
	if err != nil {
		return err
	}
	if there > 0 {
		same, _, err := c.one(ctx, "SELECT count(*) FROM search_print WHERE print = ?", searchPrint(d))
		if same > 0 || err != nil {
			return err
		}
		for _, text := range []string{"DROP TABLE search_word", "DROP TABLE search_key", "DROP TABLE search_print"} {
			if err := c.exec(text); err != nil {
				return err
			}
		}
	}
	for _, text := range searchLayout {
		if err := c.exec(text); err != nil {
			return err
		}
	}
	if err := (&searchFill{c: c, made: searchInto(c), tell: tell}).fill(ctx, d, l); err != nil {
		return err
	}
	if err := c.exec(searchOrder); err != nil {
		return err
	}
	return c.exec("INSERT INTO search_print (print) VALUES (?)", searchPrint(d))
}

// newSearch are the rows of nodes that come into the index.
type newSearch struct{ keys, words *inserts }

func searchInto(c *conn) *newSearch {
	return &newSearch{intoTable(c, "search_key", "n", "key", "id"), intoTable(c, "search_word", "rowid", "words")}
}

func (s *newSearch) add(n int64, id store.ID, t store.SearchText) error {
	if err := s.keys.add(n, t.Key, string(id)); err != nil {
		return err
	}
	return s.words.add(n, strings.ReplaceAll(t.Names, " ", " "+nameMark)+t.Names+t.Rest)
}

// write inserts what waits.
func (s *newSearch) write() error {
	if err := s.keys.write(); err != nil {
		return err
	}
	return s.words.write()
}

func deleteSearch(c *conn, n int64) error {
	if err := c.exec("DELETE FROM search_key WHERE n = ?", n); err != nil {
		return err
	}
	return c.exec("DELETE FROM search_word WHERE rowid = ?", n)
}
