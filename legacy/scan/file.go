package scan

import (
	"crypto/sha256"
	"strings"
)

// File is a file that a service reads while it runs, as operations put it on the machine.
type File struct {
	// Path is where the service reads it: absolute, or relative to the directory of its code.
	Path string
	// Text is all of it, where nothing in it is secret.
	Text string
	// Secret says that it holds the value of a secret, or would if everything in it were known.
	Secret bool
	// Sets are the names of the settings in it, without their values.
	Sets []string
	// Present says that the repository has a file of its own there.
	Present bool
	// Elsewhere says that what stands in it is not known here: it may be a secret.
	Elsewhere bool
	// Among says that it counts only where its place turns out to be one among the code.
	Among bool
	// Open are names of places in Text, ${name}, whose values are not known.
	Open []string
}

// MaxConfigFile is the size in bytes above which a file is no configuration any more: a ConfigMap holds 1 MiB in all.
const MaxConfigFile = 256 << 10

// conceal gives a file without its text where that holds a secret.
func (r *Report) conceal(f *File) *File {
	if f == nil {
		return nil
	}
	sum := sha256.Sum256([]byte(f.Text)) // the text itself is kept nowhere else
	secret, known := r.secretTexts[sum]
	if !known && !f.Secret {
		if secret = SecretText(f.Text); r.secretTexts == nil {
			r.secretTexts = map[[sha256.Size]byte]bool{}
		}
		r.secretTexts[sum] = secret
	}
	if !f.Secret && !secret {
		return f
	}
	return &File{Path: f.Path, Secret: true, Sets: f.Sets, Present: f.Present, Elsewhere: f.Elsewhere, Among: f.Among}
}

var (
	// textName is a word with what stands behind it on its line: a = b, "a": "b", <a>b</a>, 'a' => 'b', define('a', 'b'), a b.
	textName    = MustCompile(`([\w.-]*[A-Za-z][\w.-]*)["']?[ \t]*(=>|[:=>,]|[ \t]|$)[ \t]*["']?([^"'\s<,;)}\]]{0,200})`)
	textAddress = MustCompile(`[a-zA-Z][\w+.-]*://[^\s"'<>]+`)
	// oneWord are names of passwords that are written as one word.
	oneWord = MustCompile(`(?i)^(require|user|db|smtp|mysql|ftp|proxy|bind|root|admin|master)(pass|pw|auth)$`)
)

// SecretText says whether the text of a file of configuration holds the value of a secret, as far as names and looks tell.
// It errs on the side of the secret: a name that speaks of one counts with whatever follows.
func SecretText(text string) bool {
	if secretForm.MatchString(text) || strings.Contains(text, "PRIVATE KEY") || strings.Contains(text, "ENC[") || strings.Contains(text, "$ANSIBLE_VAULT") {
		return true
	}
	for _, address := range textAddress.FindAllString(text, -1) {
		if HasAccount(address) {
			return true
		}
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' || strings.HasPrefix(line, "//") {
			continue
		}
		for len(line) > 0 {
			at := textName.FindStringSubmatchIndex(line)
			if at == nil {
				break
			}
			name, sign, value := line[at[2]:at[3]], line[at[4]:at[5]], line[at[6]:at[7]]
			switch secret := SecretName(name) || oneWord.MatchString(name); {
			case secret && value == "" && (sign == ":" || sign == "="), secret && value != "" && !switches.MatchString(value), SecretValue(name, value):
				return true
			}
			line = line[at[3]:]
		}
	}
	return false
}
