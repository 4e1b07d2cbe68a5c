package ops

import (
	"slices"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// runsOnItsOwn are kinds of resources by which a role runs something, or brings code or a store: it is about that.
var runsOnItsOwn = scan.MustCompile(`service|systemd|supervis|docker|podman|container|git|deploy|application|cron|postgres|mysql|mongo|redis|rabbit|virtualenv|nginx|apache|include_tasks`)

// lend gives what a role does that runs nothing of its own the names of the few plays that ask for it: a share that it mounts
// is there for them.
func (run *ansibleRun) lend() {
	own := map[string]bool{}
	for _, m := range run.found {
		if role := roleAround(m); role != nil && (runsOnItsOwn.MatchString(m.kind) || startsSomething(m.fileAt()) || m.attr("command", "cmd").kind != valueUndef && m.kind != "exec") {
			own[role.title] = true
		}
	}
	for _, m := range run.found {
		role := roleAround(m)
		if role == nil || own[role.title] || besideRole.MatchString(role.title) || beside.MatchString(role.title) || layers[role.title] {
			continue
		}
		plays := run.asking[role.title]
		if len(plays) == 0 || len(plays) > maxAskers {
			continue
		}
		for _, play := range plays {
			for _, name := range play.about() {
				if !slices.Contains(m.lent, name) {
					m.lent = append(m.lent, name)
				}
			}
		}
	}
}

// roleAround is the role that a resource is a part of, where that is a thing of its own.
func roleAround(m *managed) *managed {
	for o := m; o != nil; o = o.outer {
		if o.class() && o.outer == nil && o.role {
			return o
		}
	}
	return nil
}
