package server

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"releasegraph/internal/app/progress"
	"releasegraph/internal/domain"
)

// Switches tell software whether what a release installed is to run (P8).
type Switches interface {
	Switch(ctx context.Context, release string) (*progress.Switch, error)
	Switches(ctx context.Context) ([]*progress.Switch, error)
}

// SwitchesPath is where OpenFeature's remote evaluation protocol (OFREP) asks for flags:
// the switches of releases, by the keys of these.
const SwitchesPath = "/ofrep/v1/evaluate/flags"

// switchPrice is what asking for a switch costs, switchesPrice what all of them do.
const (
	switchPrice   = 100
	switchesPrice = 5_000
)

// flag is a switch as OFREP has it.
type flag struct {
	Key      string         `json:"key"`
	Value    bool           `json:"value"`
	Reason   string         `json:"reason"`
	Variant  string         `json:"variant"`
	Metadata map[string]any `json:"metadata"`
}

// flagOf is a switch for what a key stands for.
func flagOf(s *progress.Switch, key string) flag {
	f := flag{Key: s.Release, Value: s.For(key), Reason: "STATIC", Variant: "off", Metadata: map[string]any{"revision": s.Revision}}
	if f.Value {
		f.Variant = "on"
	}
	if s.Share != nil {
		f.Reason, f.Metadata["share"] = "SPLIT", *s.Share
	}
	if s.ActivateAt != nil {
		f.Metadata["activateAt"] = s.ActivateAt.UTC().Format(time.RFC3339)
	}
	return f
}

// maxContext is how long a question for flags may be.
const maxContext = 64 << 10

// targetOf is for what is asked: the targeting key of the context, empty where there is none.
func targetOf(r *http.Request) string {
	var asked struct {
		Context struct {
			TargetingKey string `json:"targetingKey"`
		} `json:"context"`
	}
	if json.NewDecoder(io.LimitReader(r.Body, maxContext)).Decode(&asked) != nil {
		return ""
	}
	return asked.Context.TargetingKey
}

// keyMissing is a flag that is on for a share, and was asked for nobody.
type keyMissing struct{ release string }

func (k keyMissing) Error() string {
	return k.release + " is shown to a share of users or items: say by context.targetingKey which is asked for"
}

// oneSwitch answers with one flag.
func (s *Server) oneSwitch(w http.ResponseWriter, r *http.Request) {
	key, err := keyOf(r)
	if err != nil {
		s.refuseRead(w, r, "the flag", err)
		return
	}
	target := targetOf(r)
	s.flags(w, r, switchPrice, func(ctx context.Context, of Switches) (any, error) {
		found, err := of.Switch(ctx, key)
		if err != nil {
			return nil, err
		}
		if target == "" && found.Share != nil {
			return nil, keyMissing{found.Release}
		}
		return flagOf(found, target), nil
	})
}

// allSwitches answers with all flags.
func (s *Server) allSwitches(w http.ResponseWriter, r *http.Request) {
	target := targetOf(r)
	s.flags(w, r, switchesPrice, func(ctx context.Context, of Switches) (any, error) {
		found, err := of.Switches(ctx)
		if err != nil {
			return nil, err
		}
		list := make([]flag, len(found))
		for i, one := range found {
			list[i] = flagOf(one, target)
		}
		return map[string]any{"flags": list}, nil
	})
}

const flagsType = "application/json; charset=utf-8"

// flags answers a question for flags. What is not there is told as OFREP has it.
func (s *Server) flags(w http.ResponseWriter, r *http.Request, price int, ask func(context.Context, Switches) (any, error)) {
	served, why := s.state()
	if served == nil || served.core.Switches == nil {
		w.Header().Set("Retry-After", "1")
		refuse(w, r, http.StatusServiceUnavailable, codeUnavailable, why)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.config.OperationTimeout)
	defer cancel()
	leave, err := s.budget.Enter(ctx, caller(ctx), price)
	if err != nil {
		refuseBusy(w, r, err)
		return
	}
	defer leave()
	answer, err := ask(ctx, served.core.Switches)
	var wrong *domain.Error
	var missing keyMissing
	switch {
	case errors.As(err, &missing):
		writeJSON(w, http.StatusBadRequest, flagsType, map[string]any{"key": missing.release, "errorCode": "TARGETING_KEY_MISSING", "errorDetails": missing.Error()})
	case errors.As(err, &wrong) && wrong.Code == domain.NotFound:
		writeJSON(w, http.StatusNotFound, flagsType, map[string]any{"key": chi.URLParam(r, "key"), "errorCode": "FLAG_NOT_FOUND", "errorDetails": wrong.Message})
	case err != nil:
		s.refuseRead(w, r, "the flags", err)
	default:
		writeJSON(w, http.StatusOK, flagsType, answer)
	}
}
