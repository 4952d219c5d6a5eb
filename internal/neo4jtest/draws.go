package neo4jtest

import (
	"flag"
	"strconv"
)

// FewerDraws lets the property tests of a package draw so many examples, where
// nothing else is asked for by -rapid.checks: each example is hundreds of
// questions to a server, and what a run does not draw the next one does. The
// stores in this process are held to many more. Under the race detector no test
// draws more than mostDraws. What it returns undoes it.
func FewerDraws(checks int) (undo func()) {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" })
	f := flag.Lookup("rapid.checks")
	if f == nil || asked {
		return func() {}
	}
	before := f.Value.String()
	_ = f.Value.Set(strconv.Itoa(min(checks, mostDraws))) // a number always fits
	return func() { _ = f.Value.Set(before) }
}

// boundDraws keeps the property tests of a package to mostDraws.
func boundDraws() {
	if f := flag.Lookup("rapid.checks"); f != nil {
		if checks, err := strconv.Atoi(f.Value.String()); err == nil && checks > mostDraws {
			FewerDraws(mostDraws)
		}
	}
}
