package requests

import (
	"encoding/base64"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

var (
	// secretWords make a name one of a secret. It errs on the side of the secret: what is hidden can be given by a variable.
	secretWords = pattern.MustCompile(`(?i)(secret|token|passw|passphrase|credential|api[_-]?key|access[_-]?key|private[_-]?key|auth(orization|entication|[_-]|$)|cookie|session|csrf|xsrf|jwt|signature|assertion)|(^|[._-])(key|pass|pwd|pin|otp|sid|sig|hash|ticket|nonce)$|x-amz-(credential|security)`)
	// openNames are names that hold such a word and no secret.
	openNames = pattern.MustCompile(`(?i)^(author|authors|authority|www-authenticate|proxy-authenticate|token_?types?|expires.*|.*_?(count|length|ttl|type|expiry|expires(_in)?|url|uri|policy|enabled|limit)|x-csrf-enabled|set-cookie2?|session_?count|basic|passed|passing|keywords?)$`)
	// secretForm are the looks of keys that well-known services give out, of JSON web tokens and of private keys.
	secretForm = pattern.MustCompile(`(?:sk|rk|pk)_(?:live|test)_\w{8,}|AKIA[0-9A-Z]{12,}|xox[abprs]-[\w-]{8,}|gh[pousr]_\w{16,}|glpat-[\w-]{12,}|SG\.[\w-]{12,}|eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?|AIza[\w-]{30,}|PMAK-[\w-]{20,}|hooks\.slack\.com/services/\S+|-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*`)
	// longWord is a run of letters and digits that nobody would write for people to read.
	longWord     = pattern.MustCompile(`[A-Za-z0-9+/_=]{20,}`)
	accountInURL = pattern.MustCompile(`(://)([^/\s:@"'{}]*):([^/\s@"'{}]+)@`)
)

// secretName says by its name whether a header, parameter, field or variable holds a value that nobody may see.
func secretName(name string) bool {
	return secretWords.MatchString(name) && !openNames.MatchString(name)
}

// secretValue says it by the value's looks.
func secretValue(text string) bool {
	text = variableRef.ReplaceAllString(text, "")
	if secretForm.MatchString(text) {
		return true
	}
	for _, w := range longWord.FindAllString(text, -1) {
		if mixed(w) {
			return true
		}
	}
	return false
}

// mixed says whether a long word has digits among its letters, more than a year or a number at its end.
func mixed(word string) bool {
	digits, letters, turns := 0, 0, 0
	before := false
	for i := 0; i < len(word); i++ {
		digit := word[i] >= '0' && word[i] <= '9'
		if digit {
			digits++
		} else if word[i] != '_' && word[i] != '/' && word[i] != '=' {
			letters++
		}
		if i > 0 && digit != before {
			turns++
		}
		before = digit
	}
	return digits >= 3 && letters >= 3 && turns >= 4
}

// conceal takes out of free text what looks like a secret.
func conceal(text string) string {
	text = accountInURL.ReplaceAllString(text, "${1}${2}:[secret]@")
	text = secretForm.ReplaceAllString(text, "[secret]")
	text = pairs.ReplaceAllStringFunc(text, func(pair string) string {
		m := pairs.FindStringSubmatch(pair)
		if value := strings.Trim(m[5], `"'`); !secretName(m[2]) || value == "" || strings.HasPrefix(value, "$") || strings.HasPrefix(value, "{{") || value == "[secret]" {
			return pair
		}
		return m[1] + m[2] + m[3] + m[4] + "[secret]"
	})
	return longWord.ReplaceAllStringFunc(text, func(w string) string {
		if mixed(w) {
			return "[secret]"
		}
		return w
	})
}

// pairs are names with values, however a text writes them: "a": "b", a=b, a: b.
var pairs = pattern.MustCompile(`(["']?)([A-Za-z_][\w.-]*)(["']?)(\s*[:=]+\s*(?:(?i:bearer|basic|token|apikey|digest)\s+)?)("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|\[secret\]|\$+\{[^{}\n]*\}|\{\{[^{}\n]*\}\}|[^\s&,;<>{}\[\]"'()]+)`)

// elements are those of XML with a text.
var elements = pattern.MustCompile(`<((?:\w+:)?([A-Za-z_][\w.-]*))([^<>]*)>([^<>]+)</`)

// field is a value that may be seen: itself, or a variable.
func field(name, value string) string {
	if value == "" || onlyVariables(value) {
		return value
	}
	if !secretName(name) && !secretValue(value) && !accountInURL.MatchString(value) {
		return value
	}
	return "${" + envName(name) + "}"
}

// header is field for a header, whose scheme may be seen: Bearer ${TOKEN}.
func header(name, value string) string {
	scheme, rest, found := strings.Cut(value, " ")
	if found && schemeWord.MatchString(scheme) && secretName(name) {
		if rest = strings.TrimSpace(rest); onlyVariables(rest) {
			return value
		}
		return scheme + " ${TOKEN}"
	}
	return field(name, value)
}

var schemeWord = pattern.MustCompile(`^[A-Za-z][A-Za-z-]*$`)

// body takes the secrets out of a body in whatever format.
func body(text string) string {
	text = pairs.ReplaceAllStringFunc(text, func(pair string) string {
		m := pairs.FindStringSubmatch(pair)
		value, quote := m[5], ""
		if len(value) > 1 && (value[0] == '"' || value[0] == '\'') {
			quote, value = value[:1], value[1:len(value)-1]
		}
		if shown := field(m[2], value); shown != value && !switches.MatchString(value) {
			return m[1] + m[2] + m[3] + m[4] + quote + shown + quote
		}
		return pair
	})
	text = elements.ReplaceAllStringFunc(text, func(element string) string {
		m := elements.FindStringSubmatch(element)
		return "<" + m[1] + m[3] + ">" + field(m[2], m[4]) + "</"
	})
	return secretForm.ReplaceAllString(text, "$${SECRET}")
}

var switches = pattern.MustCompile(`^(true|false|null)$`)

// cookies takes the values out of a Cookie header.
func cookies(value string) []Field {
	var out []Field
	for _, pair := range strings.Split(value, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		if name != "" {
			out = append(out, Field{name, value})
		}
	}
	return out
}

// conceal puts variables into the place of the secrets of a request. What an answer is compared with must be there instead;
// the lines of those asserts come back.
func (r *Request) conceal() (weaker []int) {
	r.path()
	r.account()
	var headers []Field
	for _, h := range r.Headers {
		if strings.EqualFold(h.Name, "Cookie") {
			r.Cookies = append(r.Cookies, cookies(h.Value)...)
			continue
		}
		headers = append(headers, Field{h.Name, header(h.Name, h.Value)})
	}
	r.Headers = headers
	for i, c := range r.Cookies { // any may be a session
		if !onlyVariables(c.Value) && c.Value != "" && (secretName(c.Name) || len(c.Value) >= 8) {
			r.Cookies[i].Value = "${" + envName(c.Name) + "}"
		}
	}
	for i, f := range r.Form {
		r.Form[i].Value = field(f.Name, f.Value)
	}
	for i, p := range r.Parts {
		r.Parts[i].Value = field(p.Name, p.Value)
	}
	r.Body = body(r.Body)
	for i := range r.Asserts {
		if r.Asserts[i].conceal() {
			weaker = append(weaker, r.Asserts[i].Line)
		}
	}
	return weaker
}

// path takes the secrets out of the query and of the parts of the path.
func (r *Request) path() {
	target, query, hasQuery := strings.Cut(r.Path, "?")
	parts := strings.Split(target, "/")
	for i, part := range parts {
		if secretValue(part) && !objectID.MatchString(part) {
			parts[i] = "${TOKEN}"
		}
	}
	r.Path = strings.Join(parts, "/")
	if !hasQuery {
		return
	}
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, value, found := strings.Cut(pair, "=")
		switch {
		case found:
			if shown := field(unescaped(name), unescaped(value)); shown != unescaped(value) {
				pairs[i] = name + "=" + shown
			} else if oauthCode(unescaped(name), value) {
				pairs[i] = name + "=${" + envName(name) + "}"
			}
		case secretValue(pair):
			pairs[i] = "${TOKEN}"
		}
	}
	r.Path += "?" + strings.Join(pairs, "&")
}

// objectID is the key of a document in MongoDB.
var objectID = pattern.MustCompile(`^[0-9a-f]{24}$`)

func oauthCode(name, value string) bool {
	return (name == "code" || name == "state") && len(value) > 12 && !strings.Contains(value, "${")
}

// account makes an account of a header of basic authentication, and leaves no password in it.
func (r *Request) account() {
	var headers []Field
	for _, h := range r.Headers {
		scheme, rest, _ := strings.Cut(h.Value, " ")
		if strings.EqualFold(h.Name, "Authorization") && strings.EqualFold(scheme, "basic") && r.Auth == nil && !strings.Contains(rest, "${") {
			if text, err := base64.StdEncoding.DecodeString(strings.TrimSpace(rest)); err == nil {
				user, password, _ := strings.Cut(string(text), ":")
				r.Auth = &Auth{plain(user), plain(password)}
				continue
			}
		}
		headers = append(headers, h)
	}
	r.Headers = headers
	if r.Auth != nil {
		a := *r.Auth
		if !onlyVariables(a.Password) {
			a.Password = "${PASSWORD}"
		}
		if secretValue(a.User) { // a key that stands where the name does
			a.User = "${API_KEY}"
		}
		r.Auth = &a
	}
}

var lastName = pattern.MustCompile(`([A-Za-z_][\w-]*)['"\]]*$`)

// conceal lets go of a value that the answer is compared with, where that is a secret by its name or looks: it says so.
func (a *Assert) conceal() bool {
	switch a.Query.Kind {
	case OfStatus, OfSHA256, OfMD5, OfDuration, OfBytes, OfVersion, OfCertificate:
		return false
	}
	name := a.Query.Arg
	if m := lastName.FindStringSubmatch(name); m != nil {
		name = m[1]
	}
	if value, _ := a.Value.(string); a.Query.Kind == OfCookie && (len(value) >= 16 || secretName(a.Query.Arg)) && !strings.Contains(strings.TrimSuffix(strings.ToLower(a.Query.Arg), "[value]"), "[") {
		name = "cookie"
	}
	if a.Query.Kind == OfBody || a.Op == Matches || a.Op == NotMatches || a.Op == Is {
		name = ""
	}
	before, isText := a.Value.(string)
	a.Value = concealValue(name, a.Value)
	if after, _ := a.Value.(string); !isText || after == before {
		return false
	}
	if a.Op != NotEqual && a.Op != NotContains && a.Op != NotMatches {
		a.Op = Exists
	}
	if a.Value = nil; a.Op != Exists { // that it is another than a secret says nothing without the secret
		a.Op = Is
		a.Value = "string"
	}
	return true
}

func concealValue(name string, value any) any {
	switch v := value.(type) {
	case string:
		if name == "" {
			return body(v)
		}
		return body(field(name, v))
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = concealValue(name, v[i])
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for key := range v {
			out[key] = concealValue(key, v[key])
		}
		return out
	}
	return value
}
