package host

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// unitDirs are where systemd looks for units; what stands first wins.
var unitDirs = []string{"/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"}

// units reads the services and timers. The text of those that packages of the operating system bring is left out.
func (r *root) units(o *owners, running []Process) []Unit {
	enabled := r.enabledUnits()
	inUse := map[string]bool{}
	for _, p := range running {
		inUse[p.Unit] = true
	}
	found := map[string]Unit{}
	for _, dir := range unitDirs {
		for _, name := range r.list(dir) {
			if _, known := found[name]; known || !strings.HasSuffix(name, ".service") && !strings.HasSuffix(name, ".timer") {
				continue
			}
			file := path.Join(dir, name)
			real := r.real(file)
			if real == "/dev/null" {
				found[name] = Unit{} // masked: never starts
				continue
			}
			u := Unit{Name: name, Path: file, Enabled: enabled[name], Package: o.of(real)}
			if u.Package == "" && strings.HasPrefix(real, "/usr/lib/systemd") && len(o.versions) == 0 {
				u.Package = "unknown"
			}
			if u.Package == "" || inUse[name] && !systemPriority(o.priority[u.Package]) || strings.HasPrefix(dir, "/etc") && u.Package == "" {
				u.Text = r.unitText(file, name)
			}
			found[name] = u
		}
	}
	var list []Unit
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if u := found[name]; u.Name != "" && (u.Text != nil || u.Enabled) {
			list = append(list, u)
		}
	}
	return list
}

// enabledUnits are those that a link in a .wants or .requires directory starts, and instances of templates by their own name.
func (r *root) enabledUnits() map[string]bool {
	enabled := map[string]bool{}
	for _, dir := range unitDirs {
		for _, sub := range r.list(dir) {
			if !strings.HasSuffix(sub, ".wants") && !strings.HasSuffix(sub, ".requires") {
				continue
			}
			for _, name := range r.list(path.Join(dir, sub)) {
				enabled[name] = true
				if at := strings.IndexByte(name, '@'); at >= 0 {
					enabled[name[:at+1]+path.Ext(name)] = true
				}
			}
		}
	}
	return enabled
}

// unitText is a unit with its drop-ins behind it, as systemd puts them together.
func (r *root) unitText(file, name string) []string {
	text, err := r.text(file)
	r.miss(file, err)
	lines := maskUnit(text)
	for _, dir := range unitDirs {
		drop := path.Join(dir, name+".d")
		for _, conf := range r.list(drop) {
			if strings.HasSuffix(conf, ".conf") {
				text, err := r.text(path.Join(drop, conf))
				r.miss(path.Join(drop, conf), err)
				lines = append(lines, maskUnit(text)...)
			}
		}
	}
	return lines
}

// maskUnit hides the secrets of a unit and leaves out its comments.
func maskUnit(text string) []string {
	var lines []string
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "?"), "\\\n", " ")
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || comment.MatchString(line) {
			continue
		}
		if key, value, ok := strings.Cut(line, "="); ok && (key == "Environment" || key == "SetCredential" || key == "PassEnvironment") {
			lines = append(lines, key+"="+maskEnvironment(value))
			continue
		}
		lines = append(lines, maskAfterKey(line))
	}
	return lines
}

func maskAfterKey(line string) string {
	if key, value, ok := strings.Cut(line, "="); ok && !secretName(key) {
		return key + "=" + maskShell(value)
	}
	return maskShell(line)
}

// maskEnvironment hides the values of Environment="A=b c" D=e that may be secret.
func maskEnvironment(text string) string {
	var words []string
	for _, p := range parts(text) {
		if p.word == "" {
			continue
		}
		_, body := quoted(p.word)
		name, value, ok := strings.Cut(body, "=")
		switch {
		case !ok:
			name = body
		case plainValue(name, strings.Trim(value, `"'`)) != nil:
			name = body
		default:
			name += "=" + masked
		}
		if strings.ContainsAny(name, " \t") {
			name = `"` + name + `"`
		}
		words = append(words, name)
	}
	return strings.Join(words, " ")
}

// scripts are SysV init scripts that a run level starts, and jobs of Upstart.
func (r *root) scripts(o *owners) []Script {
	enabled := map[string]bool{}
	for _, level := range []string{"/etc/rc2.d", "/etc/rc3.d", "/etc/rc5.d", "/etc/rc.d/rc3.d", "/etc/rc.d/rc5.d"} {
		for _, link := range r.list(level) {
			if len(link) > 3 && link[0] == 'S' {
				enabled[link[3:]] = true
			}
		}
	}
	var list []Script
	seen := map[string]bool{}
	add := func(name, file string, on bool) {
		if owner := o.of(file); !seen[name] && !systemPriority(o.priority[owner]) {
			seen[name] = true
			list = append(list, Script{name, file, on, owner})
		}
	}
	for _, dir := range []string{"/etc/init.d", "/etc/rc.d/init.d"} {
		for _, name := range r.list(dir) {
			if name != "README" && name != "functions" && name != "skeleton" && !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "rc") {
				add(name, path.Join(dir, name), enabled[name])
			}
		}
	}
	for _, name := range r.list("/etc/init") {
		if short, ok := strings.CutSuffix(name, ".conf"); ok {
			add(short, "/etc/init/"+name, true)
		}
	}
	return list
}

// systemPriority says that packages of this priority are the operating system.
func systemPriority(priority string) bool {
	return priority == "required" || priority == "important" || priority == "standard"
}
