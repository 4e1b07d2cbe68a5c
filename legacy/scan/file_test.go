package scan

import (
	"strings"
	"testing"
)

func TestSecretText(t *testing.T) {
	for text, want := range map[string]bool{
		"[db]\nhost = db1\nport = 5432\n":                         false,
		"[db]\npassword = hunter2\n":                              true,
		"production:\n  password: hunter2\n":                      true,
		"{\"apiKey\": \"hunter2hunter2\", \"host\": \"x\"}":       true,
		"'secret_key' => 'hunter2',":                              true,
		"<db><password>hunter2</password></db>":                   true,
		"define('DB_PASSWORD', 'hunter2');":                       true,
		"requirepass hunter2\nport 6379\n":                        true,
		"url = postgres://u:hunter2@db/x":                         true,
		"-----BEGIN RSA PRIVATE KEY-----\nx":                      true,
		"x: ENC[PKCS7,abc]":                                       true,
		"token_ttl = 30\npassword_min_length = 8\nuse_ssl=true\n": false,
		"secure: true\nauth_required: yes\n":                      false,
		"":                                                        false,
	} {
		if got := SecretText(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestFindLetsNoSecretFileThrough(t *testing.T) {
	r := &Report{}
	r.Find(Finding{File: &File{Path: "/etc/x", Text: "password: canary"}}, "f", 1, Declared, "")
	r.Find(Finding{File: &File{Path: "/etc/y", Text: "plain", Secret: true}}, "f", 1, Declared, "")
	for _, f := range r.Findings {
		if f.File.Text != "" || !f.File.Secret {
			t.Errorf("%+v", f.File)
		}
	}
}

func FuzzSecretText(f *testing.F) {
	f.Add("a = b\n", "=")
	f.Add("{\"x\": 1}", ": ")
	f.Fuzz(func(t *testing.T, before, sign string) {
		SecretText(before + sign)
		if strings.TrimSpace(sign) == "=" && !SecretText(before+"\npassword"+sign+"hunter2\n") {
			t.Fatalf("%q %q", before, sign)
		}
	})
}
