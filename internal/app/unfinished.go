package app

import "errors"

var errUnfinished = errors.New("unfinished")
