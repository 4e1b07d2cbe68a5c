package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"path"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/kube"
	"github.com/migrate-to-kubernetes/migrate/smoke"
)

// valuesFile is the file of a task with the values of the checks' variables.
const valuesFile = "values.yaml"

// smokeTask is the Job that asks the checks of a run inside the cluster: the files that they were read from, the values of
// their variables, and migrate-smoke.
func (repo *repository) smokeTask(run gateRun, files map[string][]byte) (*kube.Task, error) {
	t := &kube.Task{Name: run.service, App: repo.app.Name, Image: repo.app.SidecarImage(), Files: files}
	if err := t.Fits(); err != nil {
		return nil, fmt.Errorf("%s: %w", run.dir, err)
	}
	options := run.to(smoke.Target{})
	t.Args = []string{"/migrate-smoke", "--lines", "--wait", run.wait.String()}
	for flag, value := range map[string]bool{"--writes": options.Writes, "--insecure": options.Insecure} {
		if value {
			t.Args = append(t.Args, flag)
		}
	}
	if len(options.Tags) > 0 {
		t.Args = append(t.Args, "--tags", strings.Join(options.Tags, ","))
	}
	if run.host != "" {
		t.Args = append(t.Args, "--host", run.host)
	}
	if values := smoke.Variables(options, run.suites); len(values) > 0 {
		text, err := yaml.Marshal(values)
		if err != nil {
			return nil, errors.New("the values of the checks' variables can't be written") // the error may quote them
		}
		t.Values = map[string][]byte{valuesFile: text}
		t.Args = append(t.Args, "--values", path.Join(kube.TaskValues, valuesFile))
	}
	return t, nil
}

// askInside runs the checks in the cluster. What their Job says of itself stands where it has no report to give.
func (run gateRun) askInside(ctx context.Context, c *kube.Cluster, namespace string, say func(string)) (smoke.Report, error) {
	door, err := c.Door(ctx, namespace, run.through)
	if err != nil {
		return smoke.Report{}, err
	}
	task := *run.task
	task.Like = door
	task.Args = append(task.Args[:len(task.Args):len(task.Args)], "--target", net.JoinHostPort(run.through, strconv.Itoa(int(door.Port))), run.dir)
	return runTask(ctx, c, namespace, task, say)
}

// runTask runs a task that asks checks, and reads its report.
func runTask(ctx context.Context, c *kube.Cluster, namespace string, task kube.Task, say func(string)) (smoke.Report, error) {
	lines, failed := c.Run(ctx, namespace, task, say)
	report, err := smoke.ReadLines(lines)
	if err != nil {
		return smoke.Report{}, errors.Join(failed, err)
	}
	return report, nil
}

// readFiles remembers the files that were read through it.
type readFiles struct {
	fs.FS
	text map[string][]byte
}

func (f *readFiles) Open(name string) (fs.File, error) {
	file, err := f.FS.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return file, nil
	}
	return &readFile{File: file, to: f, name: name}, nil
}

type readFile struct {
	fs.File
	to   *readFiles
	name string
	text []byte
}

func (f *readFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	f.text = append(f.text, p[:n]...)
	f.to.text[f.name] = f.text
	return n, err
}
