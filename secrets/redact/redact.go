// Package redact takes the values of secrets out of text that comes from elsewhere: logs, events, answers of servers.
package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"sort"
	"strings"
)

// Shortest is the length in bytes from which a value is looked for: "1" or "true" would blot out half of a log and are no
// secret.
const Shortest = 6

// mark stands in place of a value.
const mark = "[secret]"

// Redactor knows values. Its zero value and nil know none.
type Redactor struct {
	replacer *strings.Replacer
}

// New knows the values in every form of Forms.
func New(values ...[]byte) *Redactor {
	forms := map[string]bool{}
	for _, v := range values {
		for _, form := range Forms(v) {
			forms[form] = true
		}
	}
	ordered := make([]string, 0, len(forms))
	for form := range forms {
		ordered = append(ordered, form)
	}
	sort.Slice(ordered, func(i, j int) bool { // the longest first: one may be the beginning of another
		if len(ordered[i]) != len(ordered[j]) {
			return len(ordered[i]) > len(ordered[j])
		}
		return ordered[i] < ordered[j]
	})
	pairs := make([]string, 0, 2*len(ordered))
	for _, form := range ordered {
		pairs = append(pairs, form, mark)
	}
	return &Redactor{strings.NewReplacer(pairs...)}
}

// Forms lists how a value turns up in text, as Encodings does; one that is too short to be told from other text has none.
func Forms(value []byte) []string {
	if len(strings.TrimSpace(string(value))) < Shortest {
		return nil
	}
	return Encodings(value)
}

// Encodings lists how a value turns up in text: as it is, as a part of a URL, in JSON (and in JSON that is quoted once
// more), in base64 (alone, and inside a longer text, as "user:value" is in Basic authentication) and in hex; each longer
// line of one that has several, since logs are read line by line; and the password alone of one that is a URL. The caller
// leaves out forms that are too short for its text.
func Encodings(value []byte) []string {
	text := strings.TrimSpace(string(value))
	forms := append(written(text), hex.EncodeToString(value), strings.ToUpper(hex.EncodeToString(value)))
	forms = append(forms, inBase64(value)...)
	if trimmed := []byte(text); len(trimmed) != len(value) {
		forms = append(forms, string(value))
		forms = append(forms, inBase64(trimmed)...)
	}
	if lines := strings.Split(text, "\n"); len(lines) > 1 {
		for _, line := range lines {
			if line = strings.TrimSpace(line); len(line) >= 2*Shortest {
				forms = append(forms, line)
			}
		}
	}
	if u, err := url.Parse(text); err == nil && u.User != nil {
		if password, _ := u.User.Password(); len(password) >= Shortest {
			forms = append(forms, written(password)...)
		}
	}
	return forms
}

// inBase64 are the spellings of value in base64: whole, and inside a longer text, which by where the value begins in a
// group of three bytes has three of them. The letters at the ends mix with the neighbours and are left out.
func inBase64(value []byte) []string {
	forms := []string{base64.StdEncoding.EncodeToString(value), base64.RawURLEncoding.EncodeToString(value)}
	if len(value) < Shortest {
		return forms
	}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for shift := range 3 {
			text := encoding.EncodeToString(append(bytes.Repeat([]byte("x"), shift), value...))
			first, last := []int{0, 2, 3}[shift], len(text)
			if (shift+len(value))%3 != 0 {
				last--
			}
			forms = append(forms, text[first:last])
		}
	}
	return forms
}

// written are the forms that other texts give to one that they quote.
func written(text string) []string {
	forms := []string{text, url.QueryEscape(text), url.PathEscape(text), url.UserPassword("", text).String()[1:]}
	for _, once := range inJSON(text) {
		forms = append(append(forms, once), inJSON(once)...)
	}
	return forms
}

// inJSON is text as JSON has it, with < > & escaped and without.
func inJSON(text string) []string {
	var forms []string
	for _, escape := range []bool{true, false} {
		var b strings.Builder
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(escape)
		if e.Encode(text) == nil {
			quoted := strings.TrimSpace(b.String())
			forms = append(forms, quoted[1:len(quoted)-1])
		}
	}
	return forms
}

// Text is s without the values.
func (r *Redactor) Text(s string) string {
	if r == nil || r.replacer == nil {
		return s
	}
	return r.replacer.Replace(s)
}

// Error is err itself where its text holds no value, and otherwise an error of the text without them.
func (r *Redactor) Error(err error) error {
	if err == nil {
		return nil
	}
	if clean := r.Text(err.Error()); clean != err.Error() {
		return errors.New(clean)
	}
	return err
}
