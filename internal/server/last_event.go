package server

import (
	"net/http"
	"strconv"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// LastEventHeader names the last event that a client of server-sent events was told: the
// revision behind which its subscription goes on. Browsers send it when they connect again.
const LastEventHeader = "Last-Event-ID"

// lastEvent reads what a client was told last, nil where it does not say.
func lastEvent(header http.Header) (*int64, *gqlerror.Error) {
	text := header.Get(LastEventHeader)
	if text == "" {
		return nil, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return nil, &gqlerror.Error{
			Message:    "the header " + LastEventHeader + " is no revision: give the id of an event of this subscription",
			Extensions: map[string]any{"code": codeInvalid, "field": "after"},
		}
	}
	return &n, nil
}

// id is the line that gives an event its id, "" where it has none.
func id(revision *int64) string {
	if revision == nil {
		return ""
	}
	return "id: " + strconv.FormatInt(*revision, 10) + "\n"
}
