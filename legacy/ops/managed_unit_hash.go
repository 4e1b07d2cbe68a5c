package ops

import (
	"cmp"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// fromUnit leads from the settings of a unit's section to the attributes of a resource that starts something.
var fromUnit = map[string]string{"ExecStart": "exec_start", "Environment": "environment", "WorkingDirectory": "working_directory", "Type": "type"}

// asUnit gives a resource that writes a unit out of a hash (service_entry of systemd::manage_unit, content of Chef's systemd_unit)
// the settings of one that is given them itself.
func (m *managed) asUnit() *managed {
	entries := m.section("Service")
	if entries.kind != valueHash || m.attr("exec_start").kind != valueUndef {
		return m
	}
	one := *m
	one.title = strings.TrimSuffix(m.title, ".service")
	one.attrs = m.attrs.clone()
	for key, name := range fromUnit {
		if v, ok := entries.hash[key]; ok {
			one.attrs.put(name, v)
		}
	}
	if starts := one.attrs.of("exec_start").items(); len(starts) > 0 {
		one.attrs.put("exec_start", starts[len(starts)-1]) // an empty one before it takes back what another file says
	}
	return &one
}

// section is a section of the unit that a resource writes out of a hash.
func (m *managed) section(name string) managedValue {
	if v := m.attrs.of(strings.ToLower(name) + "_entry"); v.kind == valueHash {
		return v
	}
	return m.attrs.of("content").hash[name]
}

// leaveUnit notes the settings of a unit out of a hash that nothing takes over.
func (g *meaning) leaveUnit(m *managed) {
	entries := m.section("Service")
	if g.environment != "" {
		return
	}
	for _, key := range entries.keys {
		if _, taken := fromUnit[key]; taken && (key != "ExecStart" || len(entries.hash[key].texts()) < 2) || entries.hash[key].kind == valueUndef {
			continue
		}
		group, job := unitLeft, service.Job("")
		if unitKept.MatchString(key) && g.startedAt(m.title).text == "" {
			group, job = unitPlatform, service.JobProcesses
		}
		file, line := m.place(entries.hash[key])
		g.keep(m, job, group, settingOf(m.title, job, key), file, line)
	}
}

// timers remembers when the timers among the resources start what has their name.
func (g *meaning) timers(all []*managed) {
	g.calendar = map[string]managedValue{}
	for _, m := range all {
		when := m.attr("on_calendar", "on_unit_active_sec", "on_unit_inactive_sec")
		for _, key := range []string{"OnCalendar", "OnUnitActiveSec", "OnUnitInactiveSec"} {
			if v, ok := m.section("Timer").hash[key]; ok && when.kind == valueUndef {
				when = v
			}
		}
		if items := when.items(); len(items) > 0 {
			when = items[0]
		}
		if (strings.Contains(m.kind, "timer") || strings.HasSuffix(m.title, ".timer")) && when.known() {
			g.calendar[strings.TrimSuffix(m.title, ".timer")] = when
		}
	}
}

// timerCron is the schedule of a timer's value, a time or a span of time.
func timerCron(when managedValue) string {
	return cmp.Or(calendarCron(when.plain()), everyCron(when.plain()))
}
