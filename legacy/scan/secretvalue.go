package scan

import "strings"

var (
	// secretForm are the forms in which well-known services give out keys.
	secretForm = MustCompile(`^(sk|rk)_(live|test)_\w{8,}|^AKIA[0-9A-Z]{12,}|^xox[abprs]-[\w-]{8,}|^gh[pousr]_\w{16,}|^glpat-[\w-]{12,}|^SG\.[\w-]{12,}|^eyJ[\w-]{8,}\.eyJ[\w-]{8,}|-----BEGIN [A-Z ]*PRIVATE KEY`)
	// longToken is text that nobody would write for people to read.
	longToken = MustCompile(`^[A-Za-z0-9+/=_-]{20,}$`)
	keyName   = MustCompile(`(?i)([_.-]|^)(key|keys|code|seed|hash|nonce|signature)\d*$`)
	openKey   = MustCompile(`(?i)(^|[_.-])(public|pub|publishable|site|primary|foreign|cache|sort|partition|routing|map|host|ssh_host)[_.-]?keys?$`)
)

// SecretValue says whether a value is a secret by its looks: in the form of a well-known service's keys, or a long token
// under a name that speaks of a key, such as SESSION_KEY.
func SecretValue(name, value string) bool {
	if secretForm.MatchString(value) || holdsSecret(value) {
		return true
	}
	return keyName.MatchString(name) && !openKey.MatchString(name) && longToken.MatchString(value) && strings.ContainsAny(value, "0123456789abcdefghijklmnopqrstuvwxyz") && !strings.Contains(value, "//")
}

// keyFile is the place of a file that holds a key or a certificate.
var keyFile = MustCompile(`^/(?:[\w.-]+/)*[\w.-]+\.(?:pem|key|crt|cer|p12|pfx|jks)$`)

// SecretFile says of the value of a setting whether it only says where a key is: RO_KEYS=/etc/shop/server.pem.
func SecretFile(value string) bool { return keyFile.MatchString(value) }

var jsonText = MustCompile(`"([A-Za-z][\w-]{1,60})"\s*:\s*"[^"]{1,500}"`)

// holdsSecret says whether a value is an object of JSON with a secret in it, as the credentials that a platform hands over are.
func holdsSecret(value string) bool {
	if start := strings.TrimSpace(value); !strings.HasPrefix(start, "{") && !strings.HasPrefix(start, "[") {
		return false
	}
	if len(value) > 100_000 {
		return true // nobody looks through that
	}
	for _, m := range jsonText.FindAllStringSubmatch(value, 1000) {
		if SecretName(m[1]) {
			return true
		}
	}
	return false
}
