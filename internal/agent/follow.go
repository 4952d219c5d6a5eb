package agent

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

const followDocument = `subscription AgentUpdates($site: RecordRef!) { deploymentUpdates(site: $site) { revision } }`

// mostEvent is the longest line of an event stream.
const mostEvent = 1 << 20

// silence is how long nothing may come before the stream is taken for dead: the server says
// something more often than that.
const silence = 2 * time.Minute

// Follow implements Server, by server-sent events: they pass wherever a request does.
func (s *Remote) Follow(ctx context.Context, site string, changed func()) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r, err := s.request(ctx, followDocument, map[string]any{"site": map[string]any{"key": site}})
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "text/event-stream")
	dead := time.AfterFunc(silence, func() { stop(errors.New("the server is silent")) })
	defer dead.Stop()
	got, err := s.Client.Do(r)
	if err != nil {
		return err
	}
	defer got.Body.Close()
	if got.StatusCode != http.StatusOK || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/event-stream") {
		return fmt.Errorf("%s answered %s", s.Endpoint, got.Status)
	}
	changed() // what happened before it listened
	lines := bufio.NewScanner(got.Body)
	lines.Buffer(nil, mostEvent)
	for lines.Scan() {
		dead.Reset(silence)
		text, is := strings.CutPrefix(lines.Text(), "data: ")
		if !is {
			continue
		}
		var a answer
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			return err
		}
		if err := a.err(); err != nil {
			return err
		}
		changed()
	}
	return errors.Join(lines.Err(), context.Cause(ctx), errors.New("the stream has ended"))
}
