package refusal

import (
	"errors"

	"releasegraph/internal/domain"
)

// Placed tells an error that names no field where in the input it belongs.
func Placed(err error, path string) error {
	var one *domain.Error
	if errors.As(err, &one) && one.Field == "" {
		told := *one
		told.Field = path
		return &told
	}
	return err
}
