package cli

import "releasegraph/internal/importer"

// remoteTarget imports through the API of a server.
func remoteTarget(server string) (importer.Opener, error) {
	to, err := endpoint(server)
	if err != nil {
		return nil, err
	}
	return importer.Remote(to, ownToken(), nil), nil
}
