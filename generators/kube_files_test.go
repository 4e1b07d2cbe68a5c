package generators

import (
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
)

// TestConfigFiles: what a service reads from files is mounted where it reads it, in every process of the image, with what
// an environment has in its place, and by run_local.
func TestConfigFiles(t *testing.T) {
	app := ordersApp()
	app.Services["web"].Files = map[string]string{"/etc/orders/tariffs.ini": "kube/base/files/tariffs.ini", "config/app.yml": "kube/base/files/app.yml"}
	staging := app.Environments["staging"]
	staging.Files = map[string]string{"config/app.yml": "kube/overlays/staging/files/other.yml"}
	app.Environments["staging"] = staging
	if err := app.Validate(); err != nil {
		t.Fatal(err)
	}
	files := append(renderKube(t, app), fileset.File{Path: "kube/base/files/tariffs.ini", Data: []byte("vat = 23\n")},
		fileset.File{Path: "kube/base/files/app.yml", Data: []byte("a: 1\n")}, fileset.File{Path: "kube/overlays/staging/files/other.yml", Data: []byte("a: 2\n")})
	for env, want := range map[string]string{"staging": "a: 2\n", "production": "a: 1\n"} {
		objects, _ := buildOverlay(t, files, env)
		var config *corev1.ConfigMap
		for _, c := range of[*corev1.ConfigMap](objects) {
			if strings.HasPrefix(c.Name, "orders-files-") {
				config = c
			}
		}
		if config == nil || len(config.Data) != 2 || config.Data["tariffs.ini"] != "vat = 23\n" || config.Data["app.yml"] != want {
			t.Fatalf("%s: %+v", env, config)
		}
		for _, name := range []string{"web", "worker"} {
			pod := named[*appsv1.Deployment](t, objects, name).Spec.Template.Spec
			at := map[string]string{}
			for _, m := range pod.Containers[0].VolumeMounts {
				if m.Name == "config-files" {
					at[m.MountPath] = m.SubPath
				}
			}
			if len(at) != 2 || at["/etc/orders/tariffs.ini"] != "tariffs.ini" || at["/app/config/app.yml"] != "app.yml" {
				t.Errorf("%s, %s: mounts %v", env, name, at)
			}
			if v := pod.Volumes[len(pod.Volumes)-1]; v.ConfigMap == nil || v.ConfigMap.Name != config.Name {
				t.Errorf("%s, %s: volume %+v", env, name, v)
			}
		}
	}
	project, _ := loadCompose(t, app)
	if web := project.Services["web"]; len(web.Configs) != 2 || !strings.HasSuffix(project.Configs[web.Configs[0].Source].File, "kube/base/files/tariffs.ini") {
		t.Errorf("compose: %+v %+v", web.Configs, project.Configs)
	}
	if table := readmeFiles(app); !strings.Contains(table, "`/app/config/app.yml` | `kube/base/files/app.yml`; staging: `kube/overlays/staging/files/other.yml` | web, ") {
		t.Errorf("README:\n%s", table)
	}
}
