package generators

import (
	"fmt"

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
		was := fmt.Sprintf("%s: ", job)
		for i, item := range list {
			if i == inReadme {
				was += fmt.Sprintf(" and %d more", len(list)-i)
				break
			}
			if i > 0 {
				was += ", "
			}
			was += markdownText(item)
		}
		t = append(t, []string{was, doneBy[job]})
	}
	return t.String()
}

// doneBy says of each job which of the generated files has it now.
var doneBy = map[service.Job]string{
	service.JobAccounts:    "the pod's own user (`securityContext`); nobody logs in but with `kubectl`",
	service.JobCode:        "the image, which holds the code with what it lists; its tag comes from git",
	service.JobPackages:    "the image that `Dockerfile` begins with; what only the machine itself worked with is not needed",
	service.JobDirectories: "the image, and volumes of the pod",
	service.JobProcesses:   "the Deployment, which starts a process that ends again, and all anew when the image or their configuration changes",
	service.JobLogs:        "the cluster, which collects standard output and keeps it in bounds; the service has to log there",
	service.JobGateway:     "the gateway that the routes attach to",
}
