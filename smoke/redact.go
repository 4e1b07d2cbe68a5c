package smoke

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/secrets/redact"
)

// secrets are the values that no report may hold. They are looked for in every text of a result before it leaves the
// session, so that every output is safe without doing anything for it.
type secrets struct {
	forms []form   // the longest first: a secret may hold another
	also  []string // names that are secret because the file says so
}

// form is one spelling of a secret and the $NAME that stands for it.
type form struct{ text, name string }

// shortestSecret is the length from which a value is looked for: "1" or "abc" would be found everywhere, and is no secret.
const shortestSecret = 4

var secretWords = pattern.MustCompile(`(?i)(secret|token|passw|passphrase|credential|api_?-?key|access_?-?key|private_?-?key|auth(orization|entication|[_-]|$)|cookie|session|jwt|signature|dsn)|(^|[_-])(key|pass|pwd|pin)$`)

// isSecretName says whether what bears the name is likely a secret.
func isSecretName(name string) bool { return secretWords.MatchString(name) }

// add notes the value of a variable, if the name says that it is secret or the value is a URL that holds a password.
func (s *secrets) add(name, value string) {
	if isSecretName(name) || slices.Contains(s.also, name) {
		s.note(name, value)
		return
	}
	if !strings.Contains(value, "://") {
		return
	}
	if u, err := url.Parse(value); err == nil && u.User != nil {
		if password, ok := u.User.Password(); ok {
			s.note(name, value)
			s.note(name, password)
		}
	}
}

var authScheme = pattern.MustCompile(`^[A-Za-z][A-Za-z-]*$`) // Bearer, Basic, Token

// addHeader notes what a header such as Authorization says, with and without the scheme before it.
func (s *secrets) addHeader(name, value string) {
	if !isSecretName(name) {
		return
	}
	variable := headerVariable(name)
	s.note(variable, value)
	if scheme, credentials, found := strings.Cut(value, " "); found && authScheme.MatchString(scheme) {
		s.note(variable, credentials)
	}
}

// headerVariable is the name of a variable that stands for a header: X-Api-Key is X_API_KEY.
func headerVariable(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return '_'
	}, name)
}

func (s *secrets) note(name, value string) {
	if len(value) < shortestSecret || slices.ContainsFunc(s.forms, func(f form) bool { return f.text == value }) {
		return
	}
	for _, text := range redact.Encodings([]byte(value)) {
		if len(text) >= shortestSecret {
			s.forms = append(s.forms, form{text, "$" + name})
		}
	}
	slices.SortStableFunc(s.forms, func(a, b form) int {
		return cmp.Or(cmp.Compare(len(b.text), len(a.text)), strings.Compare(a.text, b.text))
	})
	s.forms = slices.CompactFunc(s.forms, func(a, b form) bool { return a.text == b.text })
}

func (s *secrets) hide(text string) string {
	for _, f := range s.forms {
		text = strings.ReplaceAll(text, f.text, f.name)
	}
	return text
}

// clean hides the secrets in a result and makes its body fit to print.
func (s *secrets) clean(r Result) Result {
	for _, text := range []*string{&r.Name, &r.From, &r.Reason, &r.Request, &r.Summary, &r.Command} {
		*text = s.hide(*text)
	}
	r.Failures = slices.Clone(r.Failures)
	for i := range r.Failures {
		f := &r.Failures[i]
		f.Want, f.Got = s.value(f.Want), s.value(f.Got)
		f.Diff = slices.Clone(f.Diff)
		for j := range f.Diff {
			f.Diff[j] = s.value(f.Diff[j])
		}
	}
	r.Body = s.excerpt(r.Body)
	return r
}

// value is what was wanted or came, short enough for a line.
func (s *secrets) value(text string) string {
	return shorten(printable(s.hide(text[:min(len(text), excerptBytes)])), excerptWidth)
}

func shorten(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most]) + "..."
}

const (
	excerptLines = 8
	excerptWidth = 160      // of a line, in letters
	excerptBytes = 64 << 10 // looked at
)

// secretField is a field of a JSON body whose name says that its value is secret, known to us or not.
var secretField = pattern.MustCompile(`(?i)("[^"\n]*(?:secret|token|passw|api_?-?key|credential)[^"\n]*"\s*:\s*")(?:[^"\\]|\\.)*"`)

// excerpt is the first lines of a body. Secrets are hidden before it is cut, so that no half of one is left.
func (s *secrets) excerpt(body string) string {
	body = s.hide(body[:min(len(body), excerptBytes)])
	body = secretField.ReplaceAllString(body, `$1[hidden]"`)
	var lines []string
	for line := range strings.Lines(body) {
		if line = strings.TrimRightFunc(line, unicode.IsSpace); line == "" {
			continue
		}
		if len(lines) == excerptLines {
			lines = append(lines, "...")
			break
		}
		lines = append(lines, shorten(printable(line), excerptWidth))
	}
	return strings.Join(lines, "\n")
}

// printable takes out what would steer a terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return ' '
		}
		if unicode.IsControl(r) || !unicode.IsPrint(r) && !unicode.IsSpace(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
