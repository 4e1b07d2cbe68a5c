package smoke

import (
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// A curl line is written with marks where a secret stands; quoting turns them to $NAME in double quotes, so that the line
// works in a shell that has the variable, and shows nothing.
const (
	markOpen  = '\uE000' // private use: no request holds them
	markClose = '\uE001'
)

func mark(name string) string { return string(markOpen) + name + string(markClose) }

// command is the curl line that repeats the request, with the cookies that the jar had for it.
func (p *httpProbe) command(s *session, jar []*http.Cookie) string {
	v := s.values()
	v.stand = func(name, value string) (string, bool) {
		if value == "" || !isSecretName(name) && !s.secrets.holds(name) {
			return "", false
		}
		return mark(name), true
	}
	f, err := p.fill(s, v)
	if err != nil {
		return ""
	}
	args := []string{"curl", "-sS"}
	switch {
	case p.method == "HEAD":
		args = append(args, "-I")
	case p.method == "GET" && !f.hasBody:
		args = append(args, "-i")
	default:
		args = append(args, "-i", "-X", p.method)
	}
	if p.follow > 0 {
		args = append(args, "-L")
	}
	if s.Insecure {
		args = append(args, "-k")
	}
	if f.user != "" {
		args = append(args, "-u", shellQuote(userInShell(f.user)))
	}
	for _, h := range f.headers {
		args = append(args, "-H", shellQuote(h.name+": "+headerInShell(h)))
	}
	if cookies := cookiesInShell(f, jar); cookies != "" {
		args = append(args, "-b", shellQuote(cookies))
	}
	args = append(args, f.args...)
	if s.Host != "" && f.get("Host") == "" {
		host, port, err := net.SplitHostPort(s.Host)
		if err != nil {
			host, port = s.Host, "" // curl sends the port of the URL in the Host header
		}
		f.url = s.target.at(host, port).String() + strings.TrimPrefix(f.url, s.target.String())
		args = append(args, "--connect-to", shellQuote("::"+s.target.Address()))
	}
	return strings.Join(append(args, shellQuote(f.url)), " ")
}

// at is the same service under another name.
func (t Target) at(host, port string) Target {
	t.Host, t.Port = strings.Trim(host, "[]"), port
	return t
}

// userInShell is what follows -u; a password that is no variable becomes one.
func userInShell(userPassword string) string {
	user, password, _ := strings.Cut(userPassword, ":")
	if password == "" || strings.ContainsRune(password, markOpen) {
		return userPassword
	}
	return user + ":" + mark("PASSWORD")
}

// cookiesInShell are the cookies of the request: those of the check, and those that earlier answers set.
func cookiesInShell(f filled, jar []*http.Cookie) string {
	var out []string
	for _, c := range f.cookies {
		value := c.value
		if len(value) >= shortestCookie && !strings.ContainsRune(value, markOpen) {
			value = mark("COOKIE_" + headerVariable(c.name))
		}
		out = append(out, c.name+"="+value)
	}
	for _, c := range jar {
		value := c.Value
		if len(value) >= shortestCookie {
			value = mark("COOKIE_" + headerVariable(c.Name))
		}
		out = append(out, c.Name+"="+value)
	}
	return strings.Join(out, "; ")
}

// headerInShell is a header's value; one whose name is secret and that holds no variable becomes a variable itself.
func headerInShell(h filledHeader) string {
	if !isSecretName(h.name) || strings.ContainsRune(h.value, markOpen) {
		return h.value
	}
	return mark(headerVariable(h.name))
}

// holds says whether the variable of that name is kept secret.
func (s *secrets) holds(name string) bool {
	return slices.ContainsFunc(s.forms, func(f form) bool { return f.name == "$"+name })
}

var shellSafe = pattern.MustCompile(`^[A-Za-z0-9_./:=@%+,-]+$`)

// shellQuote makes one word of text for a POSIX shell.
func shellQuote(text string) string {
	if shellSafe.MatchString(text) {
		return text
	}
	if !strings.ContainsRune(text, markOpen) {
		return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	}
	escaped := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", "$", `\$`).Replace(text)
	return `"` + strings.NewReplacer(string(markOpen), "${", string(markClose), "}").Replace(escaped) + `"`
}
