package ddi

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Execution is what a device does about an action.
type Execution string

// The executions.
const (
	Closed     Execution = "closed"
	Proceeding Execution = "proceeding"
	Canceled   Execution = "canceled"
	Scheduled  Execution = "scheduled"
	Rejected   Execution = "rejected"
	Resumed    Execution = "resumed"
	Download   Execution = "download"
	Downloaded Execution = "downloaded"
)

// executions are all that there are.
var executions = map[Execution]bool{
	Closed: true, Proceeding: true, Canceled: true, Scheduled: true, Rejected: true, Resumed: true, Download: true, Downloaded: true,
}

// Result is how an action ended that is CLOSED.
type Result string

// The results; None of what has not ended, and of what ended without one.
const (
	Success Result = "success"
	Failure Result = "failure"
	None    Result = "none"
)

// Feedback is what a device tells of an action.
type Feedback struct {
	Execution Execution
	Result    Result
	Done, Of  int // steps; Of is 0 where nobody says
	Code      *int
	Details   []string
}

// message is a Feedback as devices write it. What else there is in one, such as its id and
// the time of the device, says nothing that the server does not know better.
type message struct {
	Status *struct {
		Execution Execution `json:"execution"`
		Result    *struct {
			Finished Result `json:"finished"`
			Progress *struct {
				Cnt int `json:"cnt"`
				Of  int `json:"of"`
			} `json:"progress"`
		} `json:"result"`
		Code    *int     `json:"code"`
		Details []string `json:"details"`
	} `json:"status"`
}

// ReadFeedback reads what a device tells of an action.
func ReadFeedback(body []byte) (f Feedback, _ error) {
	var m message
	if err := decode(body, &m); err != nil {
		return f, err
	}
	s := m.Status
	switch {
	case s == nil:
		return f, errors.New("status is missing")
	case !executions[s.Execution]:
		return f, fmt.Errorf("status.execution is %q, and must be closed, proceeding, canceled, scheduled, rejected, resumed, download or downloaded", s.Execution)
	}
	f = Feedback{Execution: s.Execution, Result: None, Code: s.Code, Details: s.Details}
	if s.Result != nil {
		if p := s.Result.Progress; p != nil {
			f.Done, f.Of = p.Cnt, p.Of
		}
		switch s.Result.Finished {
		case Success, Failure, None:
			f.Result = s.Result.Finished
		case "":
		default:
			return f, fmt.Errorf("status.result.finished is %q, and must be success, failure or none", s.Result.Finished)
		}
	}
	return f, nil
}

// decode reads one JSON value and nothing behind it.
func decode(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("it is no message of the protocol: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something stands behind the message")
	}
	return nil
}

// Digest stands for what is told: the protocol has no name for a message, so that one
// which is sent again is known by what it says. When the device says it does not matter.
func (f Feedback) Digest() string {
	text, _ := json.Marshal(f) // of such fields it does not fail
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// Text is what is told in words: how far it is, and the last lines of a log. At most so
// many bytes are kept of them, the last ones.
func (f Feedback) Text(most int) string {
	var lines []string
	if f.Of > 0 {
		lines = append(lines, fmt.Sprintf("%d of %d", f.Done, f.Of))
	}
	if f.Code != nil {
		lines = append(lines, fmt.Sprintf("code %d", *f.Code))
	}
	text := strings.TrimSpace(strings.Map(plain, strings.ToValidUTF8(strings.Join(append(lines, f.Details...), "\n"), "?")))
	if len(text) > most {
		text = text[len(text)-most:]
	}
	for len(text) > 0 && !utf8.RuneStart(text[0]) {
		text = text[1:]
	}
	return strings.TrimSpace(text)
}

// plain leaves out of the words of a device what no text may hold.
func plain(r rune) rune {
	if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) {
		return ' '
	}
	return r
}

// Data is what a device tells of itself.
type Data struct {
	// Mode says what becomes of what was told before: it is merged, replaced, or what is
	// named is removed.
	Mode string            `json:"mode"`
	Data map[string]string `json:"data"`
}

// MostData is how many attributes a device may have.
const MostData = 100

// ReadData reads what a device tells of itself.
func ReadData(body []byte) (d Data, _ error) {
	if err := decode(body, &d); err != nil {
		return d, err
	}
	switch d.Mode {
	case "merge", "replace", "remove":
	case "":
		d.Mode = "merge"
	default:
		return d, fmt.Errorf("mode is %q, and must be merge, replace or remove", d.Mode)
	}
	for name, value := range d.Data {
		if name == "" || len(name) > 128 || len(value) > 1024 {
			return d, errors.New("a name of data has 1 to 128 bytes, and its value at most 1024")
		}
	}
	return d, nil
}

// Over returns the attributes that a device has after it told this, beside what it had.
func (d Data) Over(had map[string]string) (map[string]string, error) {
	now := map[string]string{}
	if d.Mode != "replace" {
		for name, value := range had {
			now[name] = value
		}
	}
	for name, value := range d.Data {
		if d.Mode == "remove" {
			delete(now, name)
		} else {
			now[name] = value
		}
	}
	if len(now) > MostData {
		return nil, fmt.Errorf("a device has at most %d attributes", MostData)
	}
	return now, nil
}
