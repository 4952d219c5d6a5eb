package cli_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestReadyTellsWhatTheServerTells(t *testing.T) {
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"checks":{"store":"cannot be reached"}}`)
	}))
	defer server.Close()
	call(t, "", "ready", "--url="+server.URL).wants(t, 0, "cannot be reached")
	status = http.StatusServiceUnavailable
	call(t, "", "ready", "--url="+server.URL).wants(t, 1, "cannot be reached", "not ready")
	call(t, "", "ready", "--url=http://127.0.0.1:1").wants(t, 1, "cannot be reached")
}
