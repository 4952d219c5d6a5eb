package resolvers

import "fmt"

// internalf is for what cannot be: the caller sees an internal error.
func internalf(format string, args ...any) error { return fmt.Errorf(format, args...) }
