package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

// served is a server that runs as a process of its own.
type served struct {
	url   string
	cmd   *exec.Cmd
	ended chan error
}

// stopWithin is how long a server may take to stop before it is killed.
const stopWithin = 30 * time.Second

// startServer starts this program with the arguments of a server, and waits until
// it is ready.
func startServer(r *running, args []string) (*served, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(r, program, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = stopWithin
	log, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("cannot start a server: %w", err)
	}
	s := &served{cmd: cmd, ended: make(chan error, 1)}
	at := make(chan string, 1)
	go func() {
		said := follow(log, at)
		if err := cmd.Wait(); err != nil {
			err = fmt.Errorf("the server has ended: %w\n%s", err, said)
			s.ended <- err
			return
		}
		s.ended <- nil
	}()
	select {
	case s.url = <-at:
	case err := <-s.ended:
		return nil, err
	}
	if err := s.ready(r); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

// follow reads a server's log to its end, tells at which address it listens, and
// returns the last lines.
func follow(log io.Reader, at chan<- string) string {
	var last []string
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		var line struct{ URL, Message string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Message == "listening" {
			at <- line.URL
		}
		if last = append(last, lines.Text()); len(last) > 10 {
			last = last[1:]
		}
	}
	return strings.Join(last, "\n")
}

// ready waits until the server answers from an up-to-date graph.
func (s *served) ready(ctx context.Context) error {
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/readyz", nil)
		if err != nil {
			return err
		}
		if answer, err := http.DefaultClient.Do(request); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case err := <-s.ended:
			s.ended <- nil // it needs no stop any more
			return errors.Join(errors.New("the server has ended before it was ready"), err)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// stop ends the server and waits until it has ended.
func (s *served) stop() error {
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		_ = s.cmd.Process.Kill() // where no process can be interrupted
		<-s.ended                //nolint:errcheck // that it was killed
		return nil
	}
	return <-s.ended
}
