package generators

import (
	"fmt"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// insidePort is the port in the container of a need that runs in the environment, 0 where its kind can't.
func insidePort(kind string) int {
	kind = knownKind(kind)
	k, ok := insideKinds()[kind]
	if ok && k.port != 0 {
		return k.port
	}
	return kindPort(kind)
}

// needInside renders a need as a workload of its own with its Service and the policy that lets the application in.
func needInside(app *service.App, name string) ([]byte, error) {
	need := app.Needs[name]
	kind := knownKind(need.Kind)
	k, ok := insideKinds()[kind]
	if !ok || kindImage(need) == "" {
		return nil, fmt.Errorf("inside: nothing is known that runs the kind %q in a cluster: give a host or addresses", need.Kind)
	}
	if app.Services[name] != nil {
		return nil, fmt.Errorf("inside: the service %s has the same name: rename one of them", name)
	}
	policy := name
	if name == app.Name { // which the application's own policy is called
		policy += "-need"
	}
	labels := kubeLabels{app.Name, name}
	port := portName(kind)
	data := map[string]any{
		"Name": name, "Policy": policy, "Labels": labels, "Image": kindImage(need), "Args": k.args, "Data": k.data, "Init": need.Init, "Writable": k.writable,
		"Annotations": nil, "Security": restricted(k.user), "Requests": k.requests, "Limits": k.limits,
		"Port":        kubeNamedPort{Name: port, ContainerPort: insidePort(kind)},
		"ServicePort": kubeNamedPort{Name: port, Port: needPort(need), TargetPort: port},
		"In":          kubeRule{From: ownPods(app), Ports: []kubePolicyPort{{Port: port}}},
		"Ready":       insideProbe(k, port, accountOf(app, name)), "Env": nil, "Access": "",
	}
	if app.Owner != "" {
		data["Annotations"] = &kubeAnnotations{Owner: app.Owner}
	}
	if k.access != nil {
		who := accountOf(app, name)
		data["Env"], data["Access"] = k.access(who)
		if kind == "redis" && who.password != nil {
			data["Args"] = append(slices.Clone(k.args), "--requirepass", "$(REDISCLI_AUTH)")
		}
	}
	var mounts []kubeMount
	var volumes []kubeVolume
	taken := map[string]bool{}
	for _, dir := range k.dirs {
		volume := kubeVolumeName(dir, taken)
		taken[volume] = true
		mounts = append(mounts, kubeMount{Name: volume, MountPath: dir})
		volumes = append(volumes, emptyVolume(volume))
	}
	data["Mounts"], data["Volumes"] = mounts, volumes
	return execute("kube/overlays/need-inside.yaml", data)
}

func insideProbe(k insideKind, port string, who account) kubeProbe {
	if k.ready != nil {
		return kubeProbe{Exec: &kubeExec{k.ready(who)}, PeriodSeconds: 5, TimeoutSeconds: 5}
	}
	return kubeProbe{TCPSocket: &kubeTCPSocket{port}, PeriodSeconds: 5}
}

// accountOf finds who logs in to a need: the user and database that the model names or that the services are told in plain
// variables, and the secret that holds the password.
func accountOf(app *service.App, name string) account {
	need := app.Needs[name]
	a := account{need: name, port: needPort(need), user: need.User, database: need.Database}
	for _, b := range backendsSaid(app) {
		if b.Name == name {
			a.user, a.database = b.User, b.Database
		}
	}
	for _, caller := range app.ServiceNames() {
		s := app.Effective(caller)
		if !slices.Contains(s.Needs, name) {
			continue
		}
		if key := passwordKey(name, knownKind(need.Kind), s.Secrets); key != "" {
			a.password = &kubeKeyRef{Name: app.ConfigName(caller), Key: key}
			return a
		}
	}
	return a
}

// passwordKey picks the secret that is the password of a need and nothing else: DB_PASSWORD for db, PGPASSWORD for any
// postgres. A whole URL is no password.
func passwordKey(name, kind string, secrets []string) string {
	stems := []string{name, kind}
	switch kind {
	case "postgres":
		stems = append(stems, "pg", "postgresql", "db", "database")
	case "mysql", "mariadb":
		stems = append(stems, "mysql", "db", "database")
	case "mongodb":
		stems = append(stems, "mongo", "db", "database")
	case "rabbitmq":
		stems = append(stems, "amqp", "rabbit", "broker", "queue")
	}
	for _, stem := range stems {
		for _, end := range []string{"password", "passwd", "pass", "pwd", "userpassword", "dbpassword"} {
			for _, key := range secrets {
				if strings.ToLower(strings.NewReplacer("_", "", "-", "", ".", "").Replace(key)) == strings.ReplaceAll(stem, "-", "")+end {
					return key
				}
			}
		}
	}
	return ""
}
