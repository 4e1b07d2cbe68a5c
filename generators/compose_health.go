package generators

import (
	"fmt"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// healthTest is the command that asks a service on its own machine how it is: by what is in its image anyway, as slim
// images hold neither curl nor wget. It is nil where nothing is there that could ask (a distroless image).
func healthTest(s service.Service) []string {
	if s.Port == 0 {
		return nil
	}
	path := healthPath(s)
	if s.HealthElsewhere() {
		s.Port = s.Health.Port
	}
	if !plainURLPath(path) || s.Edge != nil && s.Edge.FastCGI != "" { // which is no HTTP
		path = ""
	}
	ours := buildOf(s).Dockerfile == ""
	if s.Static() && ours { // no Node.js in the image; nginx's has bash
		return []string{"CMD", "bash", "-c", bashProbe(s.Port, path)}
	}
	switch {
	case s.Language == "python":
		return []string{"CMD", "python", "-c", pythonProbe(s, path)}
	case s.Language == "node":
		return []string{"CMD", "node", "-e", nodeProbe(s.Port, path)}
	case s.Language == "ruby":
		return []string{"CMD", "ruby", "-e", rubyProbe(s.Port, path)}
	case s.Language == "php":
		return []string{"CMD", "php", "-r", phpProbe(s.Port, path)}
	case ours && knownLanguage(s) && !shellLess(s): // the images that we start from are Debian's and have bash; the team's may not
		return []string{"CMD", "bash", "-c", bashProbe(s.Port, path)}
	}
	return nil
}

// plainURLPath says whether the path can stand between quotes in any of the languages.
func plainURLPath(path string) bool { return !strings.ContainsAny(path, "'\"\\`$ \n\r\t!") }

func pythonProbe(s service.Service, path string) string {
	if path == "" {
		return fmt.Sprintf(`import socket; socket.create_connection(("127.0.0.1", %d), 2)`, s.Port)
	}
	library := "urllib.request"
	if strings.HasPrefix(strings.TrimPrefix(s.Version, "python-"), "2") {
		library = "urllib2"
	}
	target := fmt.Sprintf(`"http://127.0.0.1:%d%s"`, s.Port, path)
	if host := routeHost(s); s.Framework == "django" && host != "" { // ALLOWED_HOSTS refuses 127.0.0.1
		target = fmt.Sprintf(`u.Request(%s, headers={"Host": "%s"})`, target, host)
	}
	return fmt.Sprintf("import %s as u; u.urlopen(%s)", library, target)
}

func routeHost(s service.Service) string {
	for _, r := range s.Routes {
		if r.Host != "" && plainURLPath(r.Host) {
			return r.Host
		}
	}
	return ""
}

func nodeProbe(port int, path string) string {
	if path == "" {
		return fmt.Sprintf(`require("net").connect(%d, "127.0.0.1", () => process.exit(0)).on("error", () => process.exit(1))`, port)
	}
	return fmt.Sprintf(`require("http").get("http://127.0.0.1:%d%s", r => process.exit(r.statusCode < 400 ? 0 : 1)).on("error", () => process.exit(1))`, port, path)
}

func rubyProbe(port int, path string) string {
	if path == "" {
		return fmt.Sprintf(`require "socket"; TCPSocket.new("127.0.0.1", %d)`, port)
	}
	return fmt.Sprintf(`require "net/http"; exit(Net::HTTP.get_response(URI("http://127.0.0.1:%d%s")).code.to_i < 400)`, port, path)
}

func phpProbe(port int, path string) string {
	if path == "" {
		return fmt.Sprintf(`exit(@fsockopen("127.0.0.1", %d) ? 0 : 1);`, port)
	}
	return fmt.Sprintf(`exit(@file_get_contents("http://127.0.0.1:%d%s") === false ? 1 : 0);`, port, path)
}

func bashProbe(port int, path string) string {
	connect := fmt.Sprintf("exec 3<>/dev/tcp/127.0.0.1/%d", port)
	if path == "" {
		return connect
	}
	return fmt.Sprintf(`%s; printf 'GET %s HTTP/1.0\r\n\r\n' >&3; head -n 1 <&3 | grep -q ' [23][0-9][0-9] '`, connect, strings.ReplaceAll(path, "%", "%%"))
}
