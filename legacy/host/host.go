// Package host knows the snapshot of a running machine: Take makes one on the old host, reading /proc and /etc only; Load
// and Read turn snapshots into findings for legacy.Resolve.
//
// It stands at the start of the way, beside the readers of source and operations code, and is the only one that sees what
// really runs. It starts no program, sends nothing over the network and writes no file; no value that may be a secret
// gets into a Snapshot. Taking works on Linux, reading everywhere.
package host

// Version of the snapshot's format.
const Version = 1

// Snapshot is what one machine showed, safe to mail: names of variables without values that may be secret, command lines
// and configuration with *** in the place of every password.
type Snapshot struct {
	Version   int               `json:"version" jsonschema:"required,enum=1"`
	Taken     string            `json:"taken" jsonschema:"required,format=date-time,description=When it was taken\\, in UTC."`
	Samples   int               `json:"samples" jsonschema:"required,minimum=1,description=How often processes and connections were looked at."`
	Machine   Machine           `json:"machine" jsonschema:"required"`
	Processes []Process         `json:"processes" jsonschema:"required,description=By process id; without the kernel's own and without migrate itself."`
	Sockets   []Socket          `json:"sockets,omitempty" jsonschema:"description=Listening sockets whose process could not be seen."`
	Units     []Unit            `json:"units,omitempty" jsonschema:"description=systemd units of services and timers."`
	Scripts   []Script          `json:"scripts,omitempty" jsonschema:"description=SysV init scripts and jobs of Upstart."`
	Cron      []Job             `json:"cron,omitempty" jsonschema:"description=Lines of crontabs."`
	Runtimes  []Runtime         `json:"runtimes,omitempty" jsonschema:"description=Versions of the programs that run\\, from packages\\, paths and build information; none was started."`
	Packages  map[string]string `json:"packages,omitempty" jsonschema:"description=Installed packages with their versions."`
	Mounts    []Mount           `json:"mounts,omitempty"`
	Hosts     []Name            `json:"hosts,omitempty" jsonschema:"description=Lines of /etc/hosts."`
	DNS       DNS               `json:"dns"`
	Files     []File            `json:"files,omitempty" jsonschema:"description=Configuration in force\\, with *** for secrets."`
	Unseen    []Unseen          `json:"unseen" jsonschema:"required,description=What could not be looked at\\, and why."`
}

// Machine is the host or container itself.
type Machine struct {
	Name      string   `json:"name" jsonschema:"required"`
	OS        string   `json:"os,omitempty" jsonschema:"description=ID of os-release with the version: debian 12."`
	Kernel    string   `json:"kernel,omitempty"`
	Processor int      `json:"processors,omitempty"`
	Memory    int64    `json:"memory,omitempty" jsonschema:"description=In bytes."`
	Container string   `json:"container,omitempty" jsonschema:"description=docker\\, lxc ... where the machine is a container itself."`
	Addresses []string `json:"addresses,omitempty" jsonschema:"description=Its own addresses\\, without loopback."`
}

// Process is one running program.
type Process struct {
	PID         int               `json:"pid" jsonschema:"required"`
	Parent      int               `json:"parent"`
	Command     []string          `json:"command" jsonschema:"required,description=With *** for secrets."`
	Program     string            `json:"program,omitempty" jsonschema:"description=The file that runs."`
	Package     string            `json:"package,omitempty" jsonschema:"description=The package that owns the program\\, or the script that it interprets."`
	Priority    string            `json:"priority,omitempty" jsonschema:"description=That package's priority; required and important ones are the operating system."`
	User        string            `json:"user,omitempty"`
	Dir         string            `json:"dir,omitempty" jsonschema:"description=Its working directory."`
	Unit        string            `json:"unit,omitempty" jsonschema:"description=The systemd unit that it belongs to."`
	Container   string            `json:"container,omitempty" jsonschema:"description=First 12 digits of the container's id."`
	Started     string            `json:"started,omitempty" jsonschema:"format=date-time"`
	Terminal    bool              `json:"terminal,omitempty" jsonschema:"description=It has a terminal: a person started it."`
	Memory      int64             `json:"memory,omitempty" jsonschema:"description=Resident\\, in bytes."`
	Threads     int               `json:"threads,omitempty"`
	Environment Variables         `json:"environment,omitempty" jsonschema:"description=Names of its variables; a value only where it can't be a secret."`
	Points      []Point           `json:"points,omitempty" jsonschema:"description=Where its variables and options point to\\, without accounts' passwords."`
	Limits      map[string]string `json:"limits,omitempty" jsonschema:"description=Soft limits that are not the kernel's default."`
	Listens     []string          `json:"listens,omitempty" jsonschema:"description=tcp 0.0.0.0:80\\, udp or unix /run/x.sock."`
	Calls       []Call            `json:"calls,omitempty" jsonschema:"description=Outbound connections by destination."`
	Writes      []string          `json:"writes,omitempty" jsonschema:"description=Directories with files that it holds open for writing."`
	Logs        []string          `json:"logs,omitempty" jsonschema:"description=Logs that it holds open."`
	Libraries   []string          `json:"libraries,omitempty" jsonschema:"description=Shared libraries of the system that it has loaded\\, without those that everything has; of code that no package brought."`
}

// Variables are the names of environment variables with those values that can't be a secret; nil stands for the others.
type Variables map[string]*string

// Call is what a process is connected to.
type Call struct {
	To          string   `json:"to" jsonschema:"required,description=tcp 10.0.0.5:5432 or unix /run/x.sock."`
	Names       []string `json:"names,omitempty" jsonschema:"description=What /etc/hosts or the process's own configuration calls the address."`
	Peer        int      `json:"peer,omitempty" jsonschema:"description=The process on this machine that answers."`
	Connections int      `json:"connections" jsonschema:"description=The most that were open at once."`
	Samples     int      `json:"samples" jsonschema:"description=In how many looks it was there."`
}

// Point is an address in a process's configuration: it tells of a need also while no connection is open.
type Point struct {
	Variable string `json:"variable,omitempty" jsonschema:"description=Empty where it stands in the command line."`
	Kind     string `json:"kind" jsonschema:"required,description=postgres\\, redis\\, http ..."`
	Host     string `json:"host,omitempty"`
	Port     int    `json:"port,omitempty"`
	Database string `json:"database,omitempty"`
	User     string `json:"user,omitempty"`
}

// Socket is a listening socket that could not be given to a process.
type Socket struct {
	Listens string `json:"listens" jsonschema:"required"`
	User    string `json:"user,omitempty"`
}

// Unit is a systemd unit file with its drop-ins.
type Unit struct {
	Name    string   `json:"name" jsonschema:"required"`
	Path    string   `json:"path" jsonschema:"required"`
	Enabled bool     `json:"enabled,omitempty" jsonschema:"description=A link in a .wants or .requires directory starts it."`
	Package string   `json:"package,omitempty"`
	Text    []string `json:"text,omitempty" jsonschema:"description=Its lines\\, and those of its drop-ins; left out for units of the operating system."`
}

// Script is an init script.
type Script struct {
	Name    string `json:"name" jsonschema:"required"`
	Path    string `json:"path" jsonschema:"required"`
	Enabled bool   `json:"enabled,omitempty"`
	Package string `json:"package,omitempty"`
}

// Job is one line of a crontab, or a script of /etc/cron.daily and its like.
type Job struct {
	Schedule    string    `json:"schedule" jsonschema:"required,description=Five fields or @daily."`
	User        string    `json:"user,omitempty"`
	Command     string    `json:"command" jsonschema:"required,description=With *** for secrets."`
	File        string    `json:"file" jsonschema:"required"`
	Line        int       `json:"line,omitempty"`
	Package     string    `json:"package,omitempty"`
	Environment Variables `json:"environment,omitempty" jsonschema:"description=Variables that the crontab gives to it; a value only where it can't be a secret."`
}

// Runtime is the version of a program that runs.
type Runtime struct {
	Program string `json:"program" jsonschema:"required"`
	Name    string `json:"name" jsonschema:"required,description=python\\, node\\, java\\, postgres ..."`
	Version string `json:"version,omitempty"`
	Module  string `json:"module,omitempty" jsonschema:"description=Import path of a Go program's main package."`
	From    string `json:"from" jsonschema:"required,description=Where the version was read."`
}

// Mount is a file system that holds data: none of the kernel's own.
type Mount struct {
	Path   string `json:"path" jsonschema:"required"`
	Device string `json:"device"`
	Type   string `json:"type"`
}

// Name is a line of /etc/hosts.
type Name struct {
	Address string   `json:"address" jsonschema:"required"`
	Names   []string `json:"names" jsonschema:"required"`
}

// DNS is resolv.conf.
type DNS struct {
	Servers []string `json:"servers,omitempty"`
	Search  []string `json:"search,omitempty"`
}

// File is a configuration file.
type File struct {
	Path   string   `json:"path" jsonschema:"required"`
	Format string   `json:"format" jsonschema:"required,enum=nginx,enum=apache,enum=haproxy,enum=environment"`
	Text   []string `json:"text" jsonschema:"required"`
}

// Unseen is something that could not be looked at.
type Unseen struct {
	What   string `json:"what" jsonschema:"required"`
	Count  int    `json:"count,omitempty" jsonschema:"description=Of how many processes or files."`
	Reason string `json:"reason" jsonschema:"required"`
}
