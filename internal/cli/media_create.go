package cli

import (
	"cmp"
	"encoding/json"
	"strings"
)

// mediaCreateFlags declare a media item that is not there yet.
type mediaCreateFlags struct {
	Create         bool   `help:"Declare the media item, where there is none of this key."`
	ProductVersion string `placeholder:"VERSION" help:"With --create: the version of the software that it is a copy of."`
	Name           string `placeholder:"NAME" help:"With --create: what people call it. Default: its key."`
	Kind           string `enum:"package,script,document,sbom,image,source" default:"package" help:"With --create: what sort of thing it is: package, script, document, sbom, image or source. Default: ${default}."`
	Terms          string `enum:"own,open,licensed" default:"own" help:"With --create: on which terms it may be used: own, open or licensed. Default: ${default}."`
	Item           string `placeholder:"KEY" help:"With --create: the configuration item that it is the master copy of."`
}

// check tells what is wrong with the flags.
func (f mediaCreateFlags) check() error {
	switch {
	case f.Create && f.ProductVersion == "":
		return usagef("--create: say by --product-version which version of the software it is")
	case !f.Create && (f.ProductVersion != "" || f.Name != "" || f.Item != ""):
		return usagef("--product-version, --name and --item are of an item that is made: give --create, too")
	}
	return nil
}

const (
	mediaItemDocument   = `query ($key: String!) { mediaItem(key: $key) { masterOf { key } } }`
	createMediaDocument = `mutation ($input: CreateMediaItemInput!) { createMediaItem(input: $input) { mediaItem { key } } }`
	masterCopyDocument  = `mutation ($input: ConnectMasterCopyInput!) { connectMasterCopy(input: $input) { revision } }`
)

// declare makes the item of an upload, and joins it to what it is a copy of. What
// there is already stays as it is: the command may be given again.
func (f mediaCreateFlags) declare(r *running, address string, u *mediaUpload) error {
	server, err := askServer(address)
	if err != nil {
		return err
	}
	text, err := server.ask(r, mediaItemDocument, map[string]any{"key": u.key})
	if err != nil {
		return err
	}
	var known struct {
		MediaItem *struct{ MasterOf *struct{ Key string } }
	}
	if err := json.Unmarshal(text, &known); err != nil {
		return err
	}
	if known.MediaItem == nil {
		if err := f.create(r, server, u); err != nil {
			return err
		}
	}
	if f.Item == "" || known.MediaItem != nil && known.MediaItem.MasterOf != nil && known.MediaItem.MasterOf.Key == f.Item {
		return nil
	}
	_, err = server.ask(r, masterCopyDocument, map[string]any{"input": map[string]any{"from": map[string]any{"key": u.key}, "to": map[string]any{"key": f.Item}}})
	return err
}

func (f mediaCreateFlags) create(r *running, server asker, u *mediaUpload) error {
	if u.sha256 == "" {
		if err := u.hash(r); err != nil {
			return err
		}
	}
	_, err := server.ask(r, createMediaDocument, map[string]any{"input": map[string]any{
		"key": u.key, "name": cmp.Or(f.Name, u.key), "productVersion": f.ProductVersion, "kind": strings.ToUpper(f.Kind),
		"terms": strings.ToUpper(f.Terms), "sha256": u.sha256, "size": u.size,
	}})
	return err
}
