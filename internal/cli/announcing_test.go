package cli

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/announcement"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/domain"
	"releasegraph/internal/mail"
)

// mailbox is a mail server that keeps what it takes, and knows one address alone.
type mailbox struct {
	mu    sync.Mutex
	taken []string
}

func (m *mailbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &mailing{mailbox: m}, nil }

type mailing struct {
	*mailbox
	to string
}

func (m *mailing) Mail(string, *smtp.MailOptions) error { return nil }

func (m *mailing) Rcpt(to string, _ *smtp.RcptOptions) error {
	if to != "lyon@example.org" {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "unknown"}
	}
	m.to = to
	return nil
}

func (m *mailing) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.taken = append(m.taken, m.to+"\n"+string(text))
	return err
}

func (m *mailing) Reset()        { m.to = "" }
func (m *mailing) Logout() error { return nil }

func TestAServerSendsAnnouncementsThatAreDueByMail_R14(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	f.Brings(
		`{"node":"Site","key":"lyo","name":"Lyon","email":"lyon@example.org","language":"fr"}`, `{"node":"Party","key":"desk","name":"Desk","type":"TEAM","email":"desk@example.org"}`,
		`{"node":"ConfigurationItem","key":"pay","name":"pay","class":"APPLICATION"}`, `{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay","to":"Site:lyo"}`,
		`{"edge":"SUPPORTED_BY","from":"ConfigurationItem:pay","to":"Party:desk"}`,
		`{"node":"Release","key":"R-1","name":"Payments","releaseVersion":"1.1.0","type":"MINOR","category":"DELTA","status":"ACCEPTED","plannedFrom":"2026-03-10T00:00:00Z","plannedTo":"2026-03-12T00:00:00Z"}`,
		`{"edge":"CHANGES","from":"Release:R-1","to":"ConfigurationItem:pay","action":"MODIFY","fromVersion":"1.0.0","toVersion":"1.1.0"}`,
	)
	_, err := f.Announcements.DraftAnnouncements(f.Ctx, announcement.Draft{Release: apptest.Key("R-1")}, nil)
	require.NoError(t, err)

	box := &mailbox{}
	s := smtp.NewServer(box)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	server, err := mailFlags{SMTP: "smtp+plain://" + l.Addr().String(), MailFrom: "Releases <releases@example.org>"}.server()
	require.NoError(t, err)
	server.Timeout = 5 * time.Second
	a := announcing{app: f.App, by: server, log: zerolog.Nop()}
	a.Once(f.Ctx)
	a.Once(f.Ctx)
	require.Len(t, box.taken, 1)
	require.True(t, strings.HasPrefix(box.taken[0], "lyon@example.org\n"))
	require.Contains(t, box.taken[0], "Content-Language: fr")
	outcomes := map[string]domain.RecipientOutcome{}
	for _, key := range []string{"R-1/announcement-1", "R-1/announcement-2"} {
		r := f.Read(domain.KindAnnouncement, key).(*domain.Announcement).Recipients[0]
		outcomes[r.Key] = r.Outcome
	}
	require.Equal(t, map[string]domain.RecipientOutcome{"lyo": domain.RecipientTold, "desk": domain.RecipientRefused}, outcomes)

	none := announcing{app: f.App, log: zerolog.Nop()}
	none.Once(f.Ctx)
	require.Len(t, box.taken, 1)
}

func TestTheFlagsOfAMailServerBelongTogether(t *testing.T) {
	for _, wrong := range []mailFlags{{MailFrom: "a@b.example"}, {SMTP: "smtp://mail.example.org"}, {SMTP: "smtp://ann:secret@mail.example.org", MailFrom: "a@b.example"}} {
		_, err := wrong.server()
		require.Error(t, err)
	}
	t.Setenv("RELEASEGRAPH_SMTP_PASSWORD", "secret")
	s, err := mailFlags{SMTP: "smtp://ann@mail.example.org", MailFrom: "a@b.example"}.server()
	require.NoError(t, err)
	require.Equal(t, []any{"secret", 587, mail.StartTLS}, []any{s.Password, s.Port, s.Security})
}
