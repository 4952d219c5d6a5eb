package simulate

import "time"

// Manners say how sites behave. Shares are of a hundred.
type Manners struct {
	// Fails is the share of attempts that fail before anything is installed, Breaks of
	// those that fail after it, Stops of those in which nothing is done.
	Fails, Breaks, Stops int
	// Foul is the share of attempts in which the kit that the site fetched is another than
	// that of the release: it says so, and installs nothing (L2).
	Foul int
	// Late is the share of reports that are held up, for up to Delay; Twice of those that
	// are sent once more.
	Late, Twice int
	// Wrong is the share of sites whose clock is wrong, Deaf of those that do not hear that
	// they are to stop, Eager of those that take the release back before it is their turn.
	Wrong, Deaf, Eager int
	// Work is about how long a step of the work takes, Delay how long a report may be held
	// up.
	Work, Delay time.Duration
}

// Calm sites do what they are told, and say so.
func Calm() Manners { return Manners{Work: 10 * time.Minute, Delay: time.Hour} }

// Rough sites do all that sites do that make trouble.
func Rough() Manners {
	return Manners{
		Fails: 8, Breaks: 8, Stops: 4, Foul: 6, Late: 25, Twice: 20, Wrong: 25, Deaf: 20, Eager: 20, Work: 10 * time.Minute, Delay: 6 * time.Hour,
	}
}
