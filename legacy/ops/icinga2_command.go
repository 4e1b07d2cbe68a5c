package ops

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// icingaCommand is a command of the team's own: the words that it starts a plugin by, and the options that it adds to them.
type icingaCommand struct {
	words   []string
	options [][2]string
	unread  bool // it adds options in a way that is not understood
}

var (
	icingaObject   = scan.MustCompile(`(?s)\bobject\s+CheckCommand\s+"([^"]+)"\s*\{[^{}]*?\bcommand\s*=\s*(?:\[([^\]]*)\]|([^\n]*))`)
	icingaText     = scan.MustCompile(`(\+\s*)?"((?:[^"\\]|\\.)*)"`)
	icingaNext     = scan.MustCompile(`(?m)^\s*(?:object|apply|template)\s`)
	icingaAdds     = scan.MustCompile(`(?m)^\s*arguments\s*(\+?=)`)
	icingaBlock    = scan.MustCompile(`(?s)^\+?=\s*\{(.*?)\}`)
	icingaPair     = scan.MustCompile(`^\s*"(-[\w-]+)"\s*=\s*(?:"([^"\\]*)"|(\d+))[ \t]*(?://[^\n]*)?(?:[,;\n]|$)`)
	icingaRemark   = scan.MustCompile(`(?m)^\s*(?://|#).*$`)
	icingaVariable = scan.MustCompile(`\$(?:service\.)?(?:vars\.)?(\w+)\$`)
)

// maxIcingaCommands bounds how many commands one file may define, and how many words and options one of them may have.
const maxIcingaCommands = 500

// icingaCommands are the commands that a text defines, by name.
func icingaCommands(text string) map[string]icingaCommand {
	all := map[string]icingaCommand{}
	found := icingaObject.FindAllStringSubmatchIndex(text, maxIcingaCommands)
	for i, at := range found {
		list, end := "", len(text)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		if at[4] >= 0 {
			list = text[at[4]:at[5]]
		}
		own := icingaCommand{words: icingaWords(list)}
		own.adds(icingaUntilNext(text[at[1]:end]))
		all[text[at[2]:at[3]]] = own
	}
	return all
}

// icingaUntilNext is the text in front of the next object.
func icingaUntilNext(text string) string {
	if at := icingaNext.FindStringIndex(text); at != nil {
		return text[:at[0]]
	}
	return text
}

// icingaWords are the texts of a list; those of a sum, as PluginDir + "/check_http", are one word without the slash.
func icingaWords(list string) []string {
	var words []string
	for _, m := range icingaText.FindAllStringSubmatch(list, maxIcingaCommands) {
		if m[1] != "" {
			m[2] = strings.TrimPrefix(m[2], "/")
		}
		words = append(words, m[2])
	}
	return words
}

// adds reads the options of a command as far as each is one value: what depends on conditions is not understood.
func (c *icingaCommand) adds(text string) {
	text = icingaRemark.ReplaceAllString(text, "")
	at := icingaAdds.FindStringSubmatchIndex(text)
	if at == nil {
		return
	}
	c.unread = true
	block := icingaBlock.FindStringSubmatch(text[at[2]:])
	if block == nil {
		return
	}
	var options [][2]string
	rest := strings.TrimSpace(block[1])
	for rest != "" && len(options) < maxIcingaCommands {
		m := icingaPair.FindStringSubmatch(rest)
		if m == nil {
			return
		}
		options = append(options, [2]string{m[1], m[2] + m[3]})
		rest = strings.TrimSpace(rest[len(m[0]):])
	}
	c.options, c.unread = options, rest != ""
}

// filled is the command with what the service says of its variables, and what of it is not known. Icinga leaves out an
// option whose value nobody gives.
func (c icingaCommand) filled(vars map[string]string) (argv, unknown []string) {
	for _, word := range c.words {
		argv = append(argv, icingaFilled(word, vars))
	}
	for _, o := range c.options {
		value := icingaFilled(o[1], vars)
		switch open := icingaMacro.MatchString(value); {
		case !open:
			argv = append(argv, o[0], value)
		case !icingaAddress.MatchString(value):
			unknown = append(unknown, o[0])
		}
	}
	if c.unread {
		unknown = append(unknown, "arguments")
	}
	return argv, unknown
}

var (
	icingaMacro   = scan.MustCompile(`\$[\w.]+\$`)
	icingaAddress = scan.MustCompile(`^\$(?:host\.)?(?:address6?|name|check_address)\$$`)
)

// icingaFilled is a word of a command with what the service says of its variables. What nobody may see stays with whoever
// runs the check.
func icingaFilled(word string, vars map[string]string) string {
	return icingaVariable.ReplaceAllStringFunc(word, func(at string) string {
		name := icingaVariable.FindStringSubmatch(at)[1]
		value, known := vars[name]
		switch {
		case scan.SecretName(name) || known && secretSetting(name, value):
			return "${CHECK_" + strings.ToUpper(name) + "}"
		case known:
			return value
		}
		return at
	})
}
