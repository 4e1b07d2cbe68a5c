//go:build e2e

package cli

import (
	"strings"
	"testing"
)

// TestKubePreviews takes a service through a switch and a canary, and reads what is said.
func TestKubePreviews(t *testing.T) {
	c := newOnCluster(t, true)
	c.commit("v1")
	c.says("switch --tag v1", exitFailed, "no release of shop that was ready is remembered", "run kube apply first")
	c.says("apply --tag v1", exitDone)
	c.says("switch --tag v1", exitFailed, "Deployment web can have no switch: it runs v1 already")
	c.says("switch --back", exitDone, "staging: no switch stands")
	c.says("switch --finish", exitFailed, "no preview stands: there is nothing to finish")
	c.says("canary --tag v2 --percent 60", exitUsage, "--percent 60: from 1 to 50")
	c.says("switch --back --finish", exitUsage)
	c.says("canary --tag v2 --watch 1m --timeout 1m", exitUsage, "--watch 1m0s: from 0s to less than --timeout (1m0s)")
	c.says("canary --tag v2 --watch -1s", exitUsage, "--watch -1s")
	c.commit("v2")
	c.says("switch --tag v2 --service worker", exitFailed, "Deployment worker can have no switch: no Service that migrate applied leads to its pods")
	c.says("switch --tag bad", exitRolledBack, "ErrImageNeverPull", "rollback   the preview of web is taken away", "staging: failed: Deployment web-next; the preview was taken away again, and web runs as before")
	stands := "switch of web to v2 since "
	c.says("switch --tag v2", exitDone, "created    Deployment web-next", "ready      Deployment web-next: 2 of 2 pods ready", "staging: "+stands, ": 2 pods, which get all requests\n",
		"end it with migrate kube switch --finish --env staging, which makes v2 the release, or with migrate kube switch --back --env staging")
	c.says("status", exitDone, stands, "Deployment web     ready  2/2   registry.example.com/shop:v1")
	c.step4("staging: " + stands)
	for _, command := range []string{"apply --tag v3", "deploy --tag v3", "rollback", "scale web=3", "canary --tag v2", "canary --back"} {
		c.says(command, exitLocked, "a switch of web to v2 stands since ", "nothing was changed: end it first, with migrate kube switch --finish --env staging")
	}
	c.says("switch --back", exitDone, "rollback   all requests go to what ran before of web", "the switch of web to v2 was taken away")
	kept := c.says("switch --tag bad --keep-failed", exitFailed, "again: migrate kube switch --tag bad --env staging, or take it away: migrate kube switch --back --env staging")
	if strings.Contains(kept, "--finish") {
		t.Errorf("an end is offered that is refused:\n%s", kept)
	}
	c.says("switch --back", exitDone)
	c.says("switch --tag v2", exitDone, stands)
	c.says("switch --finish", exitDone, "configured Deployment worker", "deleted    Deployment web-next", "staging: runs v2, and the switch of web is over")
	c.says("status", exitDone, "release 2 (v2, commit ", "registry.example.com/shop:v2")
	c.says("canary --tag v1", exitFailed, "is older than v2, which runs")
	c.says("canary --tag v3 --watch 1s", exitDone, "canary of web to v3 since ", ": 1 pod beside 2, which get about 33 % of the requests")
	c.says("canary --tag v3 --watch 1s --percent 50", exitDone, ": 2 pods beside 2, which get about 50 % of the requests")
	c.says("canary --finish", exitDone, "staging: runs v3, and the canary of web is over")
	c.says("history", exitDone, "3        v3 ")
	c.says("rollback", exitDone, "staging runs v2")
	c.says("canary --tag bad", exitRolledBack, "ErrImageNeverPull")
	c.says("apply --tag v3", exitDone)
}
