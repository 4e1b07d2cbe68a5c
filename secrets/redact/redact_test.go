package redact

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	const value = "p@ss w<rd/\"1\"\\ 100% zażółć"
	quoted, _ := json.Marshal(map[string]string{"password": value})
	r := New([]byte(value+"\n"), []byte("first long line\nsecond long line\nx"), []byte("postgres://u:hunter2hunter2@db/x"), []byte("true"))
	for name, text := range map[string]string{
		"as it is":              "the password is " + value,
		"in a URL's query":      "GET /?p=" + url.QueryEscape(value),
		"in a URL's path":       "GET /" + url.PathEscape(value),
		"before a URL's host":   "amqp://" + url.UserPassword("u", value).String() + "@mq",
		"in JSON":               string(quoted),
		"in Go's quotes":        strings.ReplaceAll(strings.ReplaceAll(value, `\`, `\\`), `"`, `\"`),
		"in base64":             base64.StdEncoding.EncodeToString([]byte(value)),
		"in base64 with its \n": base64.StdEncoding.EncodeToString([]byte(value + "\n")),
		"in base64 of URLs":     base64.RawURLEncoding.EncodeToString([]byte(value)),
		"inside base64":         base64.StdEncoding.EncodeToString([]byte("user:" + value + " and more")),
		"in JSON in JSON":       twice(string(quoted)),
		"in hex":                hex.EncodeToString([]byte(value + "\n")),
		"a line of several":     "log: second long line",
		"the password of a URL": "password hunter2hunter2 is wrong",
	} {
		if got := r.Text(text); !strings.Contains(got, mark) || strings.Contains(got, value) || strings.Contains(got, "hunter2") {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := r.Text("true: nothing of ours"); got != "true: nothing of ours" {
		t.Errorf("a short value: %s", got)
	}
	if err := r.Error(fmt.Errorf("wrong: %s", value)); strings.Contains(err.Error(), value) {
		t.Error(err)
	}
	if plain := errors.New("plain"); !errors.Is(r.Error(plain), plain) || r.Error(nil) != nil {
		t.Error("an error without a value has to stay itself")
	}
	var none *Redactor
	if none.Text("x") != "x" {
		t.Error("nil knows none")
	}
}

func twice(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}
