package generators

import (
	"fmt"
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

type sbtImage struct {
	Why        string
	Java       int
	Setup      string
	BuildApt   string
	RuntimeApt string
	Build      string
	Artifact   string
	State      string
	Port       int
	Command    execForm
}

// sbtLauncher is the version of sbt's launcher: it fetches the sbt that project/build.properties names.
const sbtLauncher = "1.10.7"

// fetchSbt brings the launcher into the stage of the build.
const fetchSbt = "# the launcher fetches the sbt that project/build.properties names\nADD https://github.com/sbt/sbt/releases/download/v" + sbtLauncher + "/sbt-" + sbtLauncher + ".tgz /tmp/sbt.tgz\nRUN tar -xzf /tmp/sbt.tgz -C /opt\nENV PATH=/opt/sbt/bin:$PATH\n"

// javaOfScala is the newest long-term release of Java that a version of Scala was made to run on.
func javaOfScala(version string) int {
	switch major, minor, given := numbers(version); {
	case !given:
		return defaultJava
	case major == 2 && minor < 12:
		return 8
	case major == 2 && minor == 12:
		return 11
	}
	return 17
}

// sbtDockerfile runs what sbt stage lays out: a script and its jars.
func sbtDockerfile(s service.Service, b service.Build) ([]byte, error) {
	image := sbtImage{Setup: fetchSbt, Port: s.Port, Command: s.Command, State: stateStep(s), Build: "sbt stage", Artifact: "target/universal/stage"}
	var err error
	if image.Java, image.Why, err = javaRelease(s); err != nil {
		return nil, err
	}
	if b.Artifact != "" {
		image.Artifact = path.Clean(b.Artifact)
	}
	if !plainPath.MatchString(image.Artifact) || path.IsAbs(image.Artifact) || strings.HasPrefix(image.Artifact, "..") {
		return nil, fmt.Errorf("build.artifact: %q is no directory below the service's", b.Artifact)
	}
	image.Artifact = fromContext(s, image.Artifact)
	if len(b.Command) > 0 {
		if image.Build, err = buildCommand(b.Command); err != nil {
			return nil, err
		}
	}
	if image.BuildApt, image.RuntimeApt, err = aptSteps(b, ""); err != nil {
		return nil, err
	}
	if len(image.Command) == 0 {
		return nil, fmt.Errorf("command: say which script below bin/ of the stage starts the service: [/app/bin/NAME]")
	}
	return execute("Dockerfile.sbt", image)
}
