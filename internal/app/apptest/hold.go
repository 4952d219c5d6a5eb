package apptest

import "releasegraph/internal/domain"

// HeldBy returns the freezes that hold a request.
func (f *Fixture) HeldBy(k string) []string {
	f.T.Helper()
	return f.Read(domain.KindChangeRequest, k).(*domain.ChangeRequest).HeldBy
}
