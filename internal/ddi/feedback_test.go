package ddi_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/ddi"
	"releasegraph/internal/domain"
)

// The messages are those of hawkBit's documentation, and one that SWUpdate 2022.12 sends.
func TestWhatDevicesTellIsRead(t *testing.T) {
	for _, c := range []struct {
		body, text string
		want       ddi.Execution
		result     ddi.Result
	}{
		{`{"time":"20190511T121314","status":{"execution":"proceeding","result":{"progress":{"cnt":2,"of":5},"finished":"none"},"code":200,"details":["Write firmware"]}}`, "2 of 5\ncode 200\nWrite firmware", ddi.Proceeding, ddi.None},
		{`{ "id": 77, "time": "20261130T184207", "status": { "result": { "progress": { "cnt" : 1, "of" : 1 }, "finished": "success" }, "execution": "closed", "details" : [ "All Chunks Installed." ] } }`, "1 of 1\nAll Chunks Installed.", ddi.Closed, ddi.Success},
		{`{"id":"8","status":{"execution":"closed","result":{"finished":"failure"},"details":["\u0000\u001b[1mboom","\u202eturned"]}}`, "[1mboom\n turned", ddi.Closed, ddi.Failure},
		{`{"status":{"execution":"rejected"}}`, "", ddi.Rejected, ddi.None},
	} {
		f, err := ddi.ReadFeedback([]byte(c.body))
		require.NoError(t, err)
		require.Equal(t, []any{c.want, c.result, c.text}, []any{f.Execution, f.Result, f.Text(1000)})
	}
	for _, body := range []string{``, `[]`, `{}`, `{"status":{}}`, `{"status":{"execution":"asleep"}}`, `{"status":{"execution":"closed","result":{"finished":"maybe"}}}`, `{"status":{"execution":"closed"}} {}`} {
		_, err := ddi.ReadFeedback([]byte(body))
		require.Error(t, err, body)
	}
}

// What is sent again is known, whenever the device says that it sends it (D5).
func TestAMessageIsKnownByWhatItSays_D5(t *testing.T) {
	read := func(body string) string {
		f, err := ddi.ReadFeedback([]byte(body))
		require.NoError(t, err)
		return f.Digest()
	}
	first := read(`{"id":1,"time":"20261130T184207","status":{"execution":"closed","result":{"finished":"success"},"details":["a"]}}`)
	require.Equal(t, first, read(`{"time":"20261130T190000","status":{"execution":"closed","details":["a"],"result":{"finished":"success"}}}`))
	require.NotEqual(t, first, read(`{"status":{"execution":"closed","result":{"finished":"success"},"details":["b"]}}`))
	require.NotEqual(t, ddi.ActionID("s", 1), ddi.ActionID("s", 2))
	require.Positive(t, ddi.ActionID("s", 1))
	require.Equal(t, "01:02:03", ddi.NewRoot(time.Hour+2*time.Minute+3*time.Second).Config.Polling.Sleep)
}

func TestWhatDevicesTellOfThemselvesIsMerged(t *testing.T) {
	over := func(body string, had map[string]string) map[string]string {
		d, err := ddi.ReadData([]byte(body))
		require.NoError(t, err)
		now, err := d.Over(had)
		require.NoError(t, err)
		return now
	}
	had := over(`{"data":{"vin":"1","hw":"2"}}`, nil)
	require.Equal(t, map[string]string{"vin": "1", "hw": "3"}, over(`{"mode":"merge","data":{"hw":"3"}}`, had))
	require.Equal(t, map[string]string{"hw": "3"}, over(`{"mode":"replace","data":{"hw":"3"}}`, had))
	require.Equal(t, map[string]string{"vin": "1"}, over(`{"mode":"remove","data":{"hw":""}}`, had))
	_, err := ddi.ReadData([]byte(`{"mode":"forget"}`))
	require.Error(t, err)
}

// Whatever a device sends, what is kept of it is a text, and no longer than it may be.
func FuzzFeedback(f *testing.F) {
	f.Add([]byte(`{"id":"8","status":{"execution":"closed","result":{"finished":"failure","progress":{"cnt":2,"of":5}},"code":1,"details":["\u0000é"]}}`), 7)
	f.Add([]byte(`{"status":{"execution":"proceeding","details":["\ud800"]}}`), 3)
	f.Fuzz(func(t *testing.T, body []byte, most int) {
		one, err := ddi.ReadFeedback(body)
		if err != nil {
			return
		}
		most = 1 + max(most, -most)%1000
		if most < 1 {
			most = 1
		}
		text := one.Text(most)
		require.LessOrEqual(t, len(text), most)
		require.True(t, utf8.ValidString(text))
		require.NoError(t, domain.CheckText(text, most))
		require.Len(t, one.Digest(), 16)
		require.Equal(t, strings.TrimSpace(text), text)
	})
}

func FuzzData(f *testing.F) {
	f.Add([]byte(`{"mode":"merge","data":{"vin":"1"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := ddi.ReadData(body)
		if err != nil {
			return
		}
		if now, err := d.Over(map[string]string{"had": "1"}); err == nil {
			require.LessOrEqual(t, len(now), ddi.MostData)
		}
	})
}
