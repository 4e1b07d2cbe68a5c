package ops

import (
	"fmt"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	nagiosMacro = scan.MustCompile(`\$([A-Z_a-z0-9]+)\$`)
	nrpeCall    = scan.MustCompile(`(?:^|\s)(?:-c|--command)[ =]?\s*"?([\w.-]+)`)
)

// commandLine fills check_command (name!arg!arg) into the line of its definition, through NRPE where the plugin runs on
// the host itself. why says what is missing.
func (n *nagios) commandLine(command string, o nagiosObject, depth int) (line, why string) {
	parts := strings.Split(strings.ReplaceAll(command, `\!`, "\x00"), "!")
	for i := range parts {
		parts[i] = strings.ReplaceAll(strings.TrimSpace(parts[i]), "\x00", "!")
	}
	definition, known := n.commands[parts[0]]
	line = definition.get("command_line")
	if !known { // the plugins of the Debian packages define commands of their own name
		line = parts[0]
		for i := range parts[1:] {
			line += fmt.Sprintf(" $ARG%d$", i+1)
		}
	}
	line = n.macros(line, parts[1:], o)
	if !strings.Contains(line, "check_nrpe") && !strings.Contains(line, "check_by_ssh") {
		return line, ""
	}
	m := nrpeCall.FindStringSubmatch(line)
	name := ""
	switch {
	case m != nil:
		name = m[1]
	case len(parts) > 1:
		name = strings.Fields(parts[1] + " ")[0]
	}
	if strings.Contains(line, "check_by_ssh") {
		if _, remote, ok := strings.Cut(line, "-C "); ok {
			return strings.Trim(remote, `"' `), ""
		}
	}
	remote, known := n.nrpe[name]
	n.used[name] = true
	if !known || depth > 3 {
		if strings.HasPrefix(name, "check_") && elsewhereReasons[name] != "" {
			return name, ""
		}
		return "", "it ran on the host through NRPE as " + name + ", whose command is not here: look into nrpe.cfg there"
	}
	return n.macros(remote.line, parts[2:], o), ""
}

// macros fills in the arguments and what is known of the host. What stays is a name between dollars.
func (n *nagios) macros(line string, args []string, o nagiosObject) string {
	host := n.inherited(n.hosts[strings.TrimSpace(strings.Split(o.get("host_name"), ",")[0])], 0)
	return nagiosMacro.ReplaceAllStringFunc(line, func(macro string) string {
		name := strings.Trim(macro, "$")
		switch {
		case strings.HasPrefix(name, "ARG"):
			var i int
			if _, err := fmt.Sscanf(name, "ARG%d", &i); err == nil && i >= 1 && i <= len(args) {
				return args[i-1]
			}
			return ""
		case strings.HasPrefix(name, "USER"):
			return "/usr/lib/nagios/plugins"
		case strings.HasPrefix(name, "_HOST"):
			return host.get("_" + strings.TrimPrefix(name, "_HOST"))
		case strings.HasPrefix(name, "_SERVICE"):
			return o.get("_" + strings.TrimPrefix(name, "_SERVICE"))
		}
		return macro
	})
}

// splitWords parts a command line into its words. What a shell would work out stays as it is written.
func splitWords(line string) []string {
	const dollar = "\uE000" // within quotes and without, a macro is no variable of a shell
	argv, _ := command(strings.NewReplacer("$", dollar, "`", "'").Replace(line))
	if len(argv) == 0 || isShell(argv) {
		return strings.Fields(line)
	}
	var words []string
	for _, word := range argv {
		if word != "" { // an argument that the check doesn't give
			words = append(words, strings.ReplaceAll(word, dollar, "$"))
		}
	}
	return words
}
