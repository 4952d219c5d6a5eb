package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/codegen/config"
)

func TestWhatTheAreasBindIsOne(t *testing.T) {
	dir := t.TempDir()
	freezes, sites := filepath.Join(dir, "freeze.bind.yaml"), filepath.Join(dir, "site.bind.yaml")
	put(t, freezes, "autobind: [example/freeze]\nmodels:\n  Freeze: {fields: {matches: {resolver: true}}}\n")
	put(t, sites, "models:\n  Site: {model: example/site.Site}\n")
	cfg := &config.Config{AutoBind: []string{"example/all"}, Models: config.TypeMap{"ID": {}}}
	if err := bind(cfg, freezes, sites); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(cfg.AutoBind, " "); got != "example/all example/freeze" {
		t.Errorf("autobind is %s", got)
	}
	if !cfg.Models["Freeze"].Fields["matches"].Resolver || len(cfg.Models["Site"].Model) != 1 || len(cfg.Models) != 3 {
		t.Errorf("models are %v", cfg.Models)
	}
}

func TestATypeIsBoundInOneFileOnly(t *testing.T) {
	dir := t.TempDir()
	freezes, sites := filepath.Join(dir, "freeze.bind.yaml"), filepath.Join(dir, "site.bind.yaml")
	put(t, freezes, "models:\n  Site: {model: example/freeze.Site}\n")
	put(t, sites, "models:\n  Site: {model: example/site.Site}\n")
	err := bind(&config.Config{Models: config.TypeMap{}}, freezes, sites)
	refuses(t, err, freezes, sites, "Site")
	err = bind(&config.Config{Models: config.TypeMap{"Site": {Model: []string{"example/all.Site"}}}}, sites)
	refuses(t, err, "gqlgen.yml", sites, "Site")
}

// An area binds the fields that it adds to a type of another.
func TestTheFieldsOfATypeAreBoundByThoseWhoAddThem(t *testing.T) {
	dir := t.TempDir()
	freezes, sites := filepath.Join(dir, "freeze.bind.yaml"), filepath.Join(dir, "site.bind.yaml")
	put(t, freezes, "models:\n  Site: {fields: {freezes: {resolver: true}}}\n")
	put(t, sites, "models:\n  Site: {model: example/site.Site, fields: {moves: {resolver: true}}}\n")
	for _, paths := range [][]string{{freezes, sites}, {sites, freezes}} {
		cfg := &config.Config{Models: config.TypeMap{}}
		if err := bind(cfg, paths...); err != nil {
			t.Fatal(err)
		}
		if one := cfg.Models["Site"]; len(one.Model) != 1 || !one.Fields["freezes"].Resolver || !one.Fields["moves"].Resolver {
			t.Errorf("in the order %v Site is %v", paths, one)
		}
	}
	put(t, freezes, "models:\n  Site: {fields: {moves: {fieldName: Ways}}}\n")
	refuses(t, bind(&config.Config{Models: config.TypeMap{}}, freezes, sites), freezes, sites, "Site.moves")
}

func TestAFileBindsNothingElse(t *testing.T) {
	sites := filepath.Join(t.TempDir(), "site.bind.yaml")
	put(t, sites, "model: {Site: {model: example/site.Site}}\n")
	refuses(t, bind(&config.Config{Models: config.TypeMap{}}, sites), sites, "model")
	put(t, sites, "models:\n  Site: {goModel: example/site.Site}\n")
	refuses(t, bind(&config.Config{Models: config.TypeMap{}}, sites), sites, "goModel")
}

func refuses(t *testing.T, err error, told ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("it is not refused")
	}
	for _, word := range told {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q does not tell %q", err, word)
		}
	}
}
