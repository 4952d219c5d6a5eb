package cli

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"releasegraph/internal/app"
	"releasegraph/internal/app/announcement"
	"releasegraph/internal/domain"
	"releasegraph/internal/mail"
)

// mailFlags say by which mail server announcements go out.
type mailFlags struct {
	SMTP             string `name:"smtp" placeholder:"URL" help:"The mail server for announcements: smtp://USER@HOST:587 (STARTTLS), smtps://USER@HOST, or smtp+plain://HOST for one on this machine. The password comes from $$RELEASEGRAPH_SMTP_PASSWORD or --smtp-password-file. Default: none is mailed."`
	SMTPPasswordFile string `name:"smtp-password-file" placeholder:"FILE" help:"A file that holds the password for the mail server."`
	MailFrom         string `placeholder:"ADDRESS" help:"Who sends announcements, such as \"Releases <releases@example.org>\". Needed with --smtp."`
}

// server is the mail server, nil where there is none.
func (f mailFlags) server() (*mail.Server, error) {
	if f.SMTP == "" {
		if f.MailFrom != "" || f.SMTPPasswordFile != "" {
			return nil, usagef("--mail-from and --smtp-password-file belong to a mail server: name it by --smtp")
		}
		return nil, nil
	}
	s, err := mail.ParseServer(f.SMTP, f.MailFrom)
	if err != nil {
		return nil, usagef("--smtp %s", err)
	}
	s.Password = os.Getenv("RELEASEGRAPH_SMTP_PASSWORD")
	if f.SMTPPasswordFile != "" {
		text, err := os.ReadFile(f.SMTPPasswordFile)
		if err != nil {
			return nil, fmt.Errorf("the mail server's password: %w", err)
		}
		s.Password = strings.TrimRight(string(text), "\r\n")
	}
	return s, nil
}

// announcing sends announcements when their time has come.
type announcing struct {
	app *app.App
	// by is the mail server, nil where there is none: what is mailed waits for a server
	// of the estate that has one.
	by  *mail.Server
	log zerolog.Logger
}

// announceEvery is how often is looked for what is due.
const announceEvery = time.Minute

// Run works until the context ends. What fails is logged and tried again.
func (a announcing) Run(ctx context.Context) {
	timer := time.NewTicker(announceEvery)
	defer timer.Stop()
	for {
		a.Once(ctx)
		select {
		case <-timer.C:
		case <-ctx.Done():
			return
		}
	}
}

// Once sends what is due, and hands over the messages that wait.
func (a announcing) Once(ctx context.Context) {
	ctx = a.app.WithLoads(ctx)
	channels := []domain.AnnouncementChannel{domain.ByEvent}
	if a.by != nil {
		channels = append(channels, domain.ByEmail)
	}
	sent, err := a.app.Announcements.SendDue(ctx, channels...)
	a.told(ctx, err, "announcements that are due could not be sent; they are tried again")
	taken := 0
	if a.by != nil {
		taken, err = a.app.Announcements.Deliver(ctx, courier{a.by})
		a.told(ctx, err, "messages could not be handed over; they are tried again")
	}
	if sent+taken > 0 {
		a.log.Info().Int("announcements", sent).Int("messages", taken).Msg("announced")
	}
}

func (a announcing) told(ctx context.Context, err error, what string) {
	if err != nil && ctx.Err() == nil {
		a.log.Warn().Err(err).Msg(what)
	}
}

// courier hands the messages of announcements to a mail server.
type courier struct{ server *mail.Server }

// outcomes are those of announcements, by what came of a letter.
var outcomes = map[mail.Result]domain.RecipientOutcome{
	mail.NotSent: domain.RecipientWaiting, mail.Taken: domain.RecipientTold, mail.Refused: domain.RecipientRefused, mail.Unknown: domain.RecipientUncertain,
}

// Deliver implements announcement.Courier.
func (c courier) Deliver(ctx context.Context, list []announcement.Message) ([]announcement.Delivered, error) {
	letters := make([]mail.Letter, len(list))
	for i, m := range list {
		letters[i] = mail.Letter(m)
	}
	came, err := c.server.Deliver(ctx, letters)
	delivered := make([]announcement.Delivered, len(came))
	for i, o := range came {
		delivered[i] = announcement.Delivered{Outcome: outcomes[o.Result], Words: o.Words}
	}
	return delivered, err
}
