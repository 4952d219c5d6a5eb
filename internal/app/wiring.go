package app

import "slices"

// New returns the use cases over a store.
func New(c Config) *App {
	a := newEstate(c)
	wire(a)
	return a
}

// wire lets the areas have their say in what is written.
func wire(a *App) {
	a.filters, a.baselines = a.parseFilter, a.baselined
	a.admits, a.committed = a.bind, a.indexDefined
	a.rules = slices.Concat(a.configurationRules(), a.calendarRules(), a.problemRules(), a.changeRules())
	// In the order in which one may follow from another.
	a.consequences = slices.Concat(a.problemConsequences(), a.changeConsequences(), a.calendarConsequences())
}
