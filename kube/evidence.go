package kube

import (
	"bufio"
	"context"
	"sort"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	evidenceLines  = 20
	evidenceEvents = 5
)

// withEvidence adds the last log lines and the events to failures. What can't be had is left out: the cause stands
// without it.
func (w *watch) withEvidence(ctx context.Context, v view, failures []Failure) []Failure {
	for i := range failures {
		f := &failures[i]
		f.Cause, f.Before = w.redact.text(f.Cause), v.old
		pod, status := v.container(f.Pod, f.Container)
		if pod != nil {
			f.Events = w.eventLines(append(v.events[pod.UID], w.claimEvents(ctx, pod, *f)...))
		} else {
			f.Events = w.eventLines(v.events[v.object.GetUID()])
		}
		if status == nil {
			continue
		}
		if status.State.Running != nil || status.State.Terminated != nil {
			f.Log = w.tail(ctx, pod, f.Container, false, evidenceLines)
		}
		if status.RestartCount > 0 {
			f.Previous = w.tail(ctx, pod, f.Container, true, evidenceLines)
		}
		f.fromLog()
	}
	return failures
}

// claimEvents are those of the volume claims of a pod that waits for them: they say why there is no volume.
func (w *watch) claimEvents(ctx context.Context, pod *corev1.Pod, f Failure) []corev1.Event {
	if !strings.Contains(f.Cause, "PersistentVolumeClaim") {
		return nil
	}
	var all []corev1.Event
	for _, volume := range pod.Spec.Volumes {
		if volume.PersistentVolumeClaim == nil {
			continue
		}
		selector := "involvedObject.kind=PersistentVolumeClaim,involvedObject.name=" + volume.PersistentVolumeClaim.ClaimName
		if list, err := w.cluster.typed.CoreV1().Events(pod.Namespace).List(ctx, metav1.ListOptions{FieldSelector: selector, Limit: 50}); err == nil {
			all = append(all, list.Items...)
		}
	}
	return all
}

func (v view) container(podName, container string) (*corev1.Pod, *corev1.ContainerStatus) {
	for i := range v.pods {
		pod := &v.pods[i]
		if pod.Name != podName {
			continue
		}
		for _, list := range [][]corev1.ContainerStatus{pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses} {
			for j := range list {
				if list[j].Name == container {
					return pod, &list[j]
				}
			}
		}
		return pod, nil
	}
	return nil, nil
}

// eventLines are the last warnings, without repetitions.
func (w *watch) eventLines(events []corev1.Event) []string {
	sort.SliceStable(events, func(i, j int) bool { return events[i].LastTimestamp.Before(&events[j].LastTimestamp) })
	var lines []string
	seen := map[string]bool{}
	for _, e := range events {
		line := w.redact.text(e.Reason + ": " + firstLine(e.Message))
		if e.Type == corev1.EventTypeWarning && !seen[line] {
			seen[line] = true
			lines = append(lines, line)
		}
	}
	return lines[max(0, len(lines)-evidenceEvents):]
}

// tail are the last lines that a container wrote, that many at most.
func (w *watch) tail(ctx context.Context, pod *corev1.Pod, container string, previous bool, most int) []string {
	lines := int64(most)
	stream, err := w.cluster.typed.CoreV1().Pods(pod.Namespace).GetLogs(pod.Name,
		&corev1.PodLogOptions{Container: container, Previous: previous, TailLines: &lines}).Stream(ctx)
	if err != nil {
		return nil
	}
	defer stream.Close()
	var out []string
	scanner := bufio.NewScanner(stream)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() && len(out) < most {
		line, shown := w.redact.log(strings.TrimRight(scanner.Text(), "\r"))
		if strings.HasPrefix(line, "unable to retrieve container logs for ") { // the kubelet's word, and it has thrown them away
			return nil
		}
		if out = append(out, line); !shown {
			return out
		}
	}
	return out
}
