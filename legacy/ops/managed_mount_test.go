package ops

import (
	"slices"
	"strings"
	"testing"
)

// mountingPlay gives a cluster objects of these lines.
func mountingPlay(objects ...string) files {
	return files{"playbooks/shop.yml": "- hosts: localhost\n  tasks:\n    - k8s: {template: all.yml.j2}\n", "playbooks/templates/all.yml.j2": strings.Join(objects, "---\n")}
}

func mountingDeployment(name, command, mount, volume string) string {
	return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + name + "}\nspec: {template: {spec: {containers: [{name: " + name + ", image: 'acme/" + name + ":1', command: [" + command + "], ports: [{containerPort: 9000}], volumeMounts: [{name: v, " + mount + "}]}], volumes: [{name: v, " + volume + "}]}}}\n"
}

func TestFilesOfConfigMaps(t *testing.T) {
	const config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\ndata: {prod.toml: 'a = 1', test.toml: 'b = 1'}\n"
	runManaged(t, Ansible(), []readerCase{
		{name: "by the names that a volume gives them", tree: mountingPlay(config, mountingDeployment("shop", "shopd", "mountPath: /etc/app", "configMap: {name: config, items: [{key: prod.toml, path: app.toml}]}")),
			want: []string{"app.toml: file /etc/app/app.toml sets a: a = 1"}, not: []string{"/etc/app/prod.toml", "test.toml"}},
		{name: "one of them, of several sources", tree: mountingPlay(config, mountingDeployment("shop", "shopd", "mountPath: /opt/app/app.toml, subPath: app.toml", "projected: {sources: [{configMap: {name: config, items: [{key: prod.toml, path: app.toml}]}}]}")),
			want: []string{"app.toml: file /opt/app/app.toml sets a: a = 1"}, not: []string{"test.toml"}},
	})
	var found []string
	for _, f := range read(t, Ansible(), mountingPlay(config, mountingDeployment("shop", "shopd", "mountPath: /etc/app", "configMap: {name: config}"), mountingDeployment("wiki", "wikid", "mountPath: /etc/app", "configMap: {name: config}"))).Findings {
		for _, name := range []string{"shop", "wiki"} {
			if f.File != nil && slices.Contains(f.About, name) && (name == "wiki" || !slices.Contains(f.About, "wiki")) {
				found = append(found, name+" "+f.File.Path)
			}
		}
	}
	if got, want := strings.Join(found, ", "), "shop /etc/app/prod.toml, shop /etc/app/test.toml, wiki /etc/app/prod.toml, wiki /etc/app/test.toml"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestCommandsOfMountedScripts(t *testing.T) {
	const dir, one, script = "mountPath: /etc/c", "mountPath: /opt/start.sh, subPath: start.sh", "configMap: {name: config}"
	for _, c := range []struct {
		command, mount, volume string
		kept                   bool
	}{
		{"/app/bin/server", "mountPath: /app", "persistentVolumeClaim: {claimName: data}", true},
		{"/app/bin/server", "mountPath: /app", "emptyDir: {}", true},
		{"shopd, /etc/c/app.toml", dir, script, true},
		{"gunicorn, -c, /etc/c/conf.py, shop", dir, script, true},
		{"sh, -c, shopd --config /etc/c/app.toml", dir, script, true},
		{"/etc/c/run", dir, script, false},
		{"/opt/start.sh", one, script, false},
		{"sh, -e, /etc/c/run", dir, script, false},
		{"bash, -ec, exec /etc/c/run --fast", dir, script, false},
		{"su-exec, shop, /etc/c/run.sh", dir, script, false},
		{"python3, /etc/c/run.py", dir, script, false},
	} {
		r := read(t, Ansible(), mountingPlay(mountingDeployment("shop", c.command, c.mount, c.volume)))
		all := strings.Join(told(r), "\n")
		if strings.Contains(all, "shop: command ") != c.kept || strings.Contains(all, "start a script of a ConfigMap") == c.kept {
			t.Errorf("%s at %s of %s: kept is to be %v\n%s", c.command, c.mount, c.volume, c.kept, all)
		}
	}
}
