package prometheus_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/measure"
	"releasegraph/internal/prometheus"
)

var began = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// asked asks for three measurements, a minute apart.
func asked(source string) measure.Asked {
	return measure.Asked{
		Measure: domain.TestMeasure{Source: source, Interval: "PT1M", Success: &domain.MeasureLimit{Is: domain.AtLeast, Value: 0.95}},
		Query:   `sum(rate(http_requests_total{code!~"5.."}[1m])) / sum(rate(http_requests_total[1m]))`,
		Over:    domain.TimeRange{From: began, To: began.Add(2 * time.Minute)},
	}
}

// answers asks a server that answers so.
func answers(t *testing.T, answer http.HandlerFunc) measure.Answer {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	s, err := prometheus.New(map[string]string{"prod": server.URL})
	require.NoError(t, err)
	got, err := s.Patient(300*time.Millisecond).Ask(t.Context(), asked("prod"))
	require.NoError(t, err)
	for _, told := range got.Troubles {
		require.NotContains(t, told, strings.TrimPrefix(server.URL, "http://"), "no address is told")
	}
	return got
}

func says(format string, args ...any) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, format, args...)
	}
}

func matrix(series ...string) string {
	return `{"status":"success","data":{"resultType":"matrix","result":[` + strings.Join(series, ",") + `]}}`
}

func TestAServerIsAskedForAPeriod(t *testing.T) {
	var got map[string]string
	answer := answers(t, func(w http.ResponseWriter, r *http.Request) {
		require.NoError(t, r.ParseForm())
		got = map[string]string{"path": r.URL.Path, "query": r.Form.Get("query"), "start": r.Form.Get("start"), "end": r.Form.Get("end"), "step": r.Form.Get("step")}
		says("%s", matrix(`{"metric":{},"values":[[1772352000,"0.99"],[1772352060,"NaN"],[1772352120,"+Inf"]]}`))(w, r)
	})
	require.Equal(t, map[string]string{"path": "/api/v1/query_range", "query": asked("").Query, "start": "1772352000", "end": "1772352120", "step": "60"}, got)
	require.Empty(t, answer.Troubles)
	require.Len(t, answer.Series, 1)
	require.Equal(t, measure.Sample{At: began, Value: 0.99}, answer.Series[0][0])
	verdict, kept := measure.Judge(asked("prod"), answer)
	require.Equal(t, domain.TestInconclusive, verdict)
	require.Equal(t, 2, kept.Inconclusive)
}

// Whatever a server answers that is no series of numbers says nothing, and why.
func TestWhatIsNoSeriesOfNumbersSaysNothing_R7(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		told   string
	}{
		"nothing":    {says("%s", matrix()), "the query selects nothing"},
		"several":    {says("%s", matrix(`{"metric":{"a":"1"},"values":[[1772352000,"1"]]}`, `{"metric":{"a":"2"},"values":[[1772352000,"1"]]}`)), "the query selects 2 series, and must select one"},
		"a warning":  {says(`{"status":"success","warnings":["a shard is down"],"data":{"resultType":"matrix","result":[{"metric":{},"values":[[1772352000,"1"],[1772352060,"1"],[1772352120,"1"]]}]}}`), "prod warns: a shard is down"},
		"a vector":   {says(`{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1772352000,"1"]}]}}`), "the query gives a vector, and not numbers over time"},
		"a text":     {says(`{"status":"success","data":{"resultType":"string","result":[1772352000,"up"]}}`), "prod answered what cannot be read"},
		"histograms": {says("%s", matrix(`{"metric":{},"histograms":[[1772352000,{"count":"1","sum":"1","buckets":[]}]]}`)), "the query gives histograms, and not numbers"},
		"words":      {says("%s", matrix(`{"metric":{},"values":[[1772352000,"many"]]}`)), "prod answered what cannot be read"},
		"no data":    {says(`{"status":"success"}`), "the answer holds nothing"},
		"no JSON":    {says(`<html>`), "prod answered what cannot be read"},
		"a query unread": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(400)
			says(`{"status":"error","errorType":"bad_data","error":"1:5: parse error:\nunexpected end"}`)(w, r)
		}, "prod refused: bad_data: 1:5: parse error: unexpected end"},
		"too much for it": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(422)
			says(`{"status":"error","errorType":"execution","error":"query processing would load too many samples"}`)(w, r)
		}, "prod refused: execution: query processing would load too many samples"},
		"broken":      {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500); says("secrets of the stack")(w, r) }, "prod refused: server_error: server error: 500"},
		"not allowed": {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(401); says("who are you")(w, r) }, "prod refused: client_error: client error: 401"},
		"elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		}, "prod answered what cannot be read"},
		"cut off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100000")
			fmt.Fprint(w, `{"status":"success"`)
		}, "prod is away"},
		"too slow": {func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-r.Context().Done():
			case <-time.After(time.Second):
			}
		}, "prod did not answer within 300ms"},
	} {
		t.Run(name, func(t *testing.T) {
			verdict, kept := measure.Judge(asked("prod"), answers(t, c.answer))
			require.Equal(t, domain.TestInconclusive, verdict)
			require.Contains(t, kept.Reasons, c.told)
		})
	}
}

// A server that answers without end is read to 4 MiB, also where it packs its answer.
func TestAnAnswerWithoutEndIsCutOff(t *testing.T) {
	for _, packed := range []bool{false, true} {
		answer := answers(t, func(w http.ResponseWriter, r *http.Request) {
			out := stream(w, packed)
			defer out.Close()
			fmt.Fprint(out, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[`)
			line := []byte(strings.Repeat(`[1772352000,"1"],`, 4000))
			for sent := 0; sent < 1<<30 && r.Context().Err() == nil; sent += len(line) {
				if _, err := out.Write(line); err != nil {
					return
				}
			}
		})
		require.Equal(t, []string{"prod answered more than 4 MiB"}, answer.Troubles)
		require.Empty(t, answer.Series)
	}
}

func TestAServerThatIsAwayIsToldWithoutItsAddress_R7(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	s, err := prometheus.New(map[string]string{"prod": strings.Replace(gone.URL, "http://", "http://ann:secret@", 1)})
	require.NoError(t, err)
	answer, err := s.Ask(t.Context(), asked("prod"))
	require.NoError(t, err)
	require.Equal(t, measure.Answer{Troubles: []string{"prod is away"}}, answer)
	verdict, _ := measure.Judge(asked("prod"), answer)
	require.Equal(t, domain.TestInconclusive, verdict)

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.Ask(ended, asked("prod"))
	require.ErrorIs(t, err, context.Canceled, "who asks no more is told nothing of the server")
}

func TestOnlyServersThatWereNamedAtStartAreAsked(t *testing.T) {
	s, err := prometheus.New(map[string]string{"prod": "https://metrics.example.com:9090/prefix/", "acc": "http://127.0.0.1:9090"})
	require.NoError(t, err)
	require.Equal(t, []string{"acc", "prod"}, s.Names())
	answer, err := s.Ask(t.Context(), asked("http://169.254.169.254/"))
	require.NoError(t, err)
	require.Equal(t, []string{"http://169.254.169.254/ is not among the servers that may be asked"}, answer.Troubles)
	require.Nil(t, (*prometheus.Servers)(nil).Names())

	_, err = prometheus.New(map[string]string{"a": "file:///etc/passwd", "b": "metrics:9090", " ": "http://x", "c": "http://ann:secret@"})
	require.ErrorContains(t, err, "server a must be http://HOST:PORT")
	require.ErrorContains(t, err, "server b must be")
	require.ErrorContains(t, err, "server c must be")
	require.ErrorContains(t, err, `the name of the Prometheus server " "`)
	require.NotContains(t, err.Error(), "secret")
}
