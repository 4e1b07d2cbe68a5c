package generators

import (
	"fmt"
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/service"
)

type javaImage struct {
	Why        string
	BuildImage string
	BuildApt   string
	Setup      string // what fetches the build tool
	Build      string
	Artifact   string
	Image      string
	RuntimeApt string
	Jar        string // where the jar goes, /app/ for a directory of them
	Assets     []javaAsset
	State      string
	Port       int
	Command    execForm
	TomEE      bool
	Context    string // the directory of webapps that the WAR is served from
}

// javaAsset is a file that the program reads: where it lies in the build's context, and in the image.
type javaAsset struct{ From, To string }

// javaDockerfile builds with the repository's own wrapper of Maven or Gradle, or with the image of the tool, and runs the
// result: a WAR on Tomcat or an application server, a jar by itself.
func javaDockerfile(app *service.App, name string) ([]byte, error) {
	s := *app.Services[name]
	b := buildOf(s)
	if b.Tool == "sbt" && !archive(b.Artifact) {
		return sbtDockerfile(s, b)
	}
	release, why, err := javaRelease(s)
	if err != nil {
		return nil, err
	}
	image := javaImage{Why: why, Port: s.Port, Command: s.Command}
	war := onTomcat(s) || onServer(s)
	tool := javaTool(b)
	if !tool.set(&image, b, release, war) {
		return nil, fmt.Errorf("build.tool %q: no Dockerfile can be written for it; write your own and name it in build.dockerfile", b.Tool)
	}
	image.Artifact = fromContext(s, image.Artifact)
	if len(b.Command) > 0 {
		if b.Command[0] == "./"+tool.wrapper {
			image.BuildImage = fmt.Sprintf("eclipse-temurin:%d-jdk-noble", release)
		}
		if image.Build, err = buildCommand(b.Command); err != nil {
			return nil, err
		}
	}
	if image.BuildApt, image.RuntimeApt, err = aptSteps(b, ""); err != nil {
		return nil, err
	}
	image.Build = runCached(image.Build, tool.cache)
	if !safeArtifact.MatchString(image.Artifact) {
		return nil, fmt.Errorf("build.artifact: %q is no path below the service's directory", image.Artifact)
	}
	if onServer(s) {
		return eeDockerfile(image, s, release)
	}
	if war {
		image.Context = contextPath(app, name, s)
		return warDockerfile(image, s, release)
	}
	image.Image = fmt.Sprintf("eclipse-temurin:%d-jre-noble", release)
	image.State = stateStep(s)
	if image.Jar = jarPath(s.Command); !archive(image.Artifact) {
		image.Jar = "/app/"
	}
	if image.Assets, err = javaAssets(s, b); err != nil {
		return nil, err
	}
	if len(image.Command) == 0 {
		image.Command = []string{"java", "-jar", image.Jar}
	}
	return execute("Dockerfile.jar", image)
}

// archive says whether a build leaves a JAR or a WAR, and no directory.
func archive(artifact string) bool {
	return path.Ext(artifact) == ".jar" || path.Ext(artifact) == ".war"
}

// javaRelease is the Java that the service runs on, with the reason where that is not the one it names. The version of a
// service in Clojure is that of a library.
func javaRelease(s service.Service) (release int, why string, err error) {
	switch s.Language {
	case "scala":
		return javaOfScala(s.Version), "", nil
	case "clojure":
		return javaVersion("")
	}
	return javaVersion(s.Version)
}

// javaAssets are the files that the program reads. One that lies outside of the service's directory comes to lie beside
// the jar.
func javaAssets(s service.Service, b service.Build) ([]javaAsset, error) {
	var assets []javaAsset
	for _, name := range b.Assets {
		from := path.Clean(fromContext(s, name))
		if !plainPath.MatchString(from) || path.IsAbs(from) || from == "." || strings.HasPrefix(from, "..") {
			return nil, fmt.Errorf("build.assets: %q is no path in what the image is built from", name)
		}
		to := path.Clean(name)
		if strings.HasPrefix(to, "..") {
			to = path.Base(to)
		}
		assets = append(assets, javaAsset{from, to})
	}
	return assets, nil
}

// safeArtifact is a path, perhaps with a *, that needs no quoting in COPY and in the shell.
var safeArtifact = pattern.MustCompile(`^[A-Za-z0-9_*][A-Za-z0-9_./@+*-]*$`)

func warDockerfile(image javaImage, s service.Service, release int) ([]byte, error) {
	tomcat := tomcatFor(s.Framework)
	switch {
	case tomcat == "10.1" && release < 11:
		release = 11
	case tomcat == "11.0" && release < 17:
		release = 17
	}
	image.Image = fmt.Sprintf("tomcat:%s-jre%d-temurin-noble", tomcat, release)
	if serverName(s.Framework) == "tomee" {
		image.Image, image.TomEE = tomeeImage(s.Framework, release), true
	}
	image.State = stateStep(s)
	if len(image.Command) == 0 {
		image.Command = []string{"catalina.sh", "run"}
	}
	return execute("Dockerfile.war", image)
}

// A javaBuild is how one build tool is called.
type javaBuild struct{ name, wrapper, command, output, cache string }

var (
	maven = javaBuild{name: "maven", wrapper: "mvnw", command: "mvn --batch-mode -DskipTests package",
		output: "target/", cache: "/root/.m2"}
	ant    = javaBuild{name: "ant", command: "ant", output: "dist/", cache: "/root/.ivy2"}
	grails = javaBuild{name: "grails", command: "./grailsw --non-interactive war", output: "target/", cache: "/root/.grails"} // before Grails 3
	gradle = javaBuild{name: "gradle", wrapper: "gradlew", command: "gradle --no-daemon assemble",
		output: "build/libs/", cache: "/root/.gradle"}
	leiningen = javaBuild{name: "leiningen", command: "lein uberjar", output: "target/", cache: "/root/.m2"}
	sbt       = javaBuild{name: "sbt", command: "sbt package", output: "target/scala-*/", cache: "/root/.ivy2"}
	clojure   = javaBuild{name: "clojure", command: "clojure -T:build uber", output: "target/", cache: "/root/.m2"}
)

func javaTool(b service.Build) javaBuild {
	switch b.Tool {
	case "maven":
		return maven
	case "gradle":
		return gradle
	case "ant":
		return ant
	case "grails":
		return grails
	case "leiningen":
		return leiningen
	case "clojure":
		return clojure
	case "sbt":
		return sbt
	case "":
		if has(b.Files, "build.gradle") || has(b.Files, "build.gradle.kts") || has(b.Files, "gradlew") {
			return gradle
		}
		return maven
	}
	return javaBuild{}
}

// set fills in what the tool decides. The tests are not run: they ran in CI, and may need services that a build has not.
func (t javaBuild) set(image *javaImage, b service.Build, release int, war bool) bool {
	if t.name == "" {
		return false
	}
	image.Build = t.command
	switch {
	case t.name == "ant", t.name == "grails": // a package of the distribution's, and a wrapper in the repository
		image.BuildImage = fmt.Sprintf("eclipse-temurin:%d-jdk-noble", release)
	case has(b.Files, t.wrapper):
		image.BuildImage = fmt.Sprintf("eclipse-temurin:%d-jdk-noble", release)
		image.Build = "./" + t.wrapper + strings.TrimPrefix(strings.TrimPrefix(t.command, "mvn"), "gradle")
	case t.name == "sbt":
		image.BuildImage, image.Setup = fmt.Sprintf("eclipse-temurin:%d-jdk-noble", release), fetchSbt
	case t.name == "leiningen":
		image.BuildImage = fmt.Sprintf("clojure:temurin-%d-lein", release)
	case t.name == "clojure":
		image.BuildImage = fmt.Sprintf("clojure:temurin-%d-tools-deps", release)
	case t.name == "maven":
		image.BuildImage = fmt.Sprintf("maven:3.9-eclipse-temurin-%d-noble", release)
	default:
		image.BuildImage = fmt.Sprintf("gradle:%d-jdk%d", gradleFor(release), release)
	}
	image.Artifact = strings.TrimPrefix(path.Clean(b.Artifact), "./")
	if b.Artifact == "" {
		image.Artifact = t.output + "*.jar"
		if war {
			image.Artifact = t.output + "*.war"
		}
	}
	return true
}

func runCached(command, cache string) string {
	return "RUN --mount=type=cache,target=" + cache + " " + command
}

var jarArgument = pattern.MustCompile(`-jar ([A-Za-z0-9_./@+-]+\.[jw]ar)\b`)

// jarPath is where the command looks for the jar.
func jarPath(command []string) string {
	m := jarArgument.FindStringSubmatch(strings.Join(command, " "))
	if m == nil {
		return "/app/app.jar"
	}
	if path.IsAbs(m[1]) {
		return path.Clean(m[1])
	}
	return path.Join("/app", m[1])
}
