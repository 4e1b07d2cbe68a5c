package generators

import (
	"reflect"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// TestSecretFiles: a secret that is read from a file is mounted there, in the cluster and by run_local, and is no variable.
func TestSecretFiles(t *testing.T) {
	app := ordersApp()
	app.Services["web"].Secrets = append(app.Services["web"].Secrets, "TLS_KEY")
	app.Secrets.Keys = map[string]service.SecretValue{"TLS_KEY": {Whole: true, File: "/etc/orders/tls.key"}}

	objects, _ := built(t, app, "staging")
	for _, name := range []string{"web", "worker"} { // the worker is another process of web
		pod := named[*appsv1.Deployment](t, objects, name).Spec.Template.Spec
		want := corev1.VolumeMount{Name: "secret-files", MountPath: "/etc/orders/tls.key", SubPath: "TLS_KEY", ReadOnly: true}
		mounts := pod.Containers[0].VolumeMounts
		if got := mounts[len(mounts)-1]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: mounts %+v", name, got)
		}
		volume := pod.Volumes[len(pod.Volumes)-1]
		if volume.Secret == nil || volume.Secret.SecretName != "orders" || len(volume.Secret.Items) != 1 || volume.Secret.Items[0].Key != "TLS_KEY" {
			t.Errorf("%s: volume %+v", name, volume)
		}
		for _, v := range pod.Containers[0].Env {
			if v.Name == "TLS_KEY" {
				t.Errorf("%s: TLS_KEY is a variable too", name)
			}
		}
	}

	project, _ := loadCompose(t, app)
	web := project.Services["web"]
	if _, variable := web.Environment["TLS_KEY"]; variable || len(web.Configs) != 1 || web.Configs[0].Target != "/etc/orders/tls.key" {
		t.Errorf("compose: %+v", web.Configs)
	}
	if got := project.Configs[web.Configs[0].Source].Content; strings.TrimSpace(got) != localSecret {
		t.Errorf("compose: the file holds %q", got)
	}
}
