package ops

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// What notes say of settings of a unit or a program that have no place in the model.
const (
	unitPlatform = "settings of the unit that the Deployment, its pod and the image have their own of"
	unitLeft     = "settings of the unit that are not taken over"
	imagesOwn    = "variables that the image has its own of"
)

var (
	// unitTaken are settings of systemd and Supervisor that are read.
	unitTaken = scan.MustCompile(`^(Exec(Start|StartPre)|Environment(File)?|StateDirectory|ReadWrite(Paths|Directories)|command|environment|numprocs|stopsignal)$`)
	// unitKept are settings of what keeps a process running, as what and within which bounds.
	unitKept = scan.MustCompile(`^(User|Group|WorkingDirectory|DynamicUser|PIDFile|GuessMainPID|Restart\w*|StartLimit\w*|SuccessExitStatus|KillMode|SendSIGKILL|TimeoutStartSec|Syslog\w*|Standard(Output|Error)|LogLevelMax|ExecReload|` +
		`(Runtime|Cache|Configuration)Directory\w*|Protect\w*|Private\w*|Restrict\w*|NoNewPrivileges|SystemCall\w*|LockPersonality|MemoryDenyWriteExecute|RemoveIPC|(ReadOnly|Inaccessible)(Paths|Directories)|PermissionsStartOnly|` +
		`user|directory|autostart|autorestart|startsecs|startretries|exitcodes|priority|process_name|redirect_stderr|std(out|err)_\w+|stopasgroup|killasgroup)$`)
)

// staysType are types of units that are processes as the Deployment keeps them: one that ends is none, nor one that goes to the
// background.
var staysType = scan.MustCompile(`^(simple|exec|notify|notify-reload|idle)$`)

// endsItself is what is said of the settings of units that are run and end: no Deployment has those.
func endsItself(say func(group string, job service.Job, key string, line int)) func(group string, job service.Job, key string, line int) {
	return func(_ string, _ service.Job, key string, line int) { say(unitLeft, "", key, line) }
}

// unitRest sorts the settings of a unit or a program that nothing takes over: say is called for each.
func unitRest(entries []iniEntry, say func(group string, job service.Job, key string, line int)) {
	for _, e := range entries {
		switch _, remarked := unitRemarks[e.key]; {
		case e.section != "Service" && !strings.HasPrefix(e.section, "program:") || unitTaken.MatchString(e.key) || remarked:
		case unitKept.MatchString(e.key), e.key == "Type" && staysType.MatchString(e.value):
			say(unitPlatform, service.JobProcesses, e.key, e.line)
		default:
			say(unitLeft, "", e.key, e.line)
		}
	}
}

// settingOf names a setting of a unit; one that is done elsewhere from now on stands among those of others, and behind its unit.
func settingOf(unit string, job service.Job, key string) string {
	if job == "" {
		return key
	}
	return unitFile(unit) + " " + key
}
