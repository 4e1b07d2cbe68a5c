package generators

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// An eeImage is what an application server's image wants to run a WAR or an EAR as any user on a read-only file system.
type eeImage struct {
	javaImage
	Apt     bool   // the image has Debian's packages
	Config  string // directory of the server's own configuration, as it is in the build's context
	To      string // where the archive goes
	Prepare []string
	Env     []string
}

// eeServers write the rest of the image for the frameworks that are application servers, by the name without its version.
// Their tags were published, too: those of Open Liberty and TomEE are in the record of docker-library/official-images; of
// WildFly (quay.io) and Payara (Docker Hub), which are not in it, only tags are used that public Dockerfiles build on.
var eeServers = map[string]func(image *eeImage, s service.Service, release int) error{
	"wildfly": wildfly,
	"payara":  payara,
	"liberty": liberty,
}

// serverName is a framework without its version: wildfly26 is wildfly.
func serverName(framework string) string { return strings.TrimRight(framework, "0123456789.") }

// onServer says that the image is an application server's with the archive in it.
func onServer(s service.Service) bool { return isJava(s) && eeServers[serverName(s.Framework)] != nil }

// eeDockerfile builds the archive and gives it to the application server.
func eeDockerfile(image javaImage, s service.Service, release int) ([]byte, error) {
	ee := eeImage{javaImage: image, Apt: true, Env: []string{"HOME=/tmp"}}
	ee.State = stateStep(s)
	if err := eeServers[serverName(s.Framework)](&ee, s, release); err != nil {
		return nil, err
	}
	if len(ee.Command) == 0 {
		return nil, fmt.Errorf("command: say how %s is started", s.Framework)
	}
	return execute("Dockerfile.server", ee)
}

// archive is the file name under which a server gets the archive.
func (image *eeImage) archive(root string) string {
	ext := path.Ext(image.Artifact)
	if ext == ".ear" {
		root = ""
	}
	if root != "" {
		return root + ext
	}
	if name := path.Base(image.Artifact); !strings.Contains(name, "*") {
		return name
	}
	return "app" + ext
}

// wildfly takes the release of WildFly that has the code's Java EE: 26.1 is the last with javax.*.
func wildfly(image *eeImage, s service.Service, release int) error {
	major, _, _ := numbers(s.Framework)
	switch {
	case major > 0 && major <= 26 && release <= 11:
		image.Image = "quay.io/wildfly/wildfly:26.1.3.Final-jdk11"
	case major > 0 && major <= 26 && release <= 17:
		image.Image = "quay.io/wildfly/wildfly:26.1.3.Final-jdk17"
	case major > 0 && major <= 26:
		return fmt.Errorf("version %s: no image of WildFly 26, the last with javax.*, was published for it: write \"17\" if the code runs there, or framework: wildfly35 if it uses jakarta.*", s.Version)
	case release <= 17:
		image.Image = "quay.io/wildfly/wildfly:30.0.1.Final-jdk17"
	default:
		image.Image = "quay.io/wildfly/wildfly:35.0.1.Final-jdk21"
	}
	image.Apt = false
	image.To = "/opt/jboss/wildfly/standalone/deployments/" + image.archive("ROOT")
	image.Prepare = []string{"# readable for any user: the command copies what the server writes to\nRUN chmod -R a+rX /opt/jboss"}
	options := "-XX:MaxRAMPercentage=75 -Djava.net.preferIPv4Stack=true -Djava.awt.headless=true -Djboss.modules.system.pkgs=org.jboss.byteman"
	if s.Port != 0 && s.Port != 8080 {
		options += " -Djboss.http.port=" + strconv.Itoa(s.Port)
	}
	image.Env = append(image.Env, `JAVA_OPTS="`+options+`"`)
	return nil
}

// payara is Payara Micro, or the whole server where the command starts a domain of it: messages and EARs want that.
func payara(image *eeImage, s service.Service, release int) error {
	major, _, _ := numbers(s.Framework)
	edition, micro := "server-full", strings.Contains(strings.Join(s.Command, " "), "payara-micro.jar")
	if micro {
		edition = "micro"
	}
	switch {
	case major <= 5 && release <= 8:
		image.Image = "payara/" + edition + ":5.2022.5"
	case major <= 5 && release <= 11:
		image.Image = "payara/" + edition + ":5.2022.5-jdk11"
	case major <= 5:
		return fmt.Errorf("version %s: Payara 5, the last with javax.*, runs on Java 8 and 11: write \"11\" if the code runs there, or framework: payara6 if it uses jakarta.*", s.Version)
	case release <= 17:
		image.Image = "payara/" + edition + ":6.2025.10-jdk17"
	case micro:
		image.Image = "payara/micro:6.2025.10-jdk21"
	default:
		image.Image = "payara/server-full:6.2025.5-jdk21"
	}
	image.Env = append(image.Env, "JAVA_TOOL_OPTIONS=-XX:MaxRAMPercentage=75")
	if micro {
		image.To = "/opt/payara/deployments/" + image.archive("ROOT")
		if s.Port != 0 && s.Port != 8080 && !strings.Contains(strings.Join(s.Command, " "), "--port") {
			image.Command = append(append(execForm{}, s.Command...), "--port", strconv.Itoa(s.Port))
		}
		return nil
	}
	image.To = "/opt/payara/app/" + image.archive("")
	image.Prepare = []string{"# deployed when the server is up; the command copies the domain to /tmp, where it can be written to",
		"RUN chmod -R a+rX /opt/payara \\\n && echo 'deploy " + image.To + "' > /opt/payara/app/deploy.asadmin"}
	return nil
}

// liberty is Open Liberty with the team's own configuration, whose port and host are set for the container.
func liberty(image *eeImage, s service.Service, release int) error {
	if release > 17 {
		return fmt.Errorf("version %s: no image of Open Liberty was published for it that is known here: write \"17\" if the code runs there, or your own Dockerfile and name it in build.dockerfile", s.Version)
	}
	image.Image = fmt.Sprintf("open-liberty:25.0.0.12-full-java%d-openj9", release)
	for _, dir := range buildOf(s).Assets {
		image.Config = fromContext(s, dir)
	}
	if image.Config != "" && !safeArtifact.MatchString(image.Config) {
		return fmt.Errorf("build.assets: %q is no path in what the image is built from", image.Config)
	}
	name := image.archive("")
	image.To = "/config/apps/" + name
	port := s.Port
	if port == 0 {
		port = 9080
	}
	image.Prepare = []string{
		"# an application that server.xml does not name is deployed from dropins",
		"RUN grep -qs '" + name + "' /config/server.xml || { mkdir -p /config/dropins && mv /config/apps/" + name + " /config/dropins/; }",
		fmt.Sprintf("RUN mkdir -p /config/configDropins/overrides \\\n && echo '<server><httpEndpoint id=\"defaultHttpEndpoint\" host=\"*\" httpPort=\"%d\" httpsPort=\"-1\"/></server>' > /config/configDropins/overrides/container.xml \\\n && chmod -R a+rX /config/", port),
	}
	image.Env = append(image.Env, "WLP_OUTPUT_DIR=/tmp/output", "LOG_DIR=/tmp/logs", "JAVA_TOOL_OPTIONS=-XX:MaxRAMPercentage=75")
	return nil
}

// tomeeImage is the image of TomEE: 8 is the last with javax.*. Plus has all of Java EE that TomEE can do.
func tomeeImage(framework string, release int) string {
	if major, _, _ := numbers(framework); major >= 9 {
		return fmt.Sprintf("tomee:10-jre%d-Temurin-plus", min(max(release, 17), 21))
	}
	return fmt.Sprintf("tomee:8-jre%d-Temurin-plus", min(release, 17))
}
