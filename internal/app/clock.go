package app

import "time"

// clock is the time as it is stored.
func (a *App) clock() time.Time { return a.now().UTC().Truncate(time.Microsecond) }
