package host

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// masked takes the place of everything that may be a secret.
const masked = "***"

// A snapshot is mailed around, so this errs on the side of the secret: what is hidden for nothing costs a look at the
// machine, what is not hidden costs a password.

var (
	urlAccount = scan.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://)([^\s/:@'"]*):([^\s'"]*)@`)
	urlUser    = scan.MustCompile(`(https?://)([^\s/:@'"]+)@`) // a token in the place of an account
	pairInText = scan.MustCompile(`[A-Za-z][\w+.-]*://[^?&\s'",;)}]*|([?&;,'"{\s(]|^)([A-Za-z_$][\w.$-]*)(=|:\s*|"\s*:\s*")([^&;,'"\s)}]+)`)
	header     = scan.MustCompile(`^(["']?)([A-Za-z][A-Za-z0-9_-]*):\s`)

	// token is what keys look like: by the prefix of who gives them, or by letters and digits without sense.
	token = scan.MustCompile(`-----BEGIN [A-Z ]+-----.*|\beyJ[A-Za-z0-9_-]{8,}[A-Za-z0-9_.=-]*|\b(?:sk|pk|rk|whsec|ghp|gho|ghs|ghu|glpat|xox[abpr]|shpat|hvs|s\.|npm|pypi|dop_v1|SG)[_.-][A-Za-z0-9_.-]{8,}` +
		`|\bgithub_pat_\w+|\b(?:AKIA|ASIA|AIza)[A-Za-z0-9_-]{12,}|\$(?:1|2[aby]|5|6|y|apr1)\$[^\s:'"]+|\{SHA\}\S+`)
	blob    = scan.MustCompile(`[A-Za-z0-9+_=]{20,}`)
	hexBlob = scan.MustCompile(`\b[0-9a-fA-F]{32,}\b`)
)

// secretName is scan.SecretName with what stands in command lines and configuration of servers.
func secretName(name string) bool {
	name = strings.TrimLeft(strings.Trim(name, `"'`), "-$")
	switch strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(name, "-", ""), "_", "")) {
	case "authorization", "proxyauthorization", "cookie", "requirepass", "masterauth", "masteruser", "auth", "basicauth", "userpass", "passin", "passout", "storepass", "keypass", "securelinkmd5", "securelinksecret",
		"identifiedby", "community", "rocommunity", "rwcommunity", "bindpw", "rootpw", "ldappw", "httpauthorization", "oauth", "apptoken", "authtoken", "session", "sessionid", "signature", "sig", "key":
		return true
	case "proxypass", "proxypassreverse", "proxypassmatch", "fastcgipass", "uwsgipass", "scgipass", "grpcpass", "memcachedpass", "proxypassheader", "passenv", "passengerenabled", "fastcgipassheader", "passheader",
		"proxypassrequestheaders", "proxypassrequestbody", "proxypassreversecookiepath", "proxypassreversecookiedomain", "saltedpath", "saltmaster", "saltminion", "saltapi":
		return false
	}
	return scan.SecretName(name) && !strings.Contains(name, "/")
}

// harmless values say nothing even under a secret's name: switches, variables, what is filled in elsewhere, and paths.
func harmless(value string) bool {
	v := strings.Trim(value, `"'`)
	switch strings.ToLower(v) {
	case "", "true", "false", "yes", "no", "on", "off", "none", "null", "0", "1", masked:
		return true
	}
	return strings.HasPrefix(v, "$") && !token.MatchString(v) && !strings.ContainsAny(v, " \t") || strings.HasPrefix(v, "%{") || plainPath.MatchString(v)
}

var plainPath = scan.MustCompile(`^(/[a-z][A-Za-z0-9_.@-]{0,24}){2,}$`)

// maskWord hides what is a secret by its own look, wherever it stands: accounts in addresses, keys, tokens.
func maskWord(text string) string {
	if text == "" {
		return text
	}
	if strings.Contains(text, "://") {
		text = urlAccount.ReplaceAllString(text, "${1}${2}:"+masked+"@")
		text = urlUser.ReplaceAllString(text, "${1}"+masked+"@")
	}
	text = token.ReplaceAllString(text, masked)
	text = hexBlob.ReplaceAllString(text, masked)
	return blob.ReplaceAllStringFunc(text, func(s string) string {
		if random(s) {
			return masked
		}
		return s
	})
}

// random says whether letters of both cases and digits are mixed as no name mixes them.
func random(s string) bool {
	lower, upper, digit, changes := 0, 0, 0, 0
	class, before := 0, 0
	for _, c := range s {
		switch {
		case c >= 'a' && c <= 'z':
			lower, class = lower+1, 1
		case c >= 'A' && c <= 'Z':
			upper, class = upper+1, 2
		case c >= '0' && c <= '9':
			digit, class = digit+1, 3
		default:
			class = 4
		}
		if class != before {
			changes++
		}
		before = class
	}
	return digit > 1 && (lower > 2 && upper > 2 && changes > len(s)/4 || changes > len(s)/3)
}

// maskPairs hides the values of pairs in a word: name=value, ?token=value, {"password": "value"}.
func maskPairs(text string) string {
	if !strings.ContainsAny(text, "=:") {
		return text
	}
	return pairInText.ReplaceAllStringFunc(text, func(found string) string {
		m := pairInText.FindStringSubmatch(found)
		if !secretName(m[2]) || harmless(m[4]) {
			return found
		}
		return m[1] + m[2] + m[3] + masked
	})
}

// programs whose options of one letter hold a password: the value joined, or in the next word.
var (
	joinedPassword = map[string]string{"mysql": "-p", "mysqldump": "-p", "mysqladmin": "-p", "mysqlimport": "-p", "mysqlcheck": "-p", "mysqlshow": "-p", "mariadb": "-p", "mariadb-dump": "-p", "mariadb-admin": "-p",
		"mysqlslap": "-p", "mytop": "-p", "innobackupex": "-p", "xtrabackup": "-p", "mydumper": "-p", "sshpass": "-p", "mongo": "-p", "mongosh": "-p", "mongodump": "-p", "mongorestore": "-p", "redis-cli": "-a",
		"ldapsearch": "-w", "ldapmodify": "-w", "ldapadd": "-w", "7z": "-p", "zip": "-P", "unzip": "-P", "sqlcmd": "-P", "isql": "-P", "bcp": "-P", "snmpget": "-c", "snmpwalk": "-c", "mosquitto_pub": "-P", "mosquitto_sub": "-P"}
	account = map[string]bool{"-u": true, "--user": true, "-U": true, "--proxy-user": true, "--userpwd": true}
	// positional are commands whose next words are a user and a password.
	positional = map[string]bool{"add_user": true, "change_password": true, "authenticate_user": true, "chpasswd": true}
)

// masker walks the words of a command line.
type masker struct {
	program string
	next    bool // the next word is a secret
	users   int  // words until a password in a position
	account bool // the next word is user:password
}

// maskCommand hides the secrets of a command line. A word with blanks in it may be shell text itself.
func maskCommand(words []string) []string {
	m := &masker{}
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = m.word(w)
	}
	return out
}

func (m *masker) word(w string) string {
	bare := strings.Trim(w, `"'`)
	switch {
	case m.next && (!strings.HasPrefix(bare, "-") || len(bare) > 24) && !harmless(bare):
		m.next = false
		return masked
	case m.account && strings.Contains(bare, ":"):
		m.account = false
		user, _, _ := strings.Cut(bare, ":")
		return user + ":" + masked
	case m.account && strings.Contains(bare, "%"): // smbclient
		m.account = false
		user, _, _ := strings.Cut(bare, "%")
		return user + "%" + masked
	}
	m.next, m.account = false, false
	if m.users > 0 {
		if m.users--; m.users == 0 {
			return masked
		}
		return maskWord(w)
	}
	m.users = map[bool]int{true: 2}[positional[bare]]
	if strings.ContainsAny(w, " \t\n") && w != bare || strings.ContainsAny(bare, " \t\n") {
		return m.inside(w)
	}
	if base := path.Base(bare); joinedPassword[base] != "" || !strings.HasPrefix(bare, "-") && strings.Contains(bare, "/") {
		m.program = base
	}
	if flag := joinedPassword[m.program]; flag != "" && strings.HasPrefix(bare, flag) && !strings.HasPrefix(bare, "--") {
		if m.next = bare == flag && !strings.HasPrefix(m.program, "m") || bare == flag && strings.HasPrefix(m.program, "mo"); bare != flag {
			return flag + masked
		}
		return w
	}
	if joinedSecret.MatchString(bare) {
		return bare[:2] + masked
	}
	return m.option(w, bare)
}

// joinedSecret is a password behind -p without a blank, as many tools copied it from mysql: no word has digits like that.
var joinedSecret = scan.MustCompile(`^-[pP]([A-Za-z]+\d[^\s/:.]*|\d+[A-Za-z][^\s/:.]*)$`)

// option hides the value that a word gives to an option, or waits for the next word.
func (m *masker) option(w, bare string) string {
	if name, value, ok := strings.Cut(bare, "="); ok && !strings.Contains(name, "://") {
		quote := ""
		if w != bare && w[0] == bare[0] {
			quote = w[:0]
		}
		if secretName(strings.TrimPrefix(name, "-D")) && !harmless(value) {
			return quote + strings.TrimLeft(name, `"'`) + "=" + masked
		}
		if account[name] && strings.Contains(value, ":") {
			user, _, _ := strings.Cut(value, ":")
			return name + "=" + user + ":" + masked
		}
	}
	switch {
	case strings.HasPrefix(bare, "pass:"): // openssl
		return "pass:" + masked
	case account[bare]:
		m.account = true
	case len(bare) > 3 && strings.HasPrefix(bare, "-u") && !strings.HasPrefix(bare, "--") && strings.Contains(bare, ":") && m.program == "curl":
		user, _, _ := strings.Cut(bare, ":")
		return user + ":" + masked
	case strings.HasPrefix(bare, "-") && secretName(bare) && !strings.Contains(bare, "="):
		m.next = true
	case secretName(bare) && (strings.EqualFold(bare, "requirepass") || strings.EqualFold(bare, "masterauth") || strings.EqualFold(bare, "password") || strings.HasSuffix(bare, ":")):
		m.next = true
	case strings.EqualFold(bare, "bearer") || strings.EqualFold(bare, "basic"):
		m.next = true
	}
	return maskPairs(maskWord(w))
}

// inside hides secrets in a word that is text itself: sh -c "...", a header.
func (m *masker) inside(w string) string {
	if h := header.FindStringSubmatch(w); h != nil && secretName(h[2]) {
		return h[1] + h[2] + ": " + masked + h[1]
	}
	return maskShell(w)
}
