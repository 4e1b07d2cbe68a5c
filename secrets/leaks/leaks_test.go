package leaks

import (
	"encoding/base64"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// split keeps what is made up for these tests from being found in them.
func split(parts ...string) string { return strings.Join(parts, "") }

func TestShapes(t *testing.T) {
	tests := []struct{ text, what string }{
		{split("id = 'AKI", "AQ3EGZZQHPLM7NTVB'"), "an access key of AWS"},
		{split("AWS_SECRET_ACCESS_KEY=", "wJalrXUtnFEMIK7MDENGbPxRfiCYzzzzzzKEYa1b"), "a secret access key of AWS"},
		{split("ghp", "_", strings.Repeat("aB3", 12)), "a token of GitHub"},
		{split("glp", "at-", strings.Repeat("x1y", 7)), "a token of GitLab"},
		{split("xo", "xb-123-456-abcdefghij"), "a token of Slack"},
		{split("https://hooks.slack", ".com/services/T0ABC/B0DEF/", strings.Repeat("aB3", 8)), "a webhook of Slack"},
		{split("sk_", "live_", strings.Repeat("aB3", 8)), "a live key of Stripe"},
		{split("AI", "za", strings.Repeat("aB3_-", 7), "\n"), "a key of Google's APIs"},
		{split("-----BEGIN RSA ", "PRIVATE KEY-----\n", strings.Repeat("MIIE", 16)), "a private key"},
		{split(`{"private_key": "-----BEGIN `, `PRIVATE KEY-----\n`, strings.Repeat("MIIE", 16)), "a private key"},
		{split("AGE-SECRET", "-KEY-1", strings.Repeat("Q7", 29)), "a key of age"},
		{"url: postgres://shop:h7Zk2mQ9@db1.corp.net/shop", "a password in a URL"},
		{"url: postgres://shop:shopshop@db/shop", "a password in a URL"},
		{"postgres://shop123:shop123@db/shop", ""},
		{"postgres://shop:changeme@db/shop", ""},
		{"postgres://shop:${PASS}@db/shop", ""},
		{"postgres://shop:h7Zk2mQ9@localhost/shop", ""},
		{"-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA", ""},
		{split("AKI", "AIOSFODNN7EXAMPLE"), ""},
	}
	for _, tt := range tests {
		got := New(nil).Find([]byte("first\n" + tt.text))
		if tt.what == "" && len(got) == 0 {
			continue
		}
		if len(got) != 1 || got[0].What != tt.what || got[0].Line != 2 || got[0].Mend == "" || len(got[0].Masked) > 19 {
			t.Errorf("%.40s: %v, want %q", tt.text, got, tt.what)
		}
	}
}

func TestValues(t *testing.T) {
	const value = "h7Z/k2m+Q9"
	f := New(map[string][]byte{"shop/staging/web/KEY": []byte(value), "short": []byte("true")})
	text := fmt.Sprintf("true\n\x00\n%s\nx%sx\nh7Z%%2Fk2m%%2BQ9\nh7Z/k2m-Q9", value, base64.StdEncoding.EncodeToString([]byte(value)))
	var lines []int
	for _, l := range f.Find([]byte(text)) {
		if l.What != "the value of shop/staging/web/KEY" || strings.Contains(fmt.Sprint(l), value) {
			t.Errorf("%+v", l)
		}
		lines = append(lines, l.Line)
	}
	if want := []int{3, 4, 5}; !reflect.DeepEqual(lines, want) {
		t.Errorf("found on lines %v, want %v", lines, want)
	}
}

func FuzzFind(f *testing.F) {
	f.Add("postgres://a:bcdefgh@c")
	f.Add("-----BEGIN PRIVATE KEY-----\n\n")
	finder := New(map[string][]byte{"k": []byte("bcdefgh")})
	f.Fuzz(func(t *testing.T, text string) {
		for _, l := range finder.Find([]byte(text)) {
			if l.Line < 1 || l.Line > strings.Count(text, "\n")+1 || l.What == "" {
				t.Errorf("%+v", l)
			}
		}
	})
}
