package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/kube"
)

// contexts are the clusters of an environment: the one for the failover first, which no request reaches yet.
func (repo *repository) contexts(env string) []string {
	e := repo.app.Environments[env]
	if e.Failover == "" {
		return []string{e.Context}
	}
	return []string{e.Failover, e.Context}
}

// in is the repository with an environment as it is in one of its clusters.
func (repo *repository) in(env, context string) *repository {
	one, app := *repo, *repo.app
	app.Environments = maps.Clone(app.Environments)
	e := app.Environments[env]
	e.Context = context
	app.Environments[env] = e
	one.app = &app
	return &one
}

// eachCluster does work on the clusters of an environment, one after the other. Where it fails on one it is not begun on the
// next: each has all of a release or nothing of it, and which has what is said.
func (repo *repository) eachCluster(env string, work func(c *repository, cluster *kube.Cluster) error) error {
	contexts := repo.contexts(env)
	clusters, err := repo.connectAll(env)
	if err != nil {
		return err
	}
	var open error
	for i, cluster := range clusters {
		err := work(repo.in(env, cluster.Context), cluster)
		var code *exit
		if errors.As(err, &code) && code.err == nil { // something would change, or is bad: the other one may differ
			open = err
			continue
		}
		if err != nil && len(clusters) > 1 {
			at := "cluster " + cluster.Context
			if rest := contexts[i+1:]; len(rest) > 0 {
				at += " (" + strings.Join(rest, ", ") + " was left as it is)"
			} else {
				at += " (" + strings.Join(contexts[:i], ", ") + " has it already: see migrate kube status --env " + env + ")"
			}
			if code != nil {
				return withCode(code.code, fmt.Errorf("%s: %w", at, code.err))
			}
			return fmt.Errorf("%s: %w", at, err)
		}
		if err != nil {
			return err
		}
	}
	return open
}

// connectAll opens the clusters of an environment: a wrong context is told before anything is done.
func (repo *repository) connectAll(env string) ([]*kube.Cluster, error) {
	var clusters []*kube.Cluster
	for _, name := range repo.contexts(env) {
		cluster, err := repo.in(env, name).connect(env)
		if err != nil {
			return nil, err
		}
		clusters = append(clusters, cluster)
	}
	return clusters, nil
}

// lookAtClusters does work that changes nothing on every cluster of an environment: one that is down hides none of the others.
func (repo *repository) lookAtClusters(env string, work func(c *repository, cluster *kube.Cluster) error) error {
	clusters, err := repo.connectAll(env)
	if err != nil {
		return err
	}
	var bad, failed error
	for _, cluster := range clusters {
		err := work(repo.in(env, cluster.Context), cluster)
		var code *exit
		if errors.As(err, &code) && code.err == nil {
			bad = err
			continue
		}
		failed = errors.Join(failed, err)
	}
	if failed != nil {
		return failed
	}
	return bad
}

// drift says in what the clusters of an environment differ, one line each.
func (repo *repository) drift(ctx context.Context, env string) []string {
	var running []*kube.Record
	contexts := repo.contexts(env)
	if len(contexts) < 2 {
		return nil
	}
	for _, name := range contexts {
		cluster, err := repo.in(env, name).connect(env)
		if err != nil {
			return []string{err.Error()}
		}
		r, err := cluster.Running(ctx, repo.app.Environments[env].Namespace, repo.app.Name)
		if err != nil {
			return []string{err.Error()}
		}
		running = append(running, r)
	}
	if running[0] == nil && running[1] == nil {
		return nil
	}
	for i, r := range running {
		if r == nil {
			return []string{fmt.Sprintf("%s has no release, %s has: migrate kube apply --env %s", contexts[i], contexts[1-i], env)}
		}
	}
	var lines []string
	if running[0].Tag != running[1].Tag {
		lines = append(lines, fmt.Sprintf("%s runs %s, %s runs %s", contexts[0], running[0].Tag, contexts[1], running[1].Tag))
	}
	for _, object := range running[0].Differs(running[1]) {
		lines = append(lines, object+" differs between "+strings.Join(contexts, " and "))
	}
	return lines
}
