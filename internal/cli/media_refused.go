package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// refusedMedia reads what a server says in place of what was asked for.
func refusedMedia(answer *http.Response) error {
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxRefusal))
	if err != nil {
		return err
	}
	e := &mediaRefused{status: answer.StatusCode, err: fmt.Errorf("%s answered %s", answer.Request.URL, answer.Status)}
	var refused struct{ Errors gqlerror.List }
	if json.Unmarshal(text, &refused) == nil && len(refused.Errors) > 0 {
		e.decided, e.err = true, answered(refused.Errors)
		e.field, _ = refused.Errors[0].Extensions["field"].(string)
	}
	return e
}
