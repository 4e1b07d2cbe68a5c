//go:build e2e

package kube

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// What the scripts say of a pod at once and for good is said of a real one too: a server takes the status, and the verdict
// comes within two seconds of it.
func TestFailuresOnAServer(t *testing.T) {
	n := 0
	for _, file := range scripts(t, "failures", 60) {
		s := loadScript(t, file)
		if len(s.Steps) != 1 || len(s.Steps[0].Pods) != 1 || s.Kind != "Deployment" || s.Want.Container != "web" || s.Want.After != "" || s.Want.Timeout || len(s.Spec.Containers[0].Resources.Limits) > 0 ||
			len(s.Steps[0].Pods[0].Previous) > 0 { // there is no node to ask for logs
			continue
		}
		n++
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			seen := make(chan time.Time, 1)
			go f.suffer(s.Steps[0].Pods[0].Status, seen)
			_, err := f.apply()
			ended := time.Now()
			var notReady *NotReady
			if !errors.As(err, &notReady) {
				t.Fatal(err)
			}
			got := notReady.Failures[0]
			if got.Reason != s.Want.Reason || got.Container != "web" || !strings.Contains(got.Cause, s.Want.Cause[len(s.Want.Cause)-1]) {
				t.Errorf("%+v", got)
			}
			if took := ended.Sub(<-seen); took > 2*time.Second {
				t.Errorf("the verdict came %s after the status", took)
			}
		})
	}
	if n < 15 {
		t.Errorf("only %d scripts fit", n)
	}
}

// suffer gives the first pod of web a status, and says when the server had it.
func (f *fixture) suffer(status corev1.PodStatus, seen chan<- time.Time) {
	text, err := json.Marshal(map[string]any{"status": status})
	for err == nil && f.Context().Err() == nil {
		pods, err := f.cluster.typed.CoreV1().Pods(f.namespace).List(f.Context(), metav1.ListOptions{LabelSelector: "app.kubernetes.io/component=web"})
		if err == nil && len(pods.Items) > 0 {
			if _, err = f.cluster.typed.CoreV1().Pods(f.namespace).Patch(f.Context(), pods.Items[0].Name, types.MergePatchType, text, metav1.PatchOptions{}, "status"); err == nil {
				seen <- time.Now()
				return
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
}
