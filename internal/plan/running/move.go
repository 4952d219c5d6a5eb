package running

import (
	"fmt"

	"releasegraph/internal/domain"
)

// Move is something that the engine does: a record comes to another status, or
// something is told of it.
type Move struct {
	// Kind and ID name the record, Key is what people call it.
	Kind, ID, Key string
	// To is its next status, "" where it stays as it is and is only told of.
	To string
	// Tell says what it is told of where it stays: Overdue, Reminded.
	Tell string
	// Why says it in words.
	Why string
	// Attempt is that of a step, 0 of other records.
	Attempt int
}

// What is told of a step that stays where it is.
const (
	Overdue  = "OVERDUE"
	Reminded = "REMINDED"
)

// Once is the key under which a move of a deployment is made at most once, however
// many instances make it.
func (m Move) Once(deployment string) string {
	what := m.To
	if what == "" {
		what = m.Tell
	}
	return fmt.Sprintf("%s/%s/%s/%d", deployment, m.Key, what, m.Attempt)
}

func moveDeployment(d *domain.Deployment, to domain.DeploymentStatus, why string) Move {
	return Move{Kind: domain.KindDeployment, ID: d.ID, Key: d.Key, To: string(to), Why: why}
}

func moveWave(w *Wave, to domain.WaveStatus, why string) Move {
	return Move{Kind: domain.KindWave, ID: w.ID, Key: w.Key, To: string(to), Why: why}
}

func moveStep(s *Step, to domain.SiteRolloutStatus, why string) Move {
	return Move{Kind: domain.KindSiteRollout, ID: s.ID, Key: s.Key, To: string(to), Why: why, Attempt: s.Attempt}
}

func tell(s *Step, what, why string) Move {
	return Move{Kind: domain.KindSiteRollout, ID: s.ID, Key: s.Key, Tell: what, Why: why, Attempt: s.Attempt}
}
