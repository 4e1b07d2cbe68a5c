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
		got := New(nil).Find("main.go", []byte("first\n"+tt.text))
		if tt.what == "" && len(got) == 0 {
			continue
		}
		if len(got) != 1 || got[0].What != tt.what || got[0].Line != 2 || got[0].Mend == "" || len(got[0].Masked) > 19 {
			t.Errorf("%.40s: %v, want %q", tt.text, got, tt.what)
		}
	}
}

// TestConfig: what is called a password counts in configuration, and nowhere else; what only speaks of one, stands elsewhere or
// is said to people does not.
func TestConfig(t *testing.T) {
	tests := []struct{ name, text, what string }{
		{"config/database.yml", "  password: h7Zk2mQ9", "what password is set to"},
		{"config/config.php", "define('DB_PASSWORD', 'h7Zk2mQ9');", "what DB_PASSWORD is set to"},
		{".env.production", "export SMTP_PASS=h7Zk2mQ9", "what SMTP_PASS is set to"},
		{"appsettings.json", `{"ConnectionStrings": {"Default": "Server=db;User=sa;Password=h7Zk2mQ9;"}}`, "what Password is set to"},
		{"Web.config", `<password>h7Zk2mQ9</password>`, "what password is set to"},
		{"settings.py", `SECRET_KEY = "zh!=!gq^w_t9"`, "what SECRET_KEY is set to"},
		{"app.properties", "erp.api-key=a81f-22c9-77d0", "what api-key is set to"},
		{"src/login.go", `password = "h7Zk2mQ9"`, ""},
		{"config/locales/de.yml", "password: Passwort-1", ""},
		{"ui_de.properties", "password=Passwort-1", ""},
		{"package-lock.json", `"token": "h7Zk2mQ9"`, ""},
		{"spec/fixtures/x.yml", "password: h7Zk2mQ9", ""},
		{"config.yml.example", "password: h7Zk2mQ9", ""},
		{"config.yml", "password: <%= ENV['DB_PASSWORD'] %>", ""},
		{"config.yml", "password: ${DB_PASSWORD2}", ""},
		{"config.yml", "password: ENC[PKCS7,MIIBeQYJKoZIhvcN]", ""},
		{"config.yml", "password: changeme1", ""},
		{"config.yml", "password_min_length: 12345678a", ""},
		{"config.yml", "token_url: h7Zk2mQ9/oauth", ""},
		{"config.yml", "password: Das ist 1 Satz", ""},
		{"config.yml", "password: /run/secrets/db1", ""},
		{"migrate.yaml", "secrets: [SECRET_KEY, DATABASE_URL2]", ""},
		{"config.xml", `<assembly publicKeyToken="b03f5f7f11d50a3a"/>`, ""},
	}
	for _, tt := range tests {
		got := New(nil).Find(tt.name, []byte("first\n"+tt.text))
		if tt.what == "" && len(got) == 0 {
			continue
		}
		if len(got) != 1 || got[0].What != tt.what || got[0].Line != 2 || strings.Contains(fmt.Sprint(got), "h7Zk2mQ9") {
			t.Errorf("%s, %s: %v, want %q", tt.name, tt.text, got, tt.what)
		}
	}
}

func TestValues(t *testing.T) {
	const value = "h7Z/k2m+Q9"
	f := New(map[string][]byte{"shop/staging/web/KEY": []byte(value), "short": []byte("true")})
	text := fmt.Sprintf("true\n\x00\n%s\nx%sx\nh7Z%%2Fk2m%%2BQ9\nh7Z/k2m-Q9", value, base64.StdEncoding.EncodeToString([]byte(value)))
	var lines []int
	for _, l := range f.Find("x.bin", []byte(text)) {
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
		for _, l := range finder.Find("config.yml", []byte(text)) {
			if l.Line < 1 || l.Line > strings.Count(text, "\n")+1 || l.What == "" {
				t.Errorf("%+v", l)
			}
		}
	})
}
