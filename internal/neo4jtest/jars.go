package neo4jtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

const serverVersion = "5.26.29"

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>releasegraph</groupId><artifactId>neo4j-for-tests</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>` + serverVersion + `</version>
  </dependency></dependencies>
</project>
`

// jars returns the folder of the server's jars in the user's cache, and has
// Maven fill it where it is missing.
func jars() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	home := filepath.Join(cache, "releasegraph", "neo4j-"+serverVersion)
	lib := filepath.Join(home, "lib")
	if _, err := os.Stat(lib); err == nil {
		return lib, nil
	}
	if _, err := exec.LookPath("mvn"); err != nil {
		return "", errors.New("neither the server's jars in the cache nor mvn to fetch them")
	}
	if err := os.MkdirAll(home, 0o755); err != nil {
		return "", err
	}
	return lib, fetch(home, lib)
}

// fetch resolves the jars beside their place and renames them into it, so that
// a fetch that was cut off leaves nothing that looks whole.
func fetch(home, lib string) error {
	tmp, err := os.MkdirTemp(home, "fetching-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	if err := os.WriteFile(filepath.Join(tmp, "pom.xml"), []byte(pom), 0o644); err != nil {
		return err
	}
	mvn := exec.Command("mvn", "-q", "-B", "dependency:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory=lib")
	mvn.Dir = tmp
	if out, err := mvn.CombinedOutput(); err != nil {
		return fmt.Errorf("mvn: %w: %s", err, out)
	}
	err = os.Rename(filepath.Join(tmp, "lib"), lib)
	if _, there := os.Stat(lib); there == nil {
		return nil // here, or by another process meanwhile
	}
	return err
}
