package entity_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

func TestARequestForChangeIsADraftWhateverACreateSays(t *testing.T) {
	k := entity.KindNamed(domain.KindChangeRequest)
	_, err := k.New(map[string]any{"key": "R1", "name": "R", "status": "AUTHORISED"}, "input")
	require.ErrorContains(t, err, "input.status: ChangeRequest has no such field to set")
	made, err := k.New(map[string]any{"key": "R1", "name": "R"}, "input")
	require.NoError(t, err)
	require.Equal(t, domain.ChangeDraft, made.(*domain.ChangeRequest).Status)
}

func TestAnImportBringsARequestForChangeInAnyState(t *testing.T) {
	k := entity.KindNamed(domain.KindChangeRequest)
	for _, status := range domain.ChangeRequestStatuses {
		made, err := k.Bring(map[string]any{"key": "R1", "name": "R", "status": string(status), "requester": "alice"}, "")
		require.NoError(t, err)
		require.Equal(t, status, made.(*domain.ChangeRequest).Status)
		back, err := k.BringPatch(made, map[string]any{"status": "CLOSED"}, "")
		require.NoError(t, err)
		require.Equal(t, domain.ChangeClosed, back.(*domain.ChangeRequest).Status)
		_, err = k.Patch(made, map[string]any{"status": "CLOSED"}, "input.patch")
		require.ErrorContains(t, err, "input.patch.status")
	}
}

func TestAnImportOfARequestForChangeIsCheckedForConsistency(t *testing.T) {
	k := entity.KindNamed(domain.KindChangeRequest)
	_, err := k.Bring(map[string]any{
		"key": "R1", "name": "R", "status": "CLOSED", "submittedAt": "2026-03-02T00:00:00Z", "decidedAt": "2026-03-01T00:00:00Z",
		"plannedFrom": "2026-03-05T00:00:00Z", "plannedTo": "2026-03-05T00:00:00Z", "downtime": "an hour",
	}, "")
	require.ErrorContains(t, err, "decidedAt: must not be before submittedAt")
	require.ErrorContains(t, err, "plannedTo: must be after plannedFrom")
	require.ErrorContains(t, err, `downtime: "an hour" is no duration`)
}
