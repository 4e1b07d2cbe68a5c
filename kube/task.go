package kube

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/rand"
)

// Task is a program that runs once beside the pods of an application, as a Job that leaves nothing behind. It has the rights
// of those pods on the network, and none in the cluster.
type Task struct {
	Name   string // begins the names of its objects
	App    string // to which it belongs, for the network policies
	Image  string
	Args   []string
	Files  map[string][]byte // below its working directory, by their paths
	Values map[string][]byte // of secrets: files below TaskValues
	Like   Door              // whose nodes and registry it has
}

// TaskValues is the directory of a Task's secret files.
const TaskValues = "/values"

// maxTask is what its files may hold together: a ConfigMap takes 1 MiB.
const maxTask = 1 << 20

// taskTime is how long the cluster keeps a Task whose caller died: to its end, and from there.
const (
	taskTime = GateTime
	taskKept = 10 * time.Minute
)

// Fits says whether a ConfigMap takes the files of the task.
func (t Task) Fits() error {
	size := 0
	for name, text := range t.Files {
		size += len(name) + len(text)
	}
	if size > maxTask {
		return fmt.Errorf("its files have %d KiB, and a ConfigMap takes %d", size>>10, maxTask>>10)
	}
	return nil
}

// tasking are the rights that a Task needs.
func tasking(values bool) []right {
	rights := []right{{"", "configmaps", "create"}, {"batch", "jobs", "create"}, {"batch", "jobs", "patch"}, {"batch", "jobs", "get"}, {"batch", "jobs", "delete"},
		{"", "pods", "list"}, {"", "pods/log", "get"}}
	if values {
		rights = append(rights, right{"", "secrets", "create"})
	}
	return rights
}

// Run runs a task to its end and returns the lines that it wrote. They are there also where it ended badly, which is a
// *NotReady. say is told what it waits for.
func (c *Cluster) Run(ctx context.Context, namespace string, t Task, say func(text string)) (lines []string, err error) {
	a := newApply(c, ApplyOptions{Namespace: namespace, Events: func(e Event) {
		switch e.Action {
		case "log":
			lines = append(lines, e.Text)
		case "warning":
			say(e.Text)
		}
	}})
	a.result.Written = 1
	job, err := runtime.DefaultUnstructuredConverter.ToUnstructured(t.job(namespace))
	if err != nil {
		return nil, err
	}
	delete(job, "status")
	p := &planned{Object: Object{Unstructured: &unstructured.Unstructured{Object: job}}}
	p.client = c.dynamic.Resource(batchv1.SchemeGroupVersion.WithResource("jobs")).Namespace(namespace)
	// It begins suspended: what it needs is then its own, and goes with it whoever dies.
	live, err := tryApply(ctx, p.client, p.Object, a.options(false))
	if err != nil {
		return nil, c.advised(err)
	}
	defer func() {
		late, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer stop()
		background := metav1.DeletePropagationBackground
		if gone := p.client.Delete(late, p.GetName(), metav1.DeleteOptions{PropagationPolicy: &background}); gone != nil {
			say(fmt.Sprintf("%s stays for %s: %v", p.ID(), taskKept, gone))
		}
	}()
	if err := c.equip(ctx, t, live); err != nil {
		return nil, err
	}
	if err := unstructured.SetNestedField(p.Object.Object, false, "spec", "suspend"); err != nil {
		return nil, err
	}
	if _, err := tryApply(ctx, p.client, p.Object, a.options(false)); err != nil {
		return nil, c.advised(err)
	}
	say(p.ID() + " runs in the cluster")
	err = a.follow(ctx, p)
	a.mu.Lock() // over the lines, of which a stream may bring one more
	defer a.mu.Unlock()
	return slices.Clone(lines), err
}

// equip writes the files of a task, which belong to its Job.
func (c *Cluster) equip(ctx context.Context, t Task, job *unstructured.Unstructured) error {
	meta := metav1.ObjectMeta{Name: job.GetName(), Namespace: job.GetNamespace(), Labels: job.GetLabels(),
		OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(job, batchv1.SchemeGroupVersion.WithKind("Job"))}}
	files := &corev1.ConfigMap{ObjectMeta: meta, Data: map[string]string{}, BinaryData: map[string][]byte{}}
	for i, name := range t.paths() {
		if text := t.Files[name]; utf8.Valid(text) {
			files.Data[key(i)] = string(text)
		} else {
			files.BinaryData[key(i)] = text
		}
	}
	options := metav1.CreateOptions{FieldManager: Manager}
	if _, err := c.typed.CoreV1().ConfigMaps(meta.Namespace).Create(ctx, files, options); err != nil {
		return fmt.Errorf("the ConfigMap with its files: %w", c.advised(err))
	}
	if len(t.Values) == 0 {
		return nil
	}
	if _, err := c.typed.CoreV1().Secrets(meta.Namespace).Create(ctx, &corev1.Secret{ObjectMeta: meta, Data: t.Values}, options); err != nil {
		return errors.New("the Secret with its values: the server refuses it") // it quotes what it refuses
	}
	return nil
}

// key is the key of a file in the ConfigMap: paths have letters that keys don't.
func key(i int) string { return fmt.Sprintf("file-%d", i) }

func (t Task) paths() []string {
	var all []string
	for name := range t.Files {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

func (t Task) job(namespace string) *batchv1.Job {
	yes, no, never, kept, longest := true, false, int32(0), int32(taskKept/time.Second), int64(taskTime/time.Second)
	// As its own pods are called, since policies go by that, and another component, so that no Service leads to it.
	labels := map[string]string{"app.kubernetes.io/name": t.App, "app.kubernetes.io/component": "migrate-task", "app.kubernetes.io/managed-by": Manager}
	pod := corev1.PodSpec{
		RestartPolicy: corev1.RestartPolicyNever, AutomountServiceAccountToken: &no, EnableServiceLinks: &no,
		ServiceAccountName: t.Like.pod.ServiceAccountName, ImagePullSecrets: t.Like.pod.ImagePullSecrets,
		NodeSelector: t.Like.pod.NodeSelector, Tolerations: t.Like.pod.Tolerations, SchedulerName: t.Like.pod.SchedulerName,
		SecurityContext: &corev1.PodSecurityContext{RunAsNonRoot: &yes, SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}},
		Containers: []corev1.Container{{
			Name: "task", Image: t.Image, Command: t.Args[:1], Args: t.Args[1:], WorkingDir: "/task", TerminationMessagePolicy: corev1.TerminationMessageReadFile,
			SecurityContext: &corev1.SecurityContext{AllowPrivilegeEscalation: &no, ReadOnlyRootFilesystem: &yes, Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}},
			Resources: corev1.ResourceRequirements{
				Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("50m"), corev1.ResourceMemory: resource.MustParse("32Mi")},
				Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("128Mi")},
			},
			VolumeMounts: []corev1.VolumeMount{{Name: "files", MountPath: "/task", ReadOnly: true}},
		}},
	}
	name := "smoke-" + strings.TrimRight(t.Name[:min(len(t.Name), 40)], "-") + "-" + rand.String(5)
	files := corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: name}}
	for i, file := range t.paths() {
		files.Items = append(files.Items, corev1.KeyToPath{Key: key(i), Path: path.Clean(file)})
	}
	pod.Volumes = []corev1.Volume{{Name: "files", VolumeSource: corev1.VolumeSource{ConfigMap: &files}}}
	if len(t.Values) > 0 {
		pod.Volumes = append(pod.Volumes, corev1.Volume{Name: "values", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: name}}})
		mounts := &pod.Containers[0].VolumeMounts
		*mounts = append(*mounts, corev1.VolumeMount{Name: "values", MountPath: TaskValues, ReadOnly: true})
	}
	return &batchv1.Job{
		TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace, Labels: labels},
		Spec: batchv1.JobSpec{Suspend: &yes, BackoffLimit: &never, ActiveDeadlineSeconds: &longest, TTLSecondsAfterFinished: &kept,
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: pod}},
	}
}
