package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	webJobSchedule   = scan.MustCompile(`"schedule"\s*:\s*"([^"\n]+)"`)
	webJobProperty   = scan.MustCompile(`(?i)<WebJobType>\s*Continuous\s*</WebJobType>`)
	webJobContinuous = scan.MustCompile(`(?i)"runMode"\s*:\s*"continuous"`)
)

// webJob is a program that Azure runs beside a web application: by the schedule in settings.job, whose first field counts
// seconds, or all the time.
type webJob struct {
	schedule, file string
	line           int
	continuous     bool
}

// webJob says how Azure runs the project, nil where it does not, or where somebody starts it by hand.
func (m *dotnetModule) webJob(t *scan.Tree, r *scan.Report) *webJob {
	if webJobProperty.MatchString(m.text) {
		return &webJob{file: m.file, line: scan.LineOf(m.text, webJobProperty), continuous: true}
	}
	for _, below := range []string{"", "Properties", "My Project"} {
		file := path.Join(m.dir, below, "webjob-publish-settings.json")
		if t.Has(file) && webJobContinuous.MatchString(t.Text(file, r)) {
			return &webJob{file: file, line: scan.LineOf(t.Text(file, r), webJobContinuous), continuous: true}
		}
	}
	file := path.Join(m.dir, "settings.job")
	if !t.Has(file) {
		return nil
	}
	for _, found := range scan.Find(t.Text(file, r), webJobSchedule) {
		return &webJob{schedule: found.Groups[1], file: file, line: found.Line}
	}
	return nil
}

// reportWebJob reports when the job runs. What Azure starts within a minute, a CronJob starts at it.
func (d *dotnetService) reportWebJob() {
	job := d.webJob(d.t, d.r)
	if job == nil || job.continuous {
		return
	}
	fields := strings.Fields(job.schedule)
	if len(fields) == 6 {
		fields = fields[1:]
	}
	schedule := strings.Join(fields, " ")
	if !service.ValidSchedule(schedule) {
		d.r.Note(job.file, job.line, "runs at %q, which is no schedule that Kubernetes takes; write one into %s", job.schedule, service.FileName)
		return
	}
	d.find(service.Service{Schedule: schedule}, job.file, job.line, scan.Declared, "a job of Azure's; the seconds are left out")
}
