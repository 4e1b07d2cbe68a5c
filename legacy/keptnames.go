package legacy

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// keeps remembers that what is called by one name today goes on under another, which the cluster knows it by.
func (r *resolver) keeps(today, name string) {
	if r.renamed == nil {
		r.renamed = map[string]string{}
	}
	r.renamed[today] = name
}

// keptName is the name that something goes on under.
func (r *resolver) keptName(today string) string {
	if name, ok := r.renamed[today]; ok {
		return name
	}
	return today
}

// callByKeptNames lets the services call each other, and what they need, by the names that stay.
func (r *resolver) callByKeptNames() {
	if len(r.renamed) == 0 {
		return
	}
	for _, name := range r.App.ServiceNames() {
		s, at := r.App.Services[name], "services."+name
		for key, value := range s.Env {
			if kept := r.callKept(key, value); kept != value {
				s.Env[key] = kept
				r.claimsKept(at+".env."+key, value, kept)
			}
		}
		words := slices.Clone(s.Command)
		for i, word := range words {
			option, before := "", ""
			if i > 0 && strings.HasPrefix(words[i-1], "-") {
				option = words[i-1]
			}
			if name, value, joined := strings.Cut(word, "="); joined && strings.HasPrefix(word, "-") {
				option, before, word = name, name+"=", value
			}
			words[i] = before + r.callKept(option, word)
		}
		if !slices.Equal(words, s.Command) {
			r.claimsKept(at+".command", strings.Join(s.Command, " "), strings.Join(words, " "))
			s.Command = words
		}
	}
}

// claimsKept puts a value with names that stay in the place of that of the evidence.
func (r *resolver) claimsKept(field, value, kept string) {
	claims := slices.Clone(r.Claims[field])
	for i := range claims {
		if claims[i].Value == value {
			claims[i].Value = kept
		}
	}
	r.Claims[field] = claims
}

var (
	hostWord     = scan.MustCompile(`[A-Za-z0-9][A-Za-z0-9_.-]*`)
	hostVariable = scan.MustCompile(`(?i)(?:host(?:name)?|server|addr(?:ess)?|endpoint|upstream|node|broker)s?$|^-[hH]$`)
	hostPair     = scan.MustCompile(`(?i)(?:host|hostname|server|source)=$`)
	portBehind   = scan.MustCompile(`^:[0-9]{2,5}(?:[^0-9A-Za-z]|$)`)
)

// callKept puts the names that stay in the place of those of today in the value of a variable, or of an option of a command.
func (r *resolver) callKept(key, value string) string {
	var b strings.Builder
	end := 0
	for _, at := range hostWord.FindAllStringIndex(value, -1) {
		if kept, ok := r.renamed[value[at[0]:at[1]]]; ok && isHost(key, value[:at[0]], value[at[1]:]) {
			b.WriteString(value[end:at[0]] + kept)
			end = at[1]
		}
	}
	return b.String() + value[end:]
}

// isHost says by what stands around it whether a word is the name of a host: in a URL, before a port, or alone in a variable
// for one.
func isHost(key, before, after string) bool {
	ends := func(with string) bool { return before == "" || strings.ContainsAny(before[len(before)-1:], with) }
	starts := func(with string) bool { return after == "" || strings.ContainsAny(after[:1], with) }
	switch {
	case strings.HasSuffix(before, "//") || strings.HasSuffix(before, "@") && strings.Contains(before, "//"):
		return starts(":/?#,;&\"' )")
	case portBehind.MatchString(after):
		return ends(" ,;=([\"'")
	case hostPair.MatchString(before):
		return starts(" ,;&\"'")
	}
	return hostVariable.MatchString(key) && ends(",") && starts(",")
}
