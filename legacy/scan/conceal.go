package scan

import (
	"path"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// conceal takes the values of secrets out of what a reader claims about a process: a command line names variables in
// their place, and a variable whose value holds an account becomes a secret. It returns the names of what it found in the
// command, sorted. The caller's slices and maps stay as they are.
func conceal(s *service.Service) []string {
	hide := &concealer{names: map[string]bool{}}
	s.Command = hide.command(s.Command)
	var plain map[string]string
	for key, value := range s.Env {
		if HasAccount(value) {
			s.Secrets = with(s.Secrets, key)
			continue
		}
		if plain == nil {
			plain = map[string]string{}
		}
		plain[key] = value
	}
	if len(plain) < len(s.Env) {
		s.Env = plain
	}
	found := make([]string, 0, len(hide.names))
	for name := range hide.names {
		found = append(found, name)
	}
	sort.Strings(found)
	for _, name := range found {
		s.Secrets = with(s.Secrets, name)
	}
	return found
}

// masked takes the values of secrets out of the texts that a note quotes.
func masked(args []any) []any {
	safe := append([]any(nil), args...)
	for i, arg := range safe {
		if text, ok := arg.(string); ok && strings.ContainsAny(text, "= :") {
			safe[i] = (&concealer{names: map[string]bool{}}).shell(text)
		}
	}
	return safe
}

// concealCheck gives a check without the values of secrets: those of a plugin's command line, of a body and of an address.
func concealCheck(c *service.Check) *service.Check {
	if c == nil {
		return nil
	}
	safe := *c
	safe.Script = (&concealer{names: map[string]bool{}}).command(c.Script)
	if c.Smoke != nil {
		smoke := *c.Smoke
		smoke.Body, smoke.Request = concealText(smoke.Body), concealText(smoke.Request)
		safe.Smoke = &smoke
	}
	return &safe
}

// concealText names variables in the place of secrets in a form or an address: user=a&password=b.
func concealText(text string) string {
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == '&' || r == '?' })
	for _, part := range parts {
		if m := flagValue.FindStringSubmatch(part); m != nil {
			if name := secretOf(m[1], m[2]); name != "" {
				text = strings.Replace(text, part, m[1]+"=${"+name+"}", 1)
			}
		}
	}
	return text
}

// with is list and name, in a slice of its own.
func with(list []string, name string) []string {
	for _, have := range list {
		if have == name {
			return list
		}
	}
	return append(append([]string(nil), list...), name)
}

type concealer struct{ names map[string]bool }

// command gives the command as it was, or, where it holds a secret, one for a shell that takes it from a variable.
func (c *concealer) command(words []string) []string {
	if len(words) > 2 && shellName.MatchString(path.Base(words[0])) && shellFlag.MatchString(words[1]) {
		text := c.shell(words[2])
		if text == words[2] {
			return words
		}
		return append([]string{words[0], words[1], text}, words[3:]...)
	}
	text, before := "exec", ""
	for _, word := range words {
		text += " " + c.word(before, word)
		before = word
	}
	if len(c.names) == 0 {
		return words
	}
	return []string{"sh", "-c", text}
}

var (
	shellName = MustCompile(`^(ba|da|k|z)?sh$`)
	shellFlag = MustCompile(`^-[a-z]*c$`)
	flagValue = MustCompile(`^(-{0,2}[A-Za-z][A-Za-z0-9_.-]*)=(.*)$`)
	flagAlone = MustCompile(`^--?[A-Za-z][A-Za-z0-9_.-]*$`)
	plainArgs = MustCompile(`^[A-Za-z0-9_./:@%+,=-]+$`)
)

// word quotes one word for a shell; a secret in it becomes a variable.
func (c *concealer) word(before, word string) string {
	if m := flagValue.FindStringSubmatch(word); m != nil && !HasAccount(m[1]) {
		if name := secretOf(m[1], m[2]); name != "" {
			return m[1] + "=" + c.variable(name)
		}
	}
	if !strings.HasPrefix(word, "-") {
		flag := ""
		if flagAlone.MatchString(before) {
			flag = before
		}
		if name := secretOf(flag, word); name != "" {
			return c.variable(name)
		}
	}
	if plainArgs.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

func (c *concealer) variable(name string) string {
	c.names[name] = true
	return `"${` + name + `}"`
}

// A value in shell text ends where its quotes do, or with the word.
const shellValue = `('[^']*'|"[^"]*"|[^\s'";|&<>()]+)`

var (
	shellOption  = MustCompile(`(^|[\s;(])(-{0,2}[A-Za-z][A-Za-z0-9_.-]*)(=|[ \t]+)` + shellValue)
	shellAccount = MustCompile(`[A-Za-z][A-Za-z0-9+.:-]*://[^\s'"]+`)
)

// shell works on shell text, which it does not parse: options and assignments by their names, then addresses.
func (c *concealer) shell(text string) string {
	var b strings.Builder
	for {
		m := shellOption.FindStringSubmatchIndex(text)
		if m == nil {
			break
		}
		flag, sign, value := text[m[4]:m[5]], text[m[6]:m[7]], strings.Trim(text[m[8]:m[9]], `'"`)
		name := ""
		if sign == "=" || strings.HasPrefix(flag, "-") && !strings.HasPrefix(value, "-") {
			name = secretOf(flag, value)
		}
		if name == "" { // the value may be the next option
			b.WriteString(text[:m[7]])
			text = text[m[7]:]
			continue
		}
		b.WriteString(text[:m[8]] + c.variable(name))
		text = text[m[9]:]
	}
	b.WriteString(text)
	return shellAccount.ReplaceAllStringFunc(b.String(), func(address string) string {
		if name := secretOf("", address); name != "" {
			c.names[name] = true
			return "${" + name + "}"
		}
		return address
	})
}

// secretOf names the variable that a value belongs in, and is "" where the value is no secret: by the option before it, or
// because it is an address with an account.
func secretOf(flag, value string) string {
	if strings.Contains(flag, ".") { // a property of Java's
		flag = strings.TrimPrefix(flag, "-D")
	}
	name := strings.Trim(strings.ToUpper(notInNames.ReplaceAllString(strings.TrimLeft(flag, "-"), "_")), "_")
	switch {
	case value == "" || strings.ContainsAny(value[:1], "$<{`"), strings.HasPrefix(value, `\$`), SecretFile(value): // filled in elsewhere
		return ""
	case HasAccount(value) && len(name) < 2:
		n, _ := NeedOfURL(value)
		return strings.Trim(strings.ToUpper(notInNames.ReplaceAllString(n.Kind, "_"))+"_URL", "_")
	case HasAccount(value):
		return name
	case len(name) > 1 && SecretName(name) && !switches.MatchString(value):
		return name
	}
	return ""
}

var (
	notInNames = MustCompile(`[^A-Za-z0-9]+`)
	switches   = MustCompile(`(?i)^(true|false|yes|no|on|off|none|null|[0-9]{1,3})$`)
)
