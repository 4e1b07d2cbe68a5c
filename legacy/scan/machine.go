package scan

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// ServePort is where a service that listens on a Unix socket on its old machine listens in a pod.
const ServePort = 8000

var (
	pidOption       = MustCompile(`^(--pid|--pidfile|--pid-file)(=.*)?$`)
	logOption       = MustCompile(`^(--(?:access-logfile|error-logfile|error-log|access-log|log-file|logfile|log|access_log|logto|stdout|stderr)|-f|--logto2)(=(/.*))?$`)
	inLogs          = MustCompile(`^/.*(log|\.out|\.err)`)
	accountOption   = MustCompile(`^--(?:user|group|uid|gid)=\S+$`)
	environmentWord = MustCompile(`^(RAILS|RACK|MIX|NODE)_ENV=["']?[a-z]+["']?$`)
	bindWord        = MustCompile(`^(-b|--bind|-l|--listen|-o|--socket|-s|--http-socket|--unix-socket|--uds)(=.*)?$`)
)

// WithoutMachine takes off a command what only the machine needs: a log of a container is its output, its one process has no
// use for a file with its number, and the environment is the image's. A Unix socket becomes a port.
func WithoutMachine(words []string) []string {
	var kept []string
	starts := func(program string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(path.Base(w), program) })
	}
	server := starts("starman") || starts("gunicorn") || starts("unicorn") || starts("uwsgi") // root lets it be somebody else; a pod is nobody's root
	gunicorn, uwsgi := starts("gunicorn"), starts("uwsgi")                                    // -s is a socket of uWSGI's, and anything else of others'
	for i := 0; i < len(words); i++ {
		w := words[i]
		next := ""
		if i+1 < len(words) {
			next = words[i+1]
		}
		switch m := logOption.FindStringSubmatch(w); {
		case i > 0 && environmentWord.MatchString(w): // rake db:migrate RAILS_ENV=production
		case server && accountOption.MatchString(w):
		case pidOption.MatchString(w):
			if !strings.Contains(w, "=") {
				i++
			}
		case m != nil && (m[3] != "" && inLogs.MatchString(m[3]) || m[2] == "" && inLogs.MatchString(next)):
			if m[2] == "" {
				i++
			}
			if gunicorn && w != "-f" {
				kept = append(kept, m[1], "-")
			}
		case bindWord.MatchString(w) && !(w == "-s" && !uwsgi) && (unixAddress(next) || unixAddress(w[strings.IndexByte(w, '=')+1:])):
			flag, _, joined := strings.Cut(w, "=")
			if !joined {
				i++
			}
			kept = append(kept, bound(flag)...)
		default:
			kept = append(kept, w)
		}
	}
	return kept
}

// bound is the option that listens on a port in place of one for a socket.
func bound(flag string) []string {
	switch flag {
	case "--socket", "-s":
		flag = "--http-socket"
	case "--uds", "--unix-socket":
		return []string{"--host", "0.0.0.0", "--port", strconv.Itoa(ServePort)}
	}
	return []string{flag, "0.0.0.0:" + strconv.Itoa(ServePort)}
}

func unixAddress(word string) bool {
	return strings.HasPrefix(word, "unix:") || strings.HasPrefix(word, "/") && (strings.HasSuffix(word, ".sock") || strings.HasSuffix(word, ".socket"))
}
