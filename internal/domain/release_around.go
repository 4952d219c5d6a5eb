package domain

import "fmt"

// ReleaseAround is what goes on with a release beyond it: its deployments, and the
// packages that bundle it.
type ReleaseAround struct {
	Deployments []*Deployment
	Packages    []*Release
}

// noDeployment is the need NO_DEPLOYMENT of a move: no deployment in the way (R4).
func noDeployment(inTheWay func(DeploymentStatus) bool) releaseNeed {
	return releaseNeed{Name: NeedNoDeployment, Rule: "R4", Field: "status", Each: func(f *ReleaseFacts) (list []string) {
		for _, d := range f.Around.Deployments {
			if inTheWay(d.Status) {
				list = append(list, fmt.Sprintf("the end of the deployment %s, which is %s", d.Key, d.Status))
			}
		}
		return list
	}}
}

// noPackage is the need NO_PACKAGE of a move: no package in the way (R4).
func noPackage(inTheWay func(ReleaseStatus) bool) releaseNeed {
	return releaseNeed{Name: NeedNoPackage, Rule: "R4", Field: "bundledBy", Each: func(f *ReleaseFacts) (list []string) {
		for _, p := range f.Around.Packages {
			if inTheWay(p.Status) {
				list = append(list, fmt.Sprintf("that the package %s, which is %s, does without it", p.Key, p.Status))
			}
		}
		return list
	}}
}

// Open reports whether the deployment may still go on.
func (s DeploymentStatus) Open() bool { return s == DeploymentPlanned || s.begun() }

// begun reports whether the deployment goes on.
func (s DeploymentStatus) begun() bool {
	return s == DeploymentRunning || s == DeploymentPaused || s == DeploymentVerifying || s == DeploymentBackingOut
}

// open reports whether the release may still go live.
func (s ReleaseStatus) open() bool {
	return s != ReleaseClosed && s != ReleaseBackedOut && s != ReleaseCancelled
}

// handedIn reports whether the release was handed to acceptance, and was not
// rejected.
func (s ReleaseStatus) handedIn() bool {
	return s == ReleaseInAcceptance || s == ReleaseAccepted || s.WentLive()
}
