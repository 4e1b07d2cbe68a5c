package leaks

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// configEndings and configNames are files that people keep configuration in. In source code "password = x" mostly is no
// password; there it mostly is one.
var (
	configEndings = []string{".env", ".properties", ".ini", ".cfg", ".conf", ".cnf", ".config", ".toml", ".yml", ".yaml", ".json", ".xml", ".eyaml", ".tfvars", ".netrc", ".npmrc", ".dockercfg", ".pypirc", ".s3cfg", ".credentials", ".git-credentials", ".bashrc", ".bash_profile", ".profile"}
	configNames   = pattern.MustCompile(`(?i)^(\.env(\..*)?|.*\.env\.[a-z]+|wp-config.*\.php|(config|configuration|settings|parameters|database|local|secrets?|credentials)(\.[a-z]+)?\.(php|py|rb|inc)|settings_.*\.py|credentials|hub)$`)
	// manifests name packages and their sums, and are no configuration; nor is what tests and documentation make up.
	noConfig = pattern.MustCompile(`(?i)(^|/)(package(-lock)?\.json|composer\.(json|lock)|[^/]*[-.]lock(\.json|\.ya?ml)?|pnpm-lock\.yaml|(locales?|i18n|l10n|translations?|lang|languages|messages)/.*|messages[^/]*\.properties|[^/]*_[a-z]{2}(_[a-z]{2,4})?\.properties|[^/]*mocks?[^/]*|[a-z]{2}([-_][a-z]{2,4})?\.(json|ya?ml|ini|php)|(spec|tests?|__tests__|fixtures|testdata|examples?|samples?|docs?)/.*|[^/]*\.(example|sample|dist|template|tmpl|schema)(\.[a-z]+)?|[^/]*[-_.](example|sample|template)\.[^/]*|[^/]*\.schema\.json)$`)
)

// isConfig says whether a file holds configuration of the service's own.
func isConfig(name string) bool {
	base := path.Base(name)
	ending := slices.ContainsFunc(configEndings, func(e string) bool { return strings.HasSuffix(strings.ToLower(base), e) })
	return (ending || configNames.MatchString(base)) && !noConfig.MatchString(name)
}

// assigned is a name that says that a secret follows, and what follows. Names that only speak of one end otherwise:
// password_min_length, token_url, secret_name.
var assigned = pattern.MustCompile(`(?im)(?:^|[\s"'<{,;(\[.$:])((?:[\w-]*[_-])?(?:[a-z0-9]*passw(?:or)?d|pass|pwd|passphrase|[a-z0-9]*secret(?:[_-]?key(?:[_-]?base)?)?|[a-z0-9]*token|[a-z]*api[_-]?key|(?:access|auth|encryption|signing|private)[_-]?key|_auth|_password)\d*)` +
	`(?:["']?\]?[ \t]*(?:=>|:=|=|:|,)[ \t]*|["']?>)(?:"([^"\n]{6,200})"|'([^'\n]{6,200})'|([^\s"'<>,;(){}\[\]]{6,200}))`)

// inConfig finds passwords and keys by the name that they are assigned to.
func inConfig(text []byte, found []match) []match {
	for _, m := range assigned.FindAllSubmatchIndex(text, 400) {
		for group := 4; group < len(m); group += 2 {
			if m[group] < 0 || group == 8 && bytes.IndexByte(text[m[3]:m[group]], ',') >= 0 { // a list of names, and no define('NAME', 'value')
				continue
			}
			name, value := string(text[m[2]:m[3]]), string(text[m[group]:m[group+1]])
			if secretLooking(name, value) {
				found = append(found, match{m[group], m[group+1], Leak{What: "what " + name + " is set to", Masked: "***",
					Mend: "change it where it is checked, put the new one into the store, and take this one out"}})
			}
		}
	}
	return found
}

// elsewhere is how a value looks that stands in another place, or is none: a reference, a path, an address, a name of a
// constant, a date or a number.
var elsewhere = pattern.MustCompile(`(?i)^(/|\./|~/|[a-z]:\\|https?://|!|&|@|env[.:(\[]|process\.|os\.|getenv|ENC\[|secretref|vault[:.(]|arn:|file:|ref\+|classpath:|null$|none$|true$|false$|undefined$|string$|[0-9.,:_ -]+$|[a-z]+(\.[a-z]+)+$|[A-Z][A-Z_]+$|[a-z]+([_ -][a-z]+)*$|__.*__$)|\[|%[({]|#\{|\(\)|\|\||==|=>|\\u[0-9a-f]{4}`)

// secretLooking says whether what is assigned to a name may be a secret: no reference and no word of a language.
func secretLooking(name, value string) bool {
	if placeholder(value) || elsewhere.MatchString(value) || strings.EqualFold(name, value) || strings.Contains(strings.ToLower(name), "public") {
		return false
	}
	var kinds [4]int
	for _, r := range value {
		switch {
		case r <= ' ' || r > '~': // what is said to people, in their language
			return false
		case unicode.IsLower(r):
			kinds[0] = 1
		case unicode.IsUpper(r):
			kinds[1] = 1
		case unicode.IsDigit(r):
			kinds[2] = 1
		default:
			kinds[3] = 1
		}
	}
	return kinds[0]+kinds[1]+kinds[2]+kinds[3] >= 2 && (kinds[2] == 1 || kinds[3] == 1 && len(value) >= 8)
}
