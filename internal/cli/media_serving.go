package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"releasegraph/internal/server"
	"releasegraph/internal/signature"
	"releasegraph/internal/signature/sigstore"
)

// mediaServing are the flags of a server that has a media library.
type mediaServing struct {
	mediaFlags
	MediaUploads     string        `placeholder:"FOLDER" help:"Where uploads lie that are not whole yet. Default: uploads in the first location, where that is a folder."`
	MediaCompare     time.Duration `placeholder:"DURATION" default:"168h" help:"How often each content of the library is read again and compared with what its item says; 0: never. Default: ${default}."`
	MediaTrustedRoot string        `placeholder:"FILE" type:"path" help:"A trusted root of Sigstore in JSON, by which certificates of those who sign kits are believed."`
}

// checkLibrary tells what is wrong with the flags, as far as they show it.
func (f mediaServing) checkLibrary() error {
	switch {
	case f.given():
		_, err := f.uploads()
		return err
	case f.MediaUploads != "" || f.MediaTrustedRoot != "":
		return usagef("--media-uploads and --media-trusted-root belong to a library: name it by --media or --media-locations")
	}
	return nil
}

// uploads is the folder of uploads.
func (f mediaServing) uploads() (string, error) {
	locations, err := f.locations()
	if err != nil || f.MediaUploads != "" {
		return f.MediaUploads, err
	}
	first := strings.TrimPrefix(locations[0].URL, "file://")
	if strings.Contains(first, "://") {
		return "", usagef("say by --media-uploads in which folder uploads lie until they are whole: %s is none", shownText("media", first))
	}
	return filepath.Join(first, "uploads"), nil
}

// openMedia opens the library of an estate, where there is to be one.
func (f mediaServing) openMedia(ctx context.Context, e *estate) error {
	if !f.given() {
		return nil
	}
	uploads, err := f.uploads()
	if err != nil {
		return err
	}
	var root []byte
	if f.MediaTrustedRoot != "" {
		if root, err = os.ReadFile(f.MediaTrustedRoot); err != nil {
			return err
		}
	}
	l, err := f.open(ctx)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(uploads, 0o750); err != nil {
		return errors.Join(fmt.Errorf("the folder of uploads: %w", err), l.Close())
	}
	items := mediaItems{e.app}
	e.media = &server.Media{Library: l, Items: items, Upkeep: items, Uploads: uploads, CompareEvery: f.MediaCompare}
	e.app.Media.VerifyBy(mediaVerifier{library: l, verifiers: signature.Verifiers{signature.Sigstore: sigstore.Verifier{}}, root: root})
	e.app.Media.CompareBy(mediaComparer{l})
	e.app.Materials.ReadBy(newBillReader(l))
	return nil
}

// mediaLimitFlags bound transfers of media.
type mediaLimitFlags struct {
	MediaTransfers       int           `placeholder:"N" help:"How many contents may be on their way at once, in and out. Default: 32."`
	MediaTransfersCaller int           `placeholder:"N" help:"How many of them may be one caller's. Default: 8."`
	MediaMaxSize         int64         `placeholder:"BYTES" help:"How long a content may be. Default: 64 GB."`
	MediaArriving        int64         `placeholder:"BYTES" help:"How many bytes of contents may be arriving, until these are whole. Default: 256 GB."`
	MediaArrivingCaller  int64         `placeholder:"BYTES" help:"How many of them may be one caller's. Default: 128 GB."`
	MediaIdle            time.Duration `placeholder:"DURATION" help:"How long the other side may take for 64 KB. Default: 10s."`
}

func (f mediaLimitFlags) limits() server.MediaLimits {
	return server.MediaLimits{
		Transfers: f.MediaTransfers, TransfersPerCaller: f.MediaTransfersCaller, Size: f.MediaMaxSize,
		Arriving: f.MediaArriving, ArrivingPerCaller: f.MediaArrivingCaller, Idle: f.MediaIdle,
	}
}
