package cli

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/kube"
	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// git asks the repository's own git, which runs no hook and no pager here.
func (o kubeOptions) git(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", o.dir, "--no-pager", "--no-replace-objects", "-c", "core.fsmonitor=false"}, args...)...)
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err
}

// commit is the commit that a tag stands for, as git describe writes it or as a tag of git's, empty where git knows none.
func (o kubeOptions) commit(ctx context.Context) string {
	name := strings.TrimSuffix(o.tag, "-dirty")
	if name == "" || strings.HasPrefix(name, "-") {
		return ""
	}
	commit, err := o.git(ctx, "rev-parse", "--quiet", "--verify", "--end-of-options", name+"^{commit}")
	if err != nil {
		return ""
	}
	return commit
}

// newer refuses a commit that is older than what runs: two jobs of CI need not end in the order in which they began.
func (o applyOptions) newer(ctx context.Context, s Streams, running *kube.Record, commit string) error {
	if o.older || running == nil || running.Commit == "" || running.Commit == commit {
		return nil
	}
	unknown := func(why string) error {
		o.event(s)(kube.Event{Action: "warning", Text: "whether this is older than what runs isn't known: " + why})
		return nil
	}
	if commit == "" {
		return unknown("git has no commit of the name " + o.tag)
	}
	if _, err := o.git(ctx, "cat-file", "-e", running.Commit+"^{commit}"); err != nil {
		return unknown("the commit that runs (" + running.Commit + ") isn't in this repository: git fetch --unshallow, perhaps")
	}
	_, err := o.git(ctx, "merge-base", "--is-ancestor", commit, running.Commit)
	var ended *exec.ExitError
	switch {
	case err == nil:
		return fmt.Errorf("nothing was written: %s (commit %.12s) is older than %s, which runs (release %d, commit %.12s): kube rollback goes back with the configuration of that time, --force goes back with the image alone",
			o.tag, commit, running.Tag, running.Number, running.Commit)
	case errors.As(err, &ended) && ended.ExitCode() == 1:
		return nil
	}
	return unknown(err.Error())
}

var digest = pattern.MustCompile(`^sha256:[0-9a-f]{64}$`)

// digests are the images that are built here, each with the digest that was given for it.
func (o applyOptions) imageDigests(c *repository) (map[string]string, error) {
	images := map[string]string{}
	for _, name := range c.images() {
		images[name] = ""
	}
	for _, given := range o.digests {
		name, sum, named := strings.Cut(given, "@")
		if !named && len(images) == 1 {
			name, sum = c.images()[0], given
		}
		if _, built := images[name]; !built || !digest.MatchString(sum) {
			return nil, usage("--digest %s: want sha256:... of %s, with the image and @ in front where there are several", given, strings.Join(c.images(), ", "))
		}
		images[name] = sum
	}
	return images, nil
}
