package neo4jtest

import "flag"

// FewerDraws lets the property tests of a package draw so many examples, where
// nothing else is asked for by -rapid.checks: each example is hundreds of
// questions to a server, and what a run does not draw the next one does. The
// stores in this process are held to many more.
func FewerDraws(checks string) {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" })
	if f := flag.Lookup("rapid.checks"); f != nil && !asked {
		_ = f.Value.Set(checks) // a number always fits
	}
}
