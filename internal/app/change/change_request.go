package change

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
)

// mine refuses to do something with the request of another to those who do not
// lead changes.
func (a *Area) mine(ctx context.Context, action authz.Action, c *domain.ChangeRequest) error {
	if c.Requester == nil || acting.Doer(ctx).Owns(c.Asker()) {
		return nil
	}
	err := a.estate.May(ctx, authz.Decide, domain.KindChangeRequest)
	var refused *domain.Error
	if errors.As(err, &refused) && refused.Code == domain.Forbidden {
		told := *refused
		_, leads, _ := strings.Cut(refused.Message, ": ") // who may decide
		told.Message = fmt.Sprintf("%s may not %s %s, which %s asked for: %s may, and %s", acting.Name(ctx), action, c.Key, *c.Requester, *c.Requester, leads)
		return &told
	}
	return err
}

func joined(path, field string) string {
	if field == "" {
		return path
	}
	return path + "." + field
}
