package generators

import (
	"fmt"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// inReadme is how many things of one job the README names; migrate.yaml has all.
const inReadme = 12

// readmeOperations says what does from now on what the old operations did for the service besides.
func readmeOperations(app *service.App) string {
	if app.Operations == nil {
		return ""
	}
	t := markdownTable{{"old operations", "done now by"}}
	for _, job := range service.Jobs() {
		list := *app.Operations.Of(job)
		if len(list) == 0 {
			continue
		}
		list = together(list)
		was := fmt.Sprintf("%s: %s", job, markdownText(strings.Join(list[:min(len(list), inReadme)], ", ")))
		if len(list) > inReadme {
			was += fmt.Sprintf(" and %d more", len(list)-inReadme)
		}
		t = append(t, []string{was, doneBy[job]})
	}
	return t.String()
}

// together says once what several things of a sorted list begin with: shop.service (Restart, User).
func together(list []string) []string {
	var all []string
	for i := 0; i < len(list); {
		head, tail, _ := strings.Cut(list[i], " ")
		tails := []string{tail}
		for i++; tail != "" && i < len(list) && strings.HasPrefix(list[i], head+" "); i++ {
			tails = append(tails, strings.TrimPrefix(list[i], head+" "))
		}
		switch {
		case tail == "":
			all = append(all, head)
		case len(tails) == 1:
			all = append(all, head+" "+tail)
		default:
			all = append(all, head+" ("+strings.Join(tails, ", ")+")")
		}
	}
	return all
}

// doneBy says of each job which of the generated files has it now.
var doneBy = map[service.Job]string{
	service.JobAccounts:    "the pod's own user (`securityContext`); nobody logs in but with `kubectl`",
	service.JobCode:        "the image, which holds the code with what it lists; its tag comes from git",
	service.JobPackages:    "the image that the service's Dockerfile begins with; what only the machine itself worked with is not needed",
	service.JobDirectories: "the image, and volumes of the pod",
	service.JobProcesses:   "the Deployment, which starts a process that ends again, and all anew when the image or their configuration changes",
	service.JobLogs:        "the cluster, which collects standard output and keeps it in bounds; the service has to log there",
	service.JobGateway:     "the gateway that the routes attach to",
}
