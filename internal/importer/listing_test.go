package importer_test

import (
	"fmt"
	"strings"
	"testing"

	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
	"releasegraph/internal/importer"
)

const (
	lineX  = `{"node":"ConfigurationItem","key":"x","name":"X","class":"SERVER","status":"IN_TEST"}` + "\n"
	lineY  = `{"node":"ConfigurationItem","key":"y","name":"Y","class":"SERVER"}` + "\n"
	bareX  = `{"node":"ConfigurationItem","key":"x","name":"X","class":"SERVER"}` + "\n"
	lineXY = `{"edge":"DEPENDS_ON","from":"x","to":"y"}` + "\n"
)

func from(source string) importer.Options { return importer.Options{Source: source} }

func pruneOf(source string) importer.Options {
	return importer.Options{Source: source, Prune: true, PruneLimit: 100}
}

// item is what there is of an item.
func (p place) item(t *testing.T, name string) *domain.ConfigurationItem {
	t.Helper()
	r, err := p.Records.Record(t.Context(), "ConfigurationItem", key(name), nil)
	if err != nil {
		t.Fatal(err)
	}
	i, _ := r.(*domain.ConfigurationItem)
	return i
}

func listers(i *domain.ConfigurationItem) string {
	var names []string
	for _, l := range i.ListedBy() {
		names = append(names, l.Source)
	}
	return strings.Join(names, " ")
}

func TestWhatAPruneWithdrewComesBackAsItWasWhenASourceListsItAgain(t *testing.T) { // C6
	everywhere(t, func(t *testing.T, p place) {
		p.run(t, lineX+lineY, from("cmdb"))
		for _, again := range []string{"cmdb", "netbox"} {
			if s := p.run(t, lineY, pruneOf("cmdb")); s.Pruned.Withdrawn != 1 || p.item(t, "x").Status != domain.ItemWithdrawn {
				t.Fatalf("%+v", s.Pruned)
			}
			s := p.run(t, bareX+lineY, from(again))
			if x := p.item(t, "x"); s.Revived() != 1 || x.Status != domain.ItemInTest || listers(x) != again || x.WithdrawnFrom != "" {
				t.Errorf("%+v, %+v", s, x)
			}
			if s := p.run(t, bareX, from(again)); !s.Same() {
				t.Errorf("once more: %+v", s)
			}
			p.run(t, bareX, from("cmdb"))
			p.run(t, `{"node":"ConfigurationItem","key":"y","name":"Y","class":"SERVER"}`, importer.Options{Source: "netbox", Prune: true, PruneLimit: 100})
		}
	})
}

func TestAPruneTakesNothingAwayThatAnotherSourceLists(t *testing.T) { // C6
	everywhere(t, func(t *testing.T, p place) {
		p.run(t, lineX+lineY+lineXY+`{"edge":"DEPENDS_ON","from":"y","to":"x"}`, from("cmdb"))
		s := p.run(t, bareX+lineXY, from("netbox"))
		if s.Listed() != 2 || s.Updated() != 0 || listers(p.item(t, "x")) != "cmdb netbox" {
			t.Errorf("%+v %s", s, listers(p.item(t, "x")))
		}
		if s := p.run(t, bareX+lineXY, from("netbox")); !s.Same() || s.Unchanged() != 2 {
			t.Errorf("again: %+v", s)
		}
		s = p.run(t, lineY+`{"edge":"DEPENDS_ON","from":"y","to":"x"}`, pruneOf("cmdb"))
		if s.Pruned.Withdrawn != 0 || s.Pruned.Relationships != 0 || s.Pruned.Unlisted != 2 || listers(p.item(t, "x")) != "netbox" {
			t.Errorf("%+v", s.Pruned)
		}
		if s := p.run(t, lineY+`{"edge":"DEPENDS_ON","from":"y","to":"x"}`, pruneOf("cmdb")); !s.Same() {
			t.Errorf("again: %+v", s)
		}
		s = p.run(t, `{"node":"ConfigurationItem","key":"z","name":"Z","class":"SERVER"}
{"edge":"DEPENDS_ON","from":"z","to":"y"}`, pruneOf("netbox"))
		if s.Pruned.Withdrawn != 1 || s.Pruned.Relationships != 1 || p.item(t, "x").Status != domain.ItemWithdrawn {
			t.Errorf("%+v %+v", s.Pruned, p.item(t, "x"))
		}
	})
}

func TestARecordWithoutAStatusIsRemovedWhenNoSourceListsIt(t *testing.T) { // C6
	everywhere(t, func(t *testing.T, p place) {
		site := func(name string) string { return fmt.Sprintf(`{"node":"Site","key":%q,"name":"S"}`+"\n", name) }
		p.run(t, site("a")+site("b"), from("cmdb"))
		p.run(t, site("a"), from("netbox"))
		if s := p.run(t, site("b"), pruneOf("cmdb")); s.Pruned.Removed != 0 || s.Pruned.Unlisted != 1 {
			t.Errorf("%+v", s.Pruned)
		}
		if s := p.run(t, site("c"), pruneOf("netbox")); s.Pruned.Removed != 1 || strings.Contains(export(t, p.App), `"key":"a"`) {
			t.Errorf("%+v", s.Pruned)
		}
	})
}

func TestAnAttributeStaysWhileASourceListsIt(t *testing.T) { // C6
	everywhere(t, func(t *testing.T, p place) {
		with := func(attributes string) string {
			return strings.Replace(bareX, `"name"`, `"attributes":{`+attributes+`},"name"`, 1)
		}
		attributes := func() string { return fmt.Sprint(p.item(t, "x").Attributes) }
		p.run(t, with(`"os":"linux","rack":"1"`), from("cmdb"))
		p.run(t, with(`"os":"linux","port":"80"`), from("netbox"))
		if got := attributes(); got != "map[os:linux port:80 rack:1]" {
			t.Error(got)
		}
		p.run(t, with(`"rack":"1"`), from("cmdb"))
		if got := attributes(); got != "map[os:linux port:80 rack:1]" {
			t.Error("netbox still lists os:", got)
		}
		p.run(t, with(`"port":"80"`), from("netbox"))
		if got := attributes(); got != "map[port:80 rack:1]" {
			t.Error("nobody lists os:", got)
		}
		for _, source := range []string{"cmdb", "netbox"} {
			line := map[string]string{"cmdb": `"rack":"1"`, "netbox": `"port":"80"`}[source]
			if s := p.run(t, with(line), from(source)); !s.Same() {
				t.Errorf("%s again: %+v", source, s)
			}
		}
	})
}

func TestAPersonsWordOnWhatAPruneWithdrewStands(t *testing.T) { // C6
	everywhere(t, func(t *testing.T, p place) {
		p.run(t, lineX+lineY, from("cmdb"))
		p.run(t, lineY, pruneOf("cmdb"))
		if _, err := p.Configuration.WithdrawConfigurationItem(t.Context(), key("x"), nil, nil); err != nil {
			t.Fatal(err)
		}
		s := p.run(t, lineX+lineY, from("cmdb"))
		if x := p.item(t, "x"); x.Status != domain.ItemWithdrawn || s.Revived() != 0 || s.Kept() != 1 {
			t.Errorf("%+v %+v", s, x)
		}
	})
}

func TestALinkThatAPersonRemovedStaysRemoved(t *testing.T) { // C6
	everywhere(t, func(t *testing.T, p place) {
		files := lineX + lineY + lineXY
		p.run(t, files, from("cmdb"))
		remove := func() {
			t.Helper()
			if _, err := p.Records.Disconnect(t.Context(), "DEPENDS_ON", key("x"), key("y"), nil, nil); err != nil {
				t.Fatal(err)
			}
		}
		has := func() bool { return strings.Contains(export(t, p.App), `"edge":"DEPENDS_ON"`) }
		remove()
		for range 2 {
			var kept []domain.FieldKept
			o := from("cmdb")
			o.Kept = func(k domain.FieldKept) error { kept = append(kept, k); return nil }
			if s := p.run(t, files, o); !s.Same() || s.Kept() != 1 || len(kept) != 1 || !kept[0].Removed || kept[0].Source != "api" || kept[0].To.Key != "y" || has() {
				t.Errorf("%+v, %+v", s, kept)
			}
		}
		o := from("cmdb")
		o.Overwrite = true
		if s := p.run(t, files, o); s.Created() != 1 || !has() {
			t.Errorf("told to overwrite: %+v", s)
		}
		if s := p.run(t, files, from("cmdb")); !s.Same() || s.Kept() != 0 {
			t.Errorf("afterwards: %+v", s)
		}
		remove()
		if _, err := p.Records.Connect(t.Context(), "DEPENDS_ON", key("x"), key("y"), nil, nil); err != nil {
			t.Fatal(err)
		}
		if s := p.run(t, files, from("cmdb")); s.Kept() != 0 || !has() || len(p.item(t, "x").RemovedLinks) != 0 {
			t.Errorf("connected again: %+v", s)
		}
	})
}

func TestALinkStaysRemovedThoughItsEndIsRenamed(t *testing.T) { // C6
	everywhere(t, func(t *testing.T, p place) {
		p.run(t, lineX+lineY+lineXY, from("cmdb"))
		if _, err := p.Records.Disconnect(t.Context(), "DEPENDS_ON", key("x"), key("y"), nil, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Records.Update(t.Context(), "ConfigurationItem", key("y"), map[string]any{"key": "z"}, nil, nil); err != nil {
			t.Fatal(err)
		}
		if s := p.run(t, strings.ReplaceAll(lineX+lineY+lineXY, `"y"`, `"z"`), from("cmdb")); s.Kept() == 0 || s.Created() != 0 {
			t.Errorf("%+v", s)
		}
	})
}

func TestAPlaceThatAPersonTookASiteAwayFromStaysLeft(t *testing.T) { // C6
	everywhere(t, func(t *testing.T, p place) {
		p.run(t, estate+`{"node":"Site","key":"fr","name":"France"}`, importer.Options{})
		if _, err := p.Records.Disconnect(t.Context(), "PART_OF", key("par-1"), key("emea"), nil, nil); err != nil {
			t.Fatal(err)
		}
		for _, parent := range []string{"emea", "fr"} {
			if s := p.run(t, fmt.Sprintf(`{"edge":"PART_OF","from":"Site:par-1","to":"Site:%s"}`, parent), importer.Options{}); !s.Same() || s.Kept() != 1 {
				t.Errorf("%s: %+v", parent, s)
			}
		}
	})
}

func TestWhoListsWhatAndWhatPeopleRemovedMovesWithAnEstate(t *testing.T) { // C4, C6
	onStores(t, func(t *testing.T, p place) {
		a, s := newApp(t)
		of := place{a, s, importer.Local(a)}
		of.run(t, lineX+lineY+lineXY+`{"edge":"DEPENDS_ON","from":"y","to":"x"}`, from("cmdb"))
		of.run(t, bareX+lineXY, from("netbox"))
		if _, err := of.Records.Disconnect(t.Context(), "DEPENDS_ON", key("y"), key("x"), nil, nil); err != nil {
			t.Fatal(err)
		}
		of.run(t, bareX, pruneOf("cmdb"))
		want := export(t, a)
		for _, part := range []string{`"withdrawnFrom":"LIVE"`, `"removedLinks":["DEPENDS_ON\tConfigurationItem:x\tUSES"]`, `"listings":["cmdb=*","netbox@`} {
			if !strings.Contains(want, part) {
				t.Errorf("missing %s in\n%s", part, want)
			}
		}
		p.run(t, want, importer.Options{})
		if got := export(t, p.App); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		past := exportHistory(t, a)
		b, to := newApp(t)
		im, err := b.Bulk.Importer(t.Context(), bulk.ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for range 100 { // what was is over
			if _, _, err = im.Last(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		(place{b, to, importer.Local(b)}).run(t, past, importer.Options{History: true})
		if got := exportHistory(t, b); got != past {
			t.Errorf("got\n%s\nwant\n%s", got, past)
		}
	})
}

func TestOnlyARunThatConfirmsTellsWhenASourceLastListedARecord(t *testing.T) { // C6, C8
	onStores(t, func(t *testing.T, p place) {
		p.run(t, lineX, from("cmdb"))
		if s := p.run(t, lineX, from("cmdb")); !s.Same() {
			t.Errorf("%+v", s)
		}
		o := from("cmdb")
		o.Confirm = p.item(t, "x").CreatedAt
		p.run(t, lineX, o)
		by := p.item(t, "x").ListedBy()
		if len(by) != 1 || by[0].LastListed == nil || !by[0].LastListed.Equal(o.Confirm) || by[0].FirstListed == nil {
			t.Errorf("%+v", by)
		}
	})
}
