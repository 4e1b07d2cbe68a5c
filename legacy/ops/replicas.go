package ops

import (
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// maxReplicas is how many instances of a process anybody runs.
const maxReplicas = 500

// severalInstances says whether a text is a number of instances beyond one.
func severalInstances(text string) bool {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	return err == nil && n > 1 && n <= maxReplicas
}

// claimReplicas claims how many instances of a process run, where there are several; it says whether there are.
func claimReplicas(r *scan.Report, f scan.Finding, text, file string, line int, note string) bool {
	if !severalInstances(text) {
		return false
	}
	n, _ := strconv.Atoi(strings.TrimSpace(text))
	r.Find(scan.Finding{Dir: f.Dir, About: f.About, Environment: f.Environment, Process: f.Process, Replicas: n}, file, max(line, 1), scan.Declared, note)
	return true
}
