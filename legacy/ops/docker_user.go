package ops

import (
	"path"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// madeAccount is a command that makes an account, up to what ends it in a shell, and accountID its option for the number.
var (
	madeAccount = scan.MustCompile(`\b(?:useradd|adduser)\s([^&|;\n]+)`)
	accountID   = scan.MustCompile(`(?:^|\s)(?:-[a-zA-Z]*u|--uid)[ =]*["']?(\d{1,9})["']?(?:\s|$)`)
)

// quotedWord is what a shell takes for one word, or for a part of one, though a space stands in it.
var quotedWord = scan.MustCompile(`"[^"]*"|'[^']*'|\\ `)

var (
	// givesNumber is that option with whatever number, and addsToGroup is adduser with an account and a group that are there.
	givesNumber = scan.MustCompile(`(?:^|\s)(?:-[a-zA-Z]*u|--uid)(?:[^a-zA-Z-]|$)`)
	addsToGroup = scan.MustCompile(`^\s*[^-\s]\S*\s+[^-\s]\S*\s*(?:\d?>|$)`)
)

// systemAccount is an option by which an account gets a number of the system's, firstOrdinary the number that the first other one
// gets, and withoutAccounts are images that bring none of those.
var (
	systemAccount   = scan.MustCompile(`(?:^|\s)(?:-[a-zA-Z]*[rS][a-zA-Z]*|--system)(?:\s|$)`)
	withoutAccounts = map[string]bool{"debian": true, "alpine": true, "buildpack-deps": true, "python": true, "golang": true, "ruby": true, "php": true, "openjdk": true, "perl": true, "rust": true}
)

const firstOrdinary = 1000

// imageAccounts are accounts that images bring, and their numbers in all of them.
var imageAccounts = map[string]int{"node": 1000, "nonroot": 65532, "nobody": 65534}

// makes notes the accounts that an instruction RUN makes with a number of their own.
func (d *dockerfile) makes(lines []string, vars map[string]string) {
	for _, line := range lines {
		line = strings.ReplaceAll(line, "\\\n", " ")
		for _, m := range madeAccount.FindAllStringSubmatch(line, 10) {
			if addsToGroup.MatchString(m[1]) {
				continue
			}
			words := quotedWord.ReplaceAllStringFunc(fill(m[1], vars), func(quoted string) string { return strings.ReplaceAll(quoted, " ", "_") })
			n, err := firstOrdinary, error(nil)
			if id := accountID.FindStringSubmatch(words); id != nil {
				n, err = strconv.Atoi(id[1])
			} else if givesNumber.MatchString(words) {
				n = 0 // one that can't be told from here
			} else if len(d.accounts) > 0 || systemAccount.MatchString(words) || !withoutAccounts[officialName(d.from.image)] {
				continue
			}
			if name := accountName(words); err == nil && name != "" {
				d.accounts[name] = n
			}
		}
	}
}

// takesValue is an option whose value is the next word.
var takesValue = scan.MustCompile(`^(?:-[a-zA-Z]*[bcdefgGhkKpRsuZ]|--(?:base-dir|comment|gecos|gid|groups|home|home-dir|ingroup|password|shell|skel|uid))$`)

// accountName is the account that a command makes: the first word that is neither an option nor the value of one.
func accountName(words string) string {
	value := false
	for _, word := range strings.Fields(words) {
		switch {
		case value:
			value = false
		case strings.HasPrefix(word, "-"):
			value = takesValue.MatchString(word)
		default:
			return strings.Trim(word, `"'`)
		}
	}
	return ""
}

// officialName is the name of an official image of Docker's, "" for those of others.
func officialName(ref string) string {
	i := parseImage(ref)
	if strings.TrimPrefix(strings.TrimPrefix(i.path, "docker.io/"), "library/") != i.base {
		return ""
	}
	return i.base
}

// userID is the number of the user that the image runs as, 0 or less where that is root or can't be told from here.
func (d *dockerfile) userID() int {
	name, _, _ := strings.Cut(d.user.value, ":")
	if name == "" && d.base != nil {
		return d.base.userID()
	}
	if n, err := strconv.Atoi(name); err == nil {
		return min(n, 1<<31-2)
	}
	for from := d; from != nil; from = from.base {
		if n, made := from.accounts[name]; made {
			return n
		}
	}
	return imageAccounts[name]
}

// withoutSudo is a command without sudo before it, whose user the image then runs as.
func (d *dockerfile) withoutSudo(words []string, line int) []string {
	if len(words) < 2 || path.Base(words[0]) != "sudo" {
		return words
	}
	user, rest := afterSudo(words[1:])
	if len(rest) == 0 {
		return words
	}
	if user != "" {
		d.user = claim{user, line}
	}
	return rest
}
