package refusal

import (
	"errors"
	"maps"

	"releasegraph/internal/domain"
	"releasegraph/internal/store/scoped"
)

// Plain returns an error with Unseen in the place of the names that a view without
// names gave.
func Plain(e *domain.Error) *domain.Error {
	one := *e
	one.Message = scoped.Plain(e.Message)
	if e.Details != nil {
		one.Details = plainDetail(e.Details).(map[string]any)
	}
	return &one
}

func plainDetail(detail any) any {
	switch d := detail.(type) {
	case string:
		return scoped.Plain(d)
	case []string:
		return each(d, scoped.Plain)
	case []any:
		return each(d, plainDetail)
	case map[string]any:
		told := maps.Clone(d)
		for name, one := range d {
			told[name] = plainDetail(one)
		}
		return told
	}
	return detail
}

func each[T any](list []T, f func(T) T) []T {
	told := make([]T, len(list))
	for i, one := range list {
		told[i] = f(one)
	}
	return told
}

// AllPlain returns an error, each that it is made of with Unseen in the place of
// the names that a view without names gave.
func AllPlain(err error) error {
	var es domain.Errors
	var one *domain.Error
	switch {
	case errors.As(err, &es):
		return domain.Errors(each(es, Plain))
	case errors.As(err, &one):
		return Plain(one)
	}
	return err
}
