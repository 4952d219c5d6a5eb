package advice_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/advice"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/domain"
)

// demanding is a release whose policy has nothing built that no board recommended.
var demanding = []string{
	`{"node":"ConfigurationItem","key":"pay","name":"pay","class":"PROGRAM","productVersion":"1.0.0"}`,
	`{"node":"ReleasePolicy","key":"all","name":"All","status":"IN_FORCE","effectiveFrom":"2026-01-01T00:00:00Z","demands":[{"type":"MINOR","kinds":["BOARD_ADVICE"]}]}`,
	`{"node":"Board","key":"CAB","name":"The board","members":["ann","bob"],"quorum":1}`,
	`{"node":"Release","key":"R","releaseVersion":"1.1.0","type":"MINOR","category":"DELTA","plannedFrom":"2026-03-01T00:00:00Z","plannedTo":"2026-03-02T00:00:00Z"}`,
	`{"edge":"CHANGES","from":"Release:R","to":"ConfigurationItem:pay","action":"MODIFY","fromVersion":"1.0.0","toVersion":"1.1.0"}`,
}

// A recommendation stands for the contents and the calendar that the board saw.
func TestABoardRecommendsWhatItSaw_R19(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(demanding...)
		advised := func() (lacks []string) {
			for _, l := range f.Lacks("R", "startBuild") {
				if len(l) > 12 && l[:12] == "BOARD_ADVICE" {
					lacks = append(lacks, l)
				}
			}
			return lacks
		}
		recommends := func(who string, role domain.Role, yes bool, comment *string) error {
			_, err := f.Advice.RecommendRelease(f.As(who, role), advice.Recommend{Release: apptest.Key("R"), Board: apptest.Key("CAB"), Recommended: yes, Comment: comment}, nil)
			return err
		}
		require.Len(t, advised(), 1)
		require.Contains(t, advised()[0], "a board that recommends its contents and calendar")
		require.ErrorContains(t, recommends("eve", domain.CABMember, true, nil), "does not sit on CAB")
		require.ErrorContains(t, recommends("ann", domain.CABMember, false, nil), "why the board is against it")
		require.Error(t, recommends("ann", domain.Viewer, true, nil))

		require.NoError(t, recommends("ann", domain.CABMember, true, nil))
		require.Empty(t, advised())
		later := time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)
		_, err := f.Records.Update(f.Ctx, domain.KindRelease, apptest.Key("R"), apptest.Values{"plannedTo": later}, nil, nil)
		require.NoError(t, err)
		require.Contains(t, advised()[0], "before it changed")
		why := "too close to the sale"
		require.NoError(t, recommends("cora", domain.ChangeManager, false, &why))
		require.Contains(t, advised()[0], "CAB does not")
		require.NoError(t, recommends("bob", domain.CABMember, true, nil))
		require.Empty(t, advised())
		f.Item("ui")
		f.Connect(domain.RelChanges, "R", "ui", apptest.Values{"action": "ADD", "toVersion": "1.0.0"})
		require.Contains(t, advised()[0], "present contents")

		f.Lines(`{"node":"Release","key":"R","releaseVersion":"1.1.0","type":"MINOR","category":"DELTA","status":"CANCELLED"}`)
		require.ErrorContains(t, recommends("bob", domain.CABMember, true, nil), "R is CANCELLED")
	})
}
