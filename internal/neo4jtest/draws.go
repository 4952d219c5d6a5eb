package neo4jtest

import "flag"

// FewerDraws lets the property tests of a package draw so many examples, where
// nothing else is asked for by -rapid.checks: each example is hundreds of
// questions to a server, and what a run does not draw the next one does. The
// stores in this process are held to many more. What it returns undoes it.
func FewerDraws(checks string) (undo func()) {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" })
	f := flag.Lookup("rapid.checks")
	if f == nil || asked {
		return func() {}
	}
	before := f.Value.String()
	_ = f.Value.Set(checks) // a number always fits
	return func() { _ = f.Value.Set(before) }
}
