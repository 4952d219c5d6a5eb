package cli

import (
	"context"

	"releasegraph/internal/app/media"
	"releasegraph/internal/digest"
	"releasegraph/internal/domain"
	"releasegraph/internal/library"
)

// mediaComparer compares copies in the library with what their items declare.
type mediaComparer struct{ library *library.Library }

var _ media.Comparer = mediaComparer{}

// Wrong implements media.Comparer.
func (c mediaComparer) Wrong(ctx context.Context, m *domain.MediaItem) (wrong []string, err error) {
	d, err := digest.Parse(m.Sha256)
	if err != nil {
		return nil, err
	}
	for _, at := range m.Copies {
		found, err := c.library.CompareAt(ctx, d, int64(m.Size), at)
		switch {
		case err != nil:
			return nil, err
		case found.State == library.Unreadable:
			return nil, &domain.Error{Code: domain.Unavailable, Rule: "L6", Message: "the copy of " + m.Key + " at " + at + " cannot be read now, and may be right", Cause: found.Err}
		case found.State != library.Equal:
			wrong = append(wrong, at)
		}
	}
	return wrong, nil
}
