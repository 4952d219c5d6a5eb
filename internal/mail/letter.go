package mail

import (
	"context"
	"errors"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Letter is what one recipient is sent, as plain text.
type Letter struct {
	// ID is the same however often it is sent: what arrives twice can be told apart.
	ID                          string
	To, Language, Subject, Text string
	At                          time.Time
}

// Outcome is what came of a letter.
type Outcome struct {
	Result Result
	// Words are those of the server that did not take it.
	Words string
}

// Result is what came of a letter.
type Result uint8

// The results. An UNKNOWN letter may have been taken: the connection broke before the
// server said so.
const (
	NotSent Result = iota
	Taken
	Refused
	Unknown
)

// Deliver hands letters over by one connection, each by itself, and says what came of
// each. When the server is away, or goes, the error says so: the letters that are left
// are NotSent.
func (s *Server) Deliver(ctx context.Context, letters []Letter) ([]Outcome, error) {
	outcomes := make([]Outcome, len(letters))
	client, err := s.client()
	if err == nil {
		err = client.DialWithContext(ctx)
	}
	if err != nil {
		return outcomes, err
	}
	defer func() { _ = client.Close() }() // all that was taken was said to be
	for i, l := range letters {
		if err := ctx.Err(); err != nil {
			return outcomes, err
		}
		var gone error
		if outcomes[i], gone = s.deliver(client, l); gone != nil {
			return outcomes, gone
		}
	}
	return outcomes, nil
}

// deliver hands one letter over; the error says that the server is gone.
func (s *Server) deliver(client *gomail.Client, l Letter) (Outcome, error) {
	m, err := s.message(l)
	if err != nil {
		return Outcome{Refused, err.Error()}, nil //nolint:nilerr // the outcome tells it: the server is not gone
	}
	err = client.Send(m)
	if err == nil || m.IsDelivered() {
		return Outcome{Result: Taken}, nil
	}
	var failed *gomail.SendError
	if !errors.As(err, &failed) {
		return Outcome{Unknown, err.Error()}, err
	}
	return judge(failed)
}

// judge tells by when and how sending failed what came of the letter. An answer of the
// server is about the letter or its recipient, unless it did not take the sender.
func judge(failed *gomail.SendError) (Outcome, error) {
	words := said(failed)
	code := failed.ErrorCode()
	switch {
	case failed.Reason == gomail.ErrSMTPDataClose && code == 0:
		return Outcome{Unknown, words}, failed
	case code == 0 || failed.Reason == gomail.ErrSMTPMailFrom || failed.Reason == gomail.ErrConnCheck:
		return Outcome{NotSent, words}, failed
	case code >= 500:
		return Outcome{Refused, words}, nil
	}
	return Outcome{NotSent, words}, nil
}

// said is at which step the server said what, in one line, without what the library adds
// about the letter.
func said(failed *gomail.SendError) string {
	text, _, _ := strings.Cut(failed.Error(), ", affected ")
	return strings.Join(strings.Fields(text), " ")
}

// message writes a letter as a mail server takes it. The library folds and encodes what
// stands in headers.
func (s *Server) message(l Letter) (*gomail.Msg, error) {
	m := gomail.NewMsg()
	m.FromMailAddress(&s.From)
	if err := m.To(l.To); err != nil {
		return nil, err
	}
	m.Subject(strings.Join(strings.Fields(l.Subject), " "))
	m.SetDateWithValue(l.At)
	_, host, _ := strings.Cut(s.From.Address, "@")
	m.SetMessageIDWithValue(l.ID + "@" + host)
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("Content-Language", l.Language)
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	return m, nil
}
