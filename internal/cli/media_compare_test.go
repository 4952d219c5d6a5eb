package cli_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/digest"
)

// kitted is a release of the web shop whose kit is a package and a bill of
// materials, as lines to import.
func kitted(kit, bill string) string {
	return fmt.Sprintf(`{"node":"ConfigurationItem","key":"web-shop","name":"Web shop","class":"APPLICATION","productVersion":"4.1.0"}
{"node":"ConfigurationItem","key":"pkg:maven/org.springframework/spring-core@6.0.0","name":"spring-core","class":"PROGRAM","productVersion":"6.0.0"}
{"edge":"DEPENDS_ON","from":"ConfigurationItem:pkg:maven/org.springframework/spring-core@6.0.0","to":"ConfigurationItem:web-shop","kind":"PART_OF","impact":"NONE"}
{"node":"Release","key":"R","name":"R","releaseVersion":"4.2.0","type":"MINOR","category":"DELTA","status":"BUILDING"}
{"edge":"CHANGES","from":"Release:R","to":"ConfigurationItem:web-shop","action":"MODIFY","fromVersion":"4.1.0","toVersion":"4.2.0"}
{"node":"MediaItem","key":"kit","name":"Kit","productVersion":"4.2.0","sha256":%q,"size":%d}
{"edge":"MASTER_OF","from":"MediaItem:kit","to":"ConfigurationItem:web-shop"}
{"edge":"KIT_OF","from":"MediaItem:kit","to":"Release:R"}
{"node":"MediaItem","key":"bill","name":"Bill","kind":"SBOM","productVersion":"4.2.0","sha256":%q,"size":%d}
{"edge":"MASTER_OF","from":"MediaItem:bill","to":"ConfigurationItem:web-shop"}
{"edge":"KIT_OF","from":"MediaItem:bill","to":"Release:R"}
`, digest.Of([]byte(kit)), len(kit), digest.Of([]byte(bill)), len(bill))
}

// query answers a query, as its text.
func (s *mediaServer) query(query string) string {
	s.t.Helper()
	_, text := s.do("dora", http.MethodPost, "/graphql", fmt.Sprintf(`{"query":%q}`, query), "Content-Type", "application/json")
	return text
}

// A byte that changes on the disk is found when it is the content's turn, or when
// somebody asks: then nothing is given out from there, and no release goes on with it.
func TestADamagedKitIsFoundAndNotDeployed_L2_L6(t *testing.T) {
	onStores(t, func(t *testing.T, store []string) {
		media, kit := filepath.Join(t.TempDir(), "media"), strings.Repeat("a kit ", 20_000)
		shop, err := os.ReadFile("../../examples/data/sbom/shop.cdx.json")
		require.NoError(t, err)
		call(t, kitted(kit, string(shop)), append([]string{"import", "-"}, store...)...).wants(t, 0)
		s := serveMedia(t, store, media)
		put := func(key, content string) {
			t.Helper()
			code, text := s.do("dora", http.MethodPut, "/media/"+key, content)
			require.Equal(t, http.StatusCreated, code, text)
		}
		const whole = `{ release(key: "R") { moves { verb lacks { need message } } } }`
		require.Contains(t, s.query(whole), "the bytes of kit are gone")
		put("kit", kit)
		put("bill", string(shop))
		require.NotContains(t, s.query(whole), "KIT_WHOLE")

		require.NoError(t, os.WriteFile(s.file(kit), bytes.Replace([]byte(kit), []byte("a"), []byte("x"), 1), 0o600))
		require.Contains(t, s.move("dora", "compareMediaItem", "kit"), `"copies":["main"]`)
		require.Contains(t, s.query(whole), "the checksum of kit differs from the declared one, or its copy is gone (main)")
		code, text := s.do("dora", http.MethodGet, "/media/kit", "")
		require.Equal(t, http.StatusUnprocessableEntity, code)
		require.Contains(t, text, "no copy of kit in the library is as it was declared (main)")
		put("kit", kit)
		require.NotContains(t, s.query(whole), "KIT_WHOLE")

		// A bill of materials is compared with what the release leaves.
		const bills = `{ release(key: "R") { billsOfMaterials { media { key } of { key } components total problem differences(first: 2) { kind package versions parts { key } } } } }`
		require.Contains(t, s.query(bills), `{"media":{"key":"bill"},"of":{"key":"web-shop"},"components":5,"total":4,"problem":null,"differences":[`+
			`{"kind":"UNEXPECTED","package":"assets.tar","versions":[],"parts":[]},`+
			`{"kind":"OTHER_VERSION","package":"pkg:maven/org.springframework/spring-core","versions":["6.1.4"],"parts":[{"key":"pkg:maven/org.springframework/spring-core@6.0.0"}]}]`)

		// A server looks by itself.
		require.NoError(t, os.Remove(s.file(kit)))
		url, _ := serving(t, append([]string{"serve", "--topology=off", "--media=" + media, "--media-uploads=" + t.TempDir(), "--media-compare=1h"}, store...)...)
		other := &mediaServer{t: t, url: url, store: store, media: media}
		require.Eventually(t, func() bool {
			return strings.Contains(other.query(`{ mediaItem(key: "kit") { wrongCopies } }`), `["main"]`)
		}, 20*time.Second, 20*time.Millisecond)
	})
}
