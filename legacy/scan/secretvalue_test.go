package scan_test

import (
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

func TestSecretFile(t *testing.T) {
	for value, want := range map[string]bool{"/var/lib/shop/server.pem": true, "/etc/ssl/tls.key": true, "server.pem": false, "/c2VjcmV0": false, "abc.key": false, "": false} {
		if got := scan.SecretFile(value); got != want {
			t.Errorf("%s: %v", value, got)
		}
	}
}

func TestSecretValue(t *testing.T) {
	for _, c := range []struct {
		name, value string
		want        bool
	}{
		{"SESSION_KEY", "badkeyabcdefghijklmnopqrstuvwxyzabcdef", true}, {"SESSION_KEY", "_shop_session", false}, {"CACHE_KEY", "abcdefghijklmnopqrstuvwxyz0123", false},
		{"RECAPTCHA_SITE_KEY", "6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI", false}, {"STRIPE", "sk_" + "live_abcdefgh12345678", true}, {"GREETING", "abcdefghijklmnopqrstuvwxyz", false},
		{"INVITE_CODE", "d41d8cd98f00b204e9800998ecf8427e", true}, {"KEY_PATH", "/etc/ssl/private/server/key", false},
		{"SERVICES", `{"db": [{"credentials": {"host": "db", "password": "x"}}]}`, true}, {"LIMITS", `{"pages": "20", "token_ttl": "5"}`, false}, {"SERVICES", `{"password": ""}`, false},
	} {
		if got := scan.SecretValue(c.name, c.value); got != c.want {
			t.Errorf("%s=%s: %v", c.name, c.value, got)
		}
	}
}
