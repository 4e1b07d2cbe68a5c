package generators

import (
	"fmt"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
)

func TestReadmeOfOldOperations(t *testing.T) {
	app := &service.App{Version: 1, Name: "shop", Operations: &service.Operations{Accounts: []string{"shop", "a|b"}, Processes: []string{"shop", "shop.service Restart", "shop.service User", "x.service User"}}}
	for i := range inReadme + 2 {
		app.Operations.Logs = append(app.Operations.Logs, fmt.Sprintf("/var/log/%d", i))
	}
	text := readmeText(t, app)
	for _, want := range []string{`| accounts: shop, a\|b | the pod's own user`, "/var/log/11 and 2 more | the cluster", "| processes: shop, shop.service (Restart, User), x.service User |"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s\nlacks %s", text, want)
		}
	}
	if strings.Contains(text, "| gateway") {
		t.Error("says of the gateway what nothing did")
	}
	for _, job := range service.Jobs() {
		if *app.Operations.Of(job) = []string{"x"}; doneBy[job] == "" {
			t.Errorf("nothing does %s", job)
		}
	}
	if o := *app.Operations; len(o.Gateway) != 1 || len(o.Code) != 1 || len(o.Packages) != 1 || len(o.Directories) != 1 || len(o.Processes) != 1 || len(o.Accounts) != 1 {
		t.Errorf("a list belongs to no job: %+v", o)
	}
}
