package media

// GoesThrough has a page of a report take so many steps, of so many records each.
func (a *Area) GoesThrough(steps, records int) { a.report = report{steps, records} }
