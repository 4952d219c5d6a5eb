package domain_test

import (
	"strings"
	"testing"

	"releasegraph/internal/domain"
)

func TestATypingErrorInARangeOfVersionsIsToldWithItsPlace(t *testing.T) {
	for text, wrong := range map[string]string{
		"14.2.0": "", "R12-final": "", "1:2.3~rc1-1": "", "banana": "", ">=14.0, <14.3": "", ">= 1.0 <2": "", "^1.2 || ~3": "", "1.x || 2.0 - 3.0": "", ">1.0-rc.1+b": "", "!=3": "",
		">= banana":      "from character 4 on",
		">=14.0, <14.y":  "from character 12 on",
		">=14.0,":        "ends at character 8",
		">=1.0 || ":      "ends at character 9",
		">=1.0 && <2":    "from character 7 on",
		"=>":             "ends at character 3",
		"^1.2.3.4":       "from character 7 on",
		"1.0 || rubbish": "from character 8 on",
	} {
		err := domain.CheckVersionRange(text)
		switch {
		case wrong == "" && err != nil:
			t.Errorf("%q is refused: %s", text, err)
		case wrong != "" && (err == nil || !strings.Contains(err.Error(), wrong)):
			t.Errorf("%q: got %v, want %q", text, err, wrong)
		}
	}
}
