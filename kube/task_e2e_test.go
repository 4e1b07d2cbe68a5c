//go:build e2e

package kube

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// node is a node of one task: it takes the pod, lets program say what it writes and how it ends, and answers for its log.
func (f *fixture) node(program func(pod corev1.Pod) (log string, exit int32)) {
	var wrote atomic.Value
	kubelet := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, wrote.Load()) }))
	f.check(kubelet.Listener.Close())
	kubelet.Listener = f.listen()
	kubelet.StartTLS()
	f.Cleanup(kubelet.Close)
	address := netip.MustParseAddrPort(kubelet.Listener.Addr().String())
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: f.namespace}}
	node, err := f.cluster.typed.CoreV1().Nodes().Create(f.Context(), node, metav1.CreateOptions{})
	f.check(err)
	f.Cleanup(func() {
		_ = f.cluster.typed.CoreV1().Nodes().Delete(context.Background(), f.namespace, metav1.DeleteOptions{})
	})
	status := fmt.Sprintf(`{"status":{"addresses":[{"type":"InternalIP","address":%q}],"daemonEndpoints":{"kubeletEndpoint":{"Port":%d}}}}`, address.Addr(), address.Port())
	_, err = f.cluster.typed.CoreV1().Nodes().Patch(f.Context(), node.Name, types.MergePatchType, []byte(status), metav1.PatchOptions{}, "status")
	f.check(err)
	pods := f.cluster.typed.CoreV1().Pods(f.namespace)
	go func() {
		for pause(f.Context(), 50*time.Millisecond) == nil {
			list, err := pods.List(f.Context(), metav1.ListOptions{LabelSelector: "app.kubernetes.io/component=migrate-task", FieldSelector: "status.phase=Pending"})
			if err != nil || len(list.Items) == 0 {
				continue
			}
			pod := list.Items[0]
			bind := &corev1.Binding{ObjectMeta: metav1.ObjectMeta{Name: pod.Name}, Target: corev1.ObjectReference{Kind: "Node", Name: node.Name}}
			if pod.Spec.NodeName == "" && pods.Bind(f.Context(), bind, metav1.CreateOptions{}) != nil {
				continue
			}
			text, exit := program(pod)
			wrote.Store(text)
			pod.Status.Phase = map[bool]corev1.PodPhase{true: corev1.PodSucceeded, false: corev1.PodFailed}[exit == 0]
			pod.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "task", State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: exit}}}}
			pod.ResourceVersion = ""
			if _, err := pods.UpdateStatus(f.Context(), &pod, metav1.UpdateOptions{}); err != nil && f.Context().Err() == nil {
				f.Error(err)
			}
		}
	}()
}

// listen opens a port where the API server finds it, which may not share this machine's loopback.
func (f *fixture) listen() net.Listener {
	server, err := url.Parse(f.cluster.config.Host)
	f.check(err)
	way, err := net.Dial("udp", server.Host) // sends nothing
	f.check(err)
	defer way.Close()
	l, err := net.Listen("tcp", netip.AddrPortFrom(way.LocalAddr().(*net.UDPAddr).AddrPort().Addr(), 0).String())
	f.check(err)
	return l
}

// bare makes the namespace alone.
func (f *fixture) bare() {
	_, err := f.cluster.typed.CoreV1().Namespaces().Create(f.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: f.namespace}}, metav1.CreateOptions{})
	f.check(err)
}

func (f *fixture) check(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// filesOf are what a pod finds at the paths of a volume.
func (f *fixture) filesOf(pod corev1.Pod) map[string]string {
	files := map[string]string{}
	for _, v := range pod.Spec.Volumes {
		switch {
		case v.ConfigMap != nil:
			m, err := f.cluster.typed.CoreV1().ConfigMaps(f.namespace).Get(f.Context(), v.ConfigMap.Name, metav1.GetOptions{})
			f.check(err)
			for _, item := range v.ConfigMap.Items {
				files[item.Path] = m.Data[item.Key] + string(m.BinaryData[item.Key])
			}
		case v.Secret != nil:
			s, err := f.cluster.typed.CoreV1().Secrets(f.namespace).Get(f.Context(), v.Secret.SecretName, metav1.GetOptions{})
			f.check(err)
			for key, value := range s.Data {
				files[key] = string(value)
			}
		}
	}
	return files
}

func TestTaskRuns(t *testing.T) {
	f := newFixture(t)
	f.bare()
	task := Task{Name: "web", App: "ledger", Image: "local/smoke", Args: []string{"/migrate-smoke", "--lines"},
		Like:   Door{pod: corev1.PodSpec{SchedulerName: "nobody"}}, // the nodes that the cluster may have are not asked
		Files:  map[string][]byte{"smoke/web.yaml": []byte("checks: []"), "smoke/shared/a b.png": {0xff, 0}},
		Values: map[string][]byte{"values.yaml": []byte("API_TOKEN: canary")}}
	exit := int32(0)
	f.node(func(pod corev1.Pod) (string, int32) {
		files := f.filesOf(pod)
		if len(files) != 3 || files["smoke/web.yaml"] != "checks: []" || files["smoke/shared/a b.png"] != "\xff\x00" || !strings.Contains(files["values.yaml"], "canary") {
			t.Errorf("the pod finds %q", files)
		}
		return "first\nsecond\n", exit
	})
	for _, want := range []int32{0, 1} {
		exit = want
		var said []string
		lines, err := f.cluster.Run(t.Context(), f.namespace, task, func(text string) { said = append(said, text) })
		var broken *NotReady
		if strings.Join(lines, "|") != "first|second" || want == 0 && err != nil || want == 1 && !errors.As(err, &broken) {
			t.Errorf("exit %d: %q %v, said %q", want, lines, err, said)
		}
	}
	// Nothing stays, whoever dies: the Job is deleted, and what belongs to it goes with it.
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		maps, err := f.cluster.typed.CoreV1().ConfigMaps(f.namespace).List(t.Context(), metav1.ListOptions{LabelSelector: "app.kubernetes.io/component=migrate-task"})
		f.check(err)
		secrets, err := f.cluster.typed.CoreV1().Secrets(f.namespace).List(t.Context(), metav1.ListOptions{LabelSelector: "app.kubernetes.io/component=migrate-task"})
		f.check(err)
		jobs, err := f.cluster.typed.BatchV1().Jobs(f.namespace).List(t.Context(), metav1.ListOptions{LabelSelector: "app.kubernetes.io/component=migrate-task"})
		f.check(err)
		if len(maps.Items)+len(secrets.Items)+len(jobs.Items) == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("left: %d ConfigMaps, %d Secrets, %d Jobs", len(maps.Items), len(secrets.Items), len(jobs.Items))
		}
	}
}

// A task whose image can't be had says so, and the time of a gate ends one that never starts.
func TestTaskThatNeverStarts(t *testing.T) {
	f := newFixture(t)
	f.bare()
	ctx, stop := context.WithTimeout(t.Context(), 3*time.Second)
	defer stop()
	lines, err := f.cluster.Run(ctx, f.namespace, Task{Name: "web", App: "ledger", Image: "local/smoke", Args: []string{"/x"}}, func(string) {})
	var broken *NotReady
	if len(lines) > 0 || !errors.As(err, &broken) {
		t.Errorf("%q %v", lines, err)
	}
}
