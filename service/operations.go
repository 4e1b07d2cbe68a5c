package service

// Operations are what the old operations did for the service besides all that the rest of the model says, by what does it
// from now on.
type Operations struct {
	Accounts    []string `yaml:"accounts,omitempty,flow" jsonschema:"description=Accounts\\, groups\\, rights and keys on the machine: the pod has a user of its own\\, and nobody logs in."`
	Code        []string `yaml:"code,omitempty,flow" jsonschema:"description=Checkouts\\, links and installations of the code: the image holds it."`
	Packages    []string `yaml:"packages,omitempty,flow" jsonschema:"description=Where packages came from\\, the runtime of the service's own language and what only the machine worked with: the image is built on one that has its own."`
	Directories []string `yaml:"directories,omitempty,flow" jsonschema:"description=Directories for code\\, settings and what lasts no longer than the process: the image and the pod have them."`
	Processes   []string `yaml:"processes,omitempty,flow" jsonschema:"description=What kept the processes running\\, as whom and within which bounds: the Deployment and its pods do."`
	Logs        []string `yaml:"logs,omitempty,flow" jsonschema:"description=Rotation of logs and what sent them on: the cluster does both with what goes to standard output."`
	Gateway     []string `yaml:"gateway,omitempty,flow" jsonschema:"description=Settings that the web server in front had for itself\\, its certificates and the headers about who asks: the gateway has its own."`
}

// Job is one of the lists of Operations, by its name in migrate.yaml.
type Job string

// The jobs, in the order of Operations.
const (
	JobAccounts    Job = "accounts"
	JobCode        Job = "code"
	JobPackages    Job = "packages"
	JobDirectories Job = "directories"
	JobProcesses   Job = "processes"
	JobLogs        Job = "logs"
	JobGateway     Job = "gateway"
)

// Jobs are all of them, in the order of Operations.
func Jobs() []Job {
	return []Job{JobAccounts, JobCode, JobPackages, JobDirectories, JobProcesses, JobLogs, JobGateway}
}

// Of is the list of a job.
func (o *Operations) Of(job Job) *[]string {
	switch job {
	case JobAccounts:
		return &o.Accounts
	case JobCode:
		return &o.Code
	case JobPackages:
		return &o.Packages
	case JobDirectories:
		return &o.Directories
	case JobProcesses:
		return &o.Processes
	case JobLogs:
		return &o.Logs
	}
	return &o.Gateway
}
