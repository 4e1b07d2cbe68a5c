package scan

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// secretWords make a name secret wherever they stand in it.
var secretWords = words("secret secrets password passwords passwd passphrase pass pwd pw token tokens credential credentials creds dsn salt pepper " +
	"bindcredentials apikey apikeys skey secretkey accesskey privatekey authkey writekey licensekey encryptionkey signingkey masterkey")

// harmlessAfter are last words that make a setting about a secret of a name that holds one: TOKEN_TTL, PASSWORD_MIN_LENGTH.
var harmlessAfter = words("cfg ttl expiry expires expire expiration lifetime age maxage timeout timer interval length min max size count limit enabled disabled " +
	"required file path dir directory folder location name names type algorithm algo issuer audience header prefix suffix field param url urls uri uris files paths host port endpoint " +
	"template templates validation regex regexp format formats threshold entries time days hours minutes seconds secs sec ms millis milliseconds period weight weights rounds iterations policy validators hashers renewal pattern placeholder after within epoch version table method from subject sender lookup confirmed tolerance locked strategy for scope scopes realm leeway skew")

// harmlessBefore are words before KEY that make it a key nobody hides.
var harmlessBefore = words("public pub publishable site primary foreign sort partition routing cache lookup session map object group hot config errors name email image location nickname phone uid")

// keyKinds before KEY make it one that nobody may see, in whatever form of keyForms it is written: PRIVATE_KEY_HEX.
var (
	keyKinds = words("private signing encryption master rotation secret")
	keyForms = words("hex base64 b64 pem der raw bytes jwk seed")
)

// measures are what max and min before them limit: MAX_AGE_AUTH_TOKEN holds no token, MAX_MIND_LICENSE_KEY a key.
var measures = words("age size length len count number attempts tries retries requests time seconds minutes hours days")

// keepers are what secrets are kept by.
var keepers = words("manager provider backend store storage engine")

// switchFirst are first words of switches: DISABLE_TOKEN_AUTH holds no token.
var switchFirst = words("disable disallow enforce forbid hide enable allow use require skip has is show check verify supports ignore")

// credentialURLs are the last words before URL or URI of variables whose value holds an account by custom.
var credentialURLs = words("database db sql postgres postgresql pg mysql mongo mongodb mongolab amqp rabbitmq cloudamqp cleardb jawsdb jdbc smtp mailer ldap webhook")

// secretAtEnd are words that make a name secret as its last alone, secretPairs two together: GITHUB_APP_PEM, HTTP_BASIC_AUTH.
var (
	secretAtEnd = words("pem")
	secretPairs = map[string]bool{"basic auth": true, "invitation code": true, "invite code": true, "access code": true}
)

// secretEnds end words that are run together: PGPASSWORD, ACCESSTOKEN, CLIENTSECRET.
var secretEnds = []string{"password", "passwd", "token", "secret", "bindcredentials", "passcode", "apikey"}

// chats are services to which whoever knows the address of a webhook can write: SLACK_WEBHOOK_ALERTS.
var chats = words("slack discord teams mattermost rocketchat")

func words(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// ofEnvironment are words at the end of a name that say where its value holds: DATABASE_URL_PROD.
var ofEnvironment = words("prod production staging dev development")

// SecretName says by its name alone whether a variable or property holds a value that nobody may see: SECRET_KEY,
// spring.datasource.password, stripeApiKey, DATABASE_URL. It errs on the side of the secret.
func SecretName(name string) bool {
	parts := nameWords(name)
	if len(parts) == 0 || strings.EqualFold(name, "pwd") || strings.EqualFold(name, "oldpwd") {
		return false // the working directory
	}
	if n := len(parts); n > 1 && ofEnvironment[parts[n-1]] {
		parts = parts[:n-1]
	}
	if n := len(parts); n > 2 && (parts[n-1] == "in" || parts[n-1] == "at") && harmlessAfter[parts[n-2]] {
		parts = parts[:n-1] // JWT_TOKEN_EXPIRES_IN
	}
	last := parts[len(parts)-1]
	if n := len(parts); last == "connstr" || n > 1 && (last == "string" || last == "str") && (parts[n-2] == "connection" || parts[n-2] == "conn") {
		return true
	}
	if n := len(parts); n > 1 && last == "conn" && (credentialURLs[parts[n-2]] || parts[n-2] == "sqla" || parts[n-2] == "sqlalchemy") {
		return true
	}
	if last == "url" || last == "uri" {
		return len(parts) > 1 && credentialURLs[parts[len(parts)-2]] && !slices.Contains(parts, "allow")
	}
	if n := len(parts); n > 1 && (harmlessAfter[last] || parts[n-2] == "timeout" || switchFirst[parts[0]] || (parts[0] == "max" || parts[0] == "min") && measures[parts[1]]) {
		return false
	}
	if n := len(parts); n > 1 && keepers[last] && (parts[n-2] == "secret" || parts[n-2] == "secrets") {
		return false // which program keeps them: SECRET_MANAGER
	}
	if n := len(parts); n > 1 && last == "id" && parts[n-2] == "template" {
		return false // of a mail: PASSWORD_RESET_TEMPLATE_ID
	}
	if secretAtEnd[last] || len(parts) > 1 && secretPairs[parts[len(parts)-2]+" "+last] {
		return true
	}
	if n := len(parts); n > 1 && last == "credentials" && (parts[n-2] == "supports" || parts[n-2] == "allow") {
		return false // CORS
	}
	for i, p := range parts {
		if p == "expiration" || p == "expiry" {
			return false
		}
		if p == "password" && i+1 < len(parts) && parts[i+1] == "reset" {
			continue // the page or the mail for that
		}
		if secretWords[p] || p == "dbpass" || slices.ContainsFunc(secretEnds, func(end string) bool { return strings.HasSuffix(p, end) }) {
			return true
		}
		if i > 0 && chats[parts[i-1]] && (p == "webhook" || p == "webhooks") {
			return true
		}
		if p != "key" && p != "keys" {
			continue
		}
		if i > 0 && harmlessBefore[parts[i-1]] && !(i > 1 && (parts[i-2] == "encryption" || parts[i-2] == "shared" || parts[i-2] == "record")) {
			continue
		}
		rest := parts[i+1:]
		if i > 0 && parts[i-1] == "api" && len(rest) < 3 { // API_KEYS_PAYMENTS
			return true
		}
		if i > 0 && keyKinds[parts[i-1]] && !slices.ContainsFunc(rest, func(word string) bool { return !keyForms[word] }) {
			return true
		}
		if len(rest) == 0 || len(rest) == 1 && (rest[0] == "id" || rest[0] == "base" || rest[0] == "pair" || isDigits(strings.TrimPrefix(rest[0], "v"))) {
			return true
		}
	}
	return false
}

// SecretVariable says whether a variable that comes from where secrets are kept is one: names and hosts that somebody keeps
// there, too, are none by that.
func SecretVariable(name string) bool {
	switch strings.ToUpper(name[strings.LastIndexByte(name, '_')+1:]) {
	case "HOST", "PORT", "USER", "USERNAME", "NAME", "DATABASE", "REGION", "BUCKET":
		return SecretName(name)
	}
	return true
}

// nameWords splits a name at punctuation and at the humps of camelCase, in lower case.
func nameWords(name string) []string {
	var parts []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			parts = append(parts, strings.ToLower(string(word)))
			word = word[:0]
		}
	}
	var before rune
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
		case unicode.IsUpper(r) && unicode.IsLower(before):
			flush()
			word = append(word, r)
		default:
			word = append(word, r)
		}
		before = r
	}
	flush()
	return parts
}

func isDigits(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}
