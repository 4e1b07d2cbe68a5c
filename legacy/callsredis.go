package legacy

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// callsRedis says of a command that its option for a host is where it finds Redis, and not where it listens.
func callsRedis(words []string) bool {
	return slices.ContainsFunc(words[:min(len(words), 2)], func(word string) bool {
		return slices.Contains([]string{"rq", "rqscheduler", "rqworker", "rqinfo"}, path.Base(word))
	})
}

// calledByCommand lets such commands call Redis by the name of the need where they called their own machine.
func (r *resolver) calledByCommand() {
	for _, name := range r.App.ServiceNames() {
		s := r.App.Services[name]
		if !callsRedis(s.Command) {
			continue
		}
		needs := slices.DeleteFunc(slices.Clone(r.App.Effective(name).Needs), func(need string) bool { return r.App.Needs[need].Kind != "redis" })
		for i := 1; i < len(s.Command) && len(needs) == 1; i++ {
			if s.Command[i-1] != "--host" && s.Command[i-1] != "-H" || !scan.LocalHost(s.Command[i]) {
				continue
			}
			s.Command = slices.Clone(s.Command)
			s.Command[i] = needs[0]
			field := "services." + name + ".command"
			if claims := r.Claims[field]; len(claims) > 0 {
				claims[0].Value = strings.Join(s.Command, " ")
				r.note(claims[0].Evidence, field+": it finds Redis on its own machine, where a container is alone; "+needs[0]+" is put there")
			}
		}
	}
}
