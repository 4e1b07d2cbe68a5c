package ops

import (
	"cmp"
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	templateTag   = scan.MustCompile(`(?s)<%(.*?)%>`)
	templateValue = scan.MustCompile(`^=\s*(?:@|\$(?:::)?|scope\[['"](?:::)?|scope\.lookupvar\(['"](?:::)?)?(\w+(?:::\w+)*)['"]?[\])]?(?:\.to_s)?\s*-?$`)
	chefValue     = scan.MustCompile(`^=\s*(node(?:\.\w+)?(?:\[:?['"]?[\w-]+['"]?\])+)\s*-?$`)
)

// filledTemplate fills an ERB or EPP template as far as its values are known. Branches are not followed: all that could be
// written is. Each line stays where it was.
func filledTemplate(text string, value func(name string) managedValue) string {
	return templateTag.ReplaceAllStringFunc(text, func(tag string) string {
		inner := strings.TrimSuffix(strings.TrimPrefix(tag, "<%"), "%>")
		lines := strings.Repeat("\n", strings.Count(tag, "\n"))
		if !strings.HasPrefix(inner, "=") {
			return lines
		}
		name := templateName(inner)
		if value == nil {
			return "${value}" + lines
		}
		v := guard(name, value(cmp.Or(name, templateExpression(inner))))
		switch {
		case v.kind == valueText || v.kind == valueSwitch:
			return v.text + lines
		case name == "":
			return "${value}" + lines
		}
		return "${" + placeholderName(name) + "}" + lines
	})
}

// templateName is what a tag that begins with = writes, "" where that is more than one value.
func templateName(inner string) string {
	inner = "=" + strings.TrimSpace(strings.Trim(inner[1:], "-"))
	for _, form := range []*scan.Pattern{templateValue, chefValue} {
		if m := form.FindStringSubmatch(inner); m != nil {
			return m[1]
		}
	}
	return ""
}

// templateExpression is what a tag that begins with = works out.
func templateExpression(inner string) string {
	return strings.TrimSpace(strings.TrimRight(strings.TrimPrefix(inner, "="), "-"))
}

// onlyThere gives the lines of a template with a value that holds in one environment alone, and which that is.
func (g *meaning) onlyThere(v managedValue) map[int]string {
	if len(v.template) != 1 || v.scope == nil || g.environment == "" {
		return nil
	}
	data, err := g.t.Read(v.template[0])
	if err != nil {
		return nil
	}
	lines := map[int]string{}
	for _, tag := range scan.Find(string(data), templateTag) {
		if !strings.HasPrefix(tag.Groups[1], "=") {
			continue
		}
		if name := templateName(tag.Groups[1]); name != "" {
			if e := v.scope(name).environment; e != "" {
				lines[tag.Line] = e
			}
		}
	}
	return lines
}

// quietly runs a reader of scripts whose complaints would be about a text that nobody wrote like this.
func quietly() *scan.Report { return &scan.Report{Reader: "puppet"} }

// initJob reads a job of Upstart.
func (g *meaning) initJob(m *managed, text, file, where string) bool {
	s := readUpstart(g.t, m.file, text, quietly())
	if s == nil {
		return false
	}
	return g.started(m, shellLine(s.script.argv), file, s.script.line, startedUnit{name: strings.TrimSuffix(path.Base(where), ".conf")})
}

// written is a piece of a file's text: on its line of the template, or where the resource gives the whole text.
func (m *managed) written(text, file string, line int) managedValue {
	switch {
	case file == "":
		file, line = m.file, m.line
	case line > 0 && line <= len(m.lines):
		line = m.lines[line-1]
	}
	v := textValue(text, file, line)
	v.open = strings.Contains(text, "${") || strings.Contains(text, "$(")
	return partlyKnown(v)
}

// shellLine writes words as one line again.
func shellLine(argv []string) string {
	if isShell(argv) {
		return strings.TrimPrefix(argv[2], "exec ")
	}
	return strings.Join(argv, " ")
}

// startedUnit is what a file starts: by its name, and at set times where it has a schedule.
type startedUnit struct{ name, schedule string }

// started claims the command of a file that starts a process.
func (g *meaning) started(m *managed, line, file string, at int, unit startedUnit) bool {
	run := m.written(line, file, at)
	program, _, _ := strings.Cut(line, " ")
	if g.scripts[program] {
		return true // what it runs is said where the script is
	}
	if kind := storeDaemon[path.Base(program)]; kind != "" {
		return g.storeOfItsOwn(m, run, kind)
	}
	argv := g.commandLine(run, m)
	if argv == nil && g.runsScript(m, m.finding(), unit.name, unit.schedule, run, g.scriptIn(run.text)) {
		return true
	}
	if argv == nil || forDevelopment(argv) {
		return false
	}
	f := m.finding()
	f.About = append([]string{unit.name}, f.About...)
	f.Process = g.processName(&managed{title: unit.name}, run, textValue(unit.schedule, "", 0))
	f.Service = service.Service{Command: argv, Schedule: unit.schedule}
	g.claim(m, f, run, "command "+unit.name, rankOf(argv), "for "+titleForNote(m))
	if port, _ := portOf(argv, nil); port > 0 {
		f.Service = service.Service{Port: port}
		g.claim(m, f, run, "port", scan.Declared, "for "+titleForNote(m))
	}
	return true
}

var (
	superCommand = scan.MustCompile(`(?m)^command\s*=\s*(.+)$`)
	superSetting = scan.MustCompile(`(?m)^environment\s*=\s*(.+(?:\n[ \t]+.+)*)$`)
	superName    = scan.MustCompile(`(?m)^\[program:([^\]]+)\]`)
	settingLine  = scan.MustCompile(`(?m)^[ \t]*(?:(?:export[ \t]+)?([A-Za-z_]\w*)=|ENV\[["']([A-Za-z_]\w*)["']\][ \t]*(?:\|\|)?=[ \t]*)(.*)$`)
)

var execLine = scan.MustCompile(`(?m)^[ \t]*exec[ \t]+((?:[^\n\\]|\\\n|\\.)+)$`)

// runScript reads the script by which runit starts a service.
func (g *meaning) runScript(m *managed, text, file string) bool {
	lines := scan.Find(text, execLine)
	if len(lines) == 0 {
		return false
	}
	last := lines[len(lines)-1]
	return g.started(m, strings.ReplaceAll(last.Groups[1], "\\\n", " "), file, last.Line, startedUnit{name: m.title})
}

// supervised reads a program of Supervisor.
func (g *meaning) supervised(m *managed, text, file string) bool {
	names, commands := scan.Find(text, superName), scan.Find(text, superCommand)
	if len(names) != 1 || len(commands) != 1 {
		return false
	}
	g.unitRest(m, text, file, iniStyle{indented: true, inline: true}, false)
	for _, s := range scan.Find(text, superSetting) {
		g.environmentOf(m, m.written(s.Groups[1], file, s.Line), m.finding())
	}
	return g.started(m, strings.TrimSpace(commands[0].Groups[1]), file, commands[0].Line, startedUnit{name: names[0].Groups[1]})
}

// settingsFile reads NAME=value lines. from is the value that the text was made of.
func (g *meaning) settingsFile(m *managed, text, file string, from managedValue) bool {
	took := false
	only := g.onlyThere(from)
	for _, s := range scan.Find(text, settingLine) {
		v := m.written(strings.Trim(strings.TrimSpace(s.Groups[3]), `"'`), file, s.Line)
		v.environment, v.secret = only[s.Line], v.secret || secretOpen(v.text, from)
		if s.Groups[2] != "" {
			v = inRuby(v, s.Groups[3])
		}
		if name := s.Groups[1] + s.Groups[2]; service.VariableName(name) {
			g.setting(m, m.finding(), name, v)
			took = true
		}
	}
	return took
}

// rubyText is a text of Ruby's that stands for itself, with nothing but a comment behind it.
var rubyText = scan.MustCompile(`^[ \t]*(?:'([^'\\]*)'|"([^"\\]*)")(?:\.freeze)?[ \t\r]*(?:#.*)?$`)

// inRuby is a value that Ruby works out of an expression: known only where that is one text.
func inRuby(v managedValue, expression string) managedValue {
	m := rubyText.FindStringSubmatch(expression)
	if m == nil || strings.Contains(m[2], "#{") {
		v.text, v.open = "${value}", true
		return v
	}
	v.text = m[1] + m[2]
	return v
}

var (
	scriptExec = scan.MustCompile(`(?m)^[ \t]*exec[ \t]+([^\s<>&0-9-].*(?:\\\n.*)*)$`)
	exportLine = scan.MustCompile(`(?m)^[ \t]*export[ \t]+([A-Za-z_]\w*)=(.*)$`)
)

// startScript reads a script that becomes the process itself: exec in one place, with the variables that it exports.
func (g *meaning) startScript(m *managed, text, file, where string) bool {
	lines := scan.Find(text, scriptExec)
	if len(lines) != 1 {
		return false
	}
	for _, s := range scan.Find(text, exportLine) {
		g.setting(m, m.finding(), s.Groups[1], m.written(strings.Trim(strings.TrimSpace(s.Groups[2]), `"'`), file, s.Line))
	}
	is := g.started(m, strings.TrimSpace(lines[0].Groups[1]), file, lines[0].Line, startedUnit{name: strings.TrimSuffix(path.Base(where), ".sh")})
	g.scripts[where] = g.scripts[where] || is
	return is
}
