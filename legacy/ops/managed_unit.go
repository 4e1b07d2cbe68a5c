package ops

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	execStart   = scan.MustCompile(`(?m)^ExecStart\s*=[-@+!:]*(.*(?:\\\n.*)*)$`)
	unitSetting = scan.MustCompile(`(?m)^Environment\s*=(.*)$`)
	unitOnce    = scan.MustCompile(`(?m)^Type\s*=\s*oneshot\s*$`)
)

// unit reads a systemd unit that operations write: once, or for each of the instances that are started of it.
func (g *meaning) unit(m *managed, text, file, where string) bool {
	name := strings.TrimSuffix(path.Base(where), ".service")
	m = m.runningIn(text)
	if user := unitUser.FindStringSubmatch(text); user != nil {
		g.runsAs[user[1]] = append(g.runsAs[user[1]], append([]string{name}, m.about()...)...)
	}
	g.unitRest(m, text, file, iniStyle{backslash: true}, unitOnce.MatchString(text) || g.startedAt(name).text != "" || g.timerBeside(file, name) != "")
	instances := g.instances[strings.TrimSuffix(name, "@")]
	if !strings.HasSuffix(name, "@") || numbered(instances) {
		return g.unitOf(m, text, file, startedUnit{name: strings.TrimSuffix(name, "@")})
	}
	took := false
	for _, instance := range instances {
		took = g.unitOf(m, ofInstance(text, instance), file, startedUnit{name: name + instance}) || took
	}
	return took
}

// runningIn is a unit that is about the code in the directory that it runs in, too: sidekiq.service names no service.
func (m *managed) runningIn(text string) *managed {
	dirs := unitDirectory.FindStringSubmatch(text)
	if dirs == nil {
		return m
	}
	one := *m // the resource itself stays as it was declared
	one.lent = append(slices.Clip(m.lent), placesIn(dirs[1])...)
	return &one
}

var unitUser = scan.MustCompile(`(?m)^User\s*=\s*([\w.-]+)$`)

var unitDirectory = scan.MustCompile(`(?m)^WorkingDirectory\s*=\s*-?(/\S+)$`)

// unitOf reads what one instance of a unit starts, with what it is given. One that runs once is a job where a timer starts it.
func (g *meaning) unitOf(m *managed, text, file string, unit startedUnit) bool {
	starts := scan.Find(text, execStart)
	if unit.schedule = g.timerBeside(file, unit.name); unit.schedule == "" && len(starts) > 0 && unitOnce.MatchString(text) {
		at := m.written("", file, starts[0].Line)
		g.note(m, runsOnce, unit.name, at.file, at.line)
		return true
	}
	if len(starts) != 1 && unit.schedule == "" {
		return false
	}
	f := m.finding()
	if strings.Contains(unit.name, "@") {
		f.Process = jobName(unit.name)
	}
	for _, s := range scan.Find(text, unitSetting) {
		g.environmentOf(m, m.written(strings.Trim(s.Groups[1], `"`), file, s.Line), f)
	}
	took := false
	for i, s := range starts[:min(len(starts), maxUnitStarts)] {
		one := unit
		if i > 0 {
			one.name += "-" + strconv.Itoa(i+1)
		}
		took = g.started(m, strings.TrimSpace(s.Groups[1]), file, s.Line, one) || took
	}
	return took
}

// runsOnce is what is said of units that run once where no timer starts them.
const runsOnce = "units that run once, when something asks for it: make them a release step or a schedule in migrate.yaml if the service needs them"

// maxUnitStarts bounds how many commands of one unit are jobs of their own.
const maxUnitStarts = 5

// timerBeside is the schedule of the timer of a unit: of one that is a resource, or of a file that lies beside the unit's.
func (g *meaning) timerBeside(file, name string) string {
	if when := g.startedAt(name); when.text != "" {
		return timerCron(when)
	}
	at := strings.LastIndex(path.Base(file), ".service")
	if at < 0 {
		return ""
	}
	data, err := g.t.Read(path.Join(path.Dir(file), path.Base(file)[:at]+".timer"+path.Base(file)[at+len(".service"):]))
	if err != nil {
		return ""
	}
	for _, e := range parseINI(string(data), iniStyle{}) {
		switch schedule := ""; {
		case e.section != "Timer":
		case e.key == "OnCalendar":
			schedule = calendarCron(e.value)
			fallthrough
		case e.key == "OnUnitActiveSec" || e.key == "OnUnitInactiveSec":
			if schedule = cmp.Or(schedule, everyCron(e.value)); schedule != "" {
				return schedule
			}
		}
	}
	return ""
}

// instanceName is the name of an instance of a unit: jobs@mail of jobs@.service, which may be started by jobs@mail.timer.
var instanceName = scan.MustCompile(`^([\w.-]+)@([\w.-]+?)(\.service|\.timer)?$`)

// startedInstances remembers which instances of units the resources start.
func (g *meaning) startedInstances(all []*managed) {
	g.instances = map[string][]string{}
	for _, m := range all {
		parts := instanceName.FindStringSubmatch(m.attr("name").plain())
		if parts == nil {
			parts = instanceName.FindStringSubmatch(m.title)
		}
		if parts == nil || m.off || !serviceKind.MatchString(m.kind) || stopped(m) || len(g.instances[parts[1]]) >= maxInstances || slices.Contains(g.instances[parts[1]], parts[2]) {
			continue
		}
		g.instances[parts[1]] = append(g.instances[parts[1]], parts[2])
	}
}

// maxInstances bounds how many instances of one unit are processes of their own.
const maxInstances = 20

var serviceKind = scan.MustCompile(`(^|:)(service|systemd|systemd_service|systemd_unit|systemd_unit_enabled)$`)

// stopped says whether a resource keeps what it names from running.
func stopped(m *managed) bool {
	for _, name := range []string{"ensure", "state", "action", "enable", "enabled"} {
		for _, word := range m.attrs.of(name).texts() {
			switch word {
			case "stopped", "stop", "disable", "disabled", "mask", "masked", "absent", "false":
				return true
			}
		}
	}
	return false
}

// numbered says whether instances are told apart by numbers: they do the same, there are only several of them.
func numbered(instances []string) bool {
	return !slices.ContainsFunc(instances, func(name string) bool {
		_, err := strconv.Atoi(name)
		return err != nil
	})
}

// ofInstance fills in the name of an instance.
func ofInstance(text, instance string) string {
	return strings.NewReplacer("%i", instance, "%I", instance).Replace(text)
}

// instancesOf are a process for each of the instances that are started of it; none where it is no template of a unit.
func (g *meaning) instancesOf(m *managed) []*managed {
	name := strings.TrimSuffix(m.title, ".service")
	instances := g.instances[strings.TrimSuffix(name, "@")]
	if !strings.HasSuffix(name, "@") || numbered(instances) {
		return nil
	}
	var all []*managed
	for _, instance := range instances {
		one := *m
		one.title = name + instance
		one.attrs = m.attrs.clone()
		for i := range one.attrs.list {
			one.attrs.list[i].value = one.attrs.list[i].value.filledWith(instance, 0)
		}
		all = append(all, &one)
	}
	return all
}

// filledWith is a value with the name of an instance in all of its texts.
func (v managedValue) filledWith(instance string, depth int) managedValue {
	if v.kind == valueText {
		v.text = ofInstance(v.text, instance)
	}
	if depth > 4 {
		return v
	}
	return v.each(func(_ string, item managedValue) managedValue { return item.filledWith(instance, depth+1) })
}

// unitRest notes the settings of a unit or a program that nothing takes over; those with a remark of their own with that.
func (g *meaning) unitRest(m *managed, text, file string, style iniStyle, ends bool) {
	entries := parseINI(text, style)
	say := func(group string, job service.Job, key string, line int) {
		at := m.written("", file, line)
		g.keep(m, job, group, settingOf(m.title, job, key), at.file, at.line)
	}
	if ends {
		say = endsItself(say)
	}
	unitRest(entries, say)
	for _, e := range entries {
		if says := unitRemarks[e.key]; says != "" && e.section == "Service" && g.environment == "" {
			at := m.written(e.value, file, e.line)
			g.r.NoteAbout(m.about(), at.file, at.line, says, at.text)
		}
	}
}
