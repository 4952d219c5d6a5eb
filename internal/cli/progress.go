package cli

import (
	"context"
	"time"

	"github.com/schollz/progressbar/v3"

	"releasegraph/internal/store/sqlite"
)

// progress shows on a terminal how far a long piece of work has come, and is
// told to the log elsewhere.
type progress struct {
	r    *running
	bar  *progressbar.ProgressBar
	what string
	last time.Time
}

// logEvery is how often progress is logged where there is no terminal.
const logEvery = 10 * time.Second

func (r *running) progress(what string) *progress {
	p := &progress{r: r, what: what, last: time.Now()}
	if r.Terminal {
		p.bar = progressbar.NewOptions64(-1, progressbar.OptionSetWriter(r.Stderr), progressbar.OptionSetDescription(what),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(), progressbar.OptionShowCount())
	}
	return p
}

// progressOfBytes is progress of something that is counted in bytes.
func (r *running) progressOfBytes(what string) *progress {
	p := &progress{r: r, what: what, last: time.Now()}
	if r.Terminal {
		p.bar = progressbar.NewOptions64(-1, progressbar.OptionSetWriter(r.Stderr), progressbar.OptionSetDescription(what),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(), progressbar.OptionShowBytes(true))
	}
	return p
}

// count tells of work whose end is not known.
func (p *progress) count(done int64) { p.of(done, -1) }

// of tells of a part of a whole.
func (p *progress) of(done, total int64) { p.tell(p.what, done, total) }

// tell tells of one of several steps.
func (p *progress) tell(what string, done, total int64) {
	if p.bar != nil {
		// A bar that cannot be drawn is no reason to stop.
		if what != p.what {
			p.what = what
			p.bar.Describe(what)
		}
		p.bar.ChangeMax64(total)
		_ = p.bar.Set64(done)
		return
	}
	if now := time.Now(); what != p.what || now.Sub(p.last) >= logEvery {
		p.what, p.last = what, now
		p.r.log.Info().Int64("done", done).Int64("of", max(total, 0)).Msg(what)
	}
}

// migrating shows how the migration of an older file goes, if there is one.
func migrating(ctx context.Context) (told sqlite.Progress, end func()) {
	r, ok := ctx.Value(runningKey{}).(*running)
	if !ok {
		return nil, func() {}
	}
	var show *progress
	told = func(what string, done, total int64) {
		if show == nil {
			show = r.progress("")
		}
		show.tell(what, done, total)
	}
	return told, func() {
		if show != nil {
			show.end()
		}
	}
}

func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
