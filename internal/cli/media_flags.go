package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"releasegraph/internal/library"
	"releasegraph/internal/store/blob/s3"
	"releasegraph/internal/strictyaml"
)

// mediaFlags say where the contents of the library lie.
type mediaFlags struct {
	Media          string `placeholder:"FOLDER" help:"Where the contents of media items lie: a folder, or s3://BUCKET/PREFIX?region=…"`
	MediaLocations string `placeholder:"FILE" help:"A YAML file of several named locations, each with its url and the roles that may write there."`
}

// given reports whether there is a library at all.
func (f mediaFlags) given() bool { return f.Media != "" || f.MediaLocations != "" }

// mainLocation is the name of the location where there is but one.
const mainLocation = "main"

// locations reads what the flags say. All that is wrong is told at once.
func (f mediaFlags) locations() ([]library.Location, error) {
	switch {
	case f.Media != "" && f.MediaLocations != "":
		return nil, usagef("give --media or --media-locations, not both")
	case f.Media != "":
		return []library.Location{{Name: mainLocation, URL: f.Media}}, nil
	case f.MediaLocations == "":
		return nil, usagef("say where the contents lie, by --media or --media-locations")
	}
	text, err := os.ReadFile(f.MediaLocations)
	if err != nil {
		return nil, err
	}
	var file struct{ Locations []library.Location }
	err = strictyaml.Read(text, &file)
	if err == nil {
		err = library.CheckLocations(file.Locations)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.MediaLocations, err)
	}
	return file.Locations, nil
}

// open opens the library.
func (f mediaFlags) open(ctx context.Context) (*library.Library, error) {
	locations, err := f.locations()
	if err != nil {
		return nil, err
	}
	l, err := library.Open(ctx, locations, map[string]library.Opener{s3.Scheme: s3.Open})
	if err != nil {
		return nil, errors.Join(errors.New("the media library cannot be opened"), err)
	}
	return l, nil
}
