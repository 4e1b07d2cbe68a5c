package legacy

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// secretWrappers start a program with variables that they take from a store of secrets. Their value says which of their
// options a value follows as a word of its own, nil where their own words end at no place that is told.
var secretWrappers = map[string]*scan.Pattern{
	"chamber": nil, "doppler": nil, "op": nil, "berglas": nil, "infisical": nil, "teller": nil, "aws-vault": nil, "aws-env": nil,
	"ssm-env":   scan.MustCompile(`^--?template$`),
	"vault-env": scan.MustCompile(`^--?(?:addr|path|token)$`),
	"envconsul": scan.MustCompile(`^--?(?:config|consul|consul-addr|consul-token|prefix|secret|service-query|log-level|vault-addr|vault-token|kill-signal|wait)$`),
	"summon":    scan.MustCompile(`^(?:-f|-p|-D|-e|-i|--environment|--provider|--ignore|--yaml)$`),
}

// wrapperSwitch is an option of theirs that no word follows. Of any other one that is not known, nobody can say.
var wrapperSwitch = scan.MustCompile(`^(?:--?(?:once|upcase|sanitize|pristine|no-prefix|syslog|consul-ssl|consul-ssl-verify|vault-renew-token|vault-ssl|vault-ssl-verify|vault-unwrap-token|with-decryption|no-fail|up|ignore-all)|-I|--?[\w-]+=.*)$`)

// evaluatesSecrets is the line of a shell that sets variables from such a store before it starts the program.
var evaluatesSecrets = scan.MustCompile("^eval\\s+[\"']?(?:\\$\\(|`)\\s*(?:\\S*/)?(?:aws-env|ssm-env|chamber|doppler|vault-env)\\b[^)`]*[)`][\"']?\\s*(?:&&|;)\\s*(exec\\s+)?(.+)$")

// shellSyntax is what a line has that only a shell understands.
var shellSyntax = scan.MustCompile("[\"'`$&|;<>(){}\\[*?\\\\=~#!]")

// shellOwn is a line that begins with what the shell does itself, or with an option of exec: no program has that name.
var shellOwn = scan.MustCompile(`^(?:-|(?:[.:]|source|exec|eval|command|builtin|cd|export|set|unset|shift|ulimit|umask|trap|wait|alias|if|for|while|until|case|time)\s)`)

// unwrapped takes off the program that fetches the secrets of a command: in the cluster they are variables already, and the
// store that the old place had is not asked.
func (r *resolver) unwrapped(at string, s *service.Service) {
	inner := withoutSecretWrapper(s.Command)
	if inner == nil {
		return
	}
	wrapper := path.Base(s.Command[0])
	if len(s.Command) == 3 && s.Command[1] == "-c" {
		wrapper = "what it evaluates first"
	}
	s.Command = inner
	if claims := r.Claims[at+".command"]; len(claims) > 0 {
		r.note(claims[0].Evidence, fmt.Sprintf("%s.command: %s took secrets from a store; it is left out, since they come as variables now: those that the code does not name belong under secrets in %s", at, wrapper, service.FileName))
	}
}

// withoutSecretWrapper is the command behind such a program, nil where none stands in front.
func withoutSecretWrapper(argv []string) []string {
	if len(argv) == 3 && argv[1] == "-c" {
		m := evaluatesSecrets.FindStringSubmatch(strings.TrimSpace(argv[2]))
		switch {
		case m == nil:
			return nil
		case shellSyntax.MatchString(m[2]), shellOwn.MatchString(m[2]):
			return []string{argv[0], "-c", m[1] + m[2]}
		}
		return strings.Fields(m[2])
	}
	if len(argv) < 2 {
		return nil
	}
	takesValue, known := secretWrappers[path.Base(argv[0])]
	if !known {
		return nil
	}
	if i := slices.Index(argv, "--"); i > 0 {
		return nonEmpty(argv[i+1:])
	}
	if takesValue == nil {
		return nil // where its own words end is not told
	}
	i := 1
	for ; i < len(argv) && strings.HasPrefix(argv[i], "-"); i++ {
		switch {
		case takesValue.MatchString(argv[i]):
			i++
		case !wrapperSwitch.MatchString(argv[i]):
			return nil
		}
	}
	return nonEmpty(argv[min(i, len(argv)):])
}

func nonEmpty(argv []string) []string {
	if len(argv) == 0 {
		return nil
	}
	return slices.Clone(argv)
}
