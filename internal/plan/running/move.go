package running

import "releasegraph/internal/domain"

// Move is something that the engine does: a record comes to another status, or
// something is told of it.
type Move struct {
	// Kind and ID name the record, Key is what people call it.
	Kind, ID, Key string
	// To is its next status, "" where it stays as it is and is only told of.
	To string
	// Tell says what it is told of where it stays: Overdue, Warned, Reminded, Forced.
	Tell string
	// Window is the hour that is set for a step that is Forced; who reads the calendar says it.
	Window *domain.TimeRange
	// Why says it in words.
	Why string
}

// What is told of a step that stays where it is.
const (
	Overdue  = "OVERDUE"
	Warned   = "WARNED"
	Reminded = "REMINDED"
	Forced   = "FORCED"
)

func moveDeployment(d *domain.Deployment, to domain.DeploymentStatus, why string) Move {
	return Move{Kind: domain.KindDeployment, ID: d.ID, Key: d.Key, To: string(to), Why: why}
}

func moveWave(w *Wave, to domain.WaveStatus, why string) Move {
	return Move{Kind: domain.KindWave, ID: w.ID, Key: w.Key, To: string(to), Why: why}
}

func moveStep(s *Step, to domain.SiteRolloutStatus, why string) Move {
	return Move{Kind: domain.KindSiteRollout, ID: s.ID, Key: s.Key, To: string(to), Why: why}
}

func tell(s *Step, what, why string) Move {
	return Move{Kind: domain.KindSiteRollout, ID: s.ID, Key: s.Key, Tell: what, Why: why}
}
