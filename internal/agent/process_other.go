//go:build !unix

package agent

import (
	"context"
	"errors"
	"os"
	"time"
)

var errNoGroups = errors.New("the agent needs a Unix: elsewhere it cannot end all that a script has started")

// lock takes nothing: there is no agent here.
func lock(*os.File) (free bool, err error) { return false, errNoGroups }

type process struct{}

func start(run) (*process, error) { return nil, errNoGroups }

func adopt(run) (*process, error) { return nil, errNoGroups }

func (*process) wait(context.Context, time.Time, time.Duration) (bool, error) {
	return false, errNoGroups
}
