package kube

import (
	"bufio"
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// follower streams the logs of a Job's pods, each container once.
type follower struct {
	*apply
	job     Object
	seen    map[string]bool
	streams sync.WaitGroup
}

func (f *follower) start(ctx context.Context, pods []corev1.Pod) {
	for _, pod := range pods {
		for _, status := range append(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses...) {
			key := string(pod.UID) + "/" + status.Name
			if f.seen[key] || status.State.Running == nil && status.State.Terminated == nil {
				continue
			}
			f.seen[key] = true
			f.streams.Go(func() { f.stream(ctx, pod.Namespace, pod.Name, status.Name) })
		}
	}
}

// stream passes on the log of a container until that has ended. A stream that breaks off before is followed again, from the
// last line on.
func (f *follower) stream(ctx context.Context, namespace, pod, container string) {
	var last time.Time // of the last line that was passed on
	for tries := 0; ; tries++ {
		more, err := f.lines(ctx, namespace, pod, container, &last)
		switch {
		case ctx.Err() != nil || !more:
			return
		case err != nil && tries == 0:
			f.emit(f.job.ID(), "warning", fmt.Sprintf("its log can't be followed: %v", err))
			return
		case tries == followed:
			f.emit(f.job.ID(), "warning", "its log breaks off again and again, and is not followed any more")
			return
		}
		if f.ended(ctx, namespace, pod, container) || pause(ctx, f.cluster.pace.look) != nil {
			return
		}
	}
}

// followed is how often a log that breaks off is followed again.
const followed = 20

// lines passes on what a log says after last. It says whether there may be more to show; its error says that the server gave no log.
func (f *follower) lines(ctx context.Context, namespace, pod, container string, last *time.Time) (more bool, err error) {
	options := &corev1.PodLogOptions{Container: container, Follow: true, Timestamps: true}
	if !last.IsZero() {
		options.SinceTime = &metav1.Time{Time: *last} // in whole seconds: some lines come again
	}
	stream, err := f.cluster.typed.CoreV1().Pods(namespace).GetLogs(pod, options).Stream(ctx)
	if err != nil {
		return true, err
	}
	defer stream.Close()
	lines := bufio.NewScanner(stream)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		stamp, text, _ := strings.Cut(lines.Text(), " ")
		at, err := time.Parse(time.RFC3339Nano, stamp)
		if err != nil {
			text = lines.Text()
		} else if !at.After(*last) {
			continue
		} else {
			*last = at
		}
		line, shown := f.redact.log(strings.TrimRight(text, "\r"))
		f.emit(f.job.ID(), "log", line)
		if !shown {
			return false, nil
		}
	}
	return true, nil
}

// ended says whether a container has come to its end, or is gone.
func (f *follower) ended(ctx context.Context, namespace, pod, container string) bool {
	live, err := f.cluster.typed.CoreV1().Pods(namespace).Get(ctx, pod, metav1.GetOptions{})
	if err != nil {
		return apierrors.IsNotFound(err)
	}
	for _, s := range append(live.Status.InitContainerStatuses, live.Status.ContainerStatuses...) {
		if s.Name == container {
			return s.State.Running == nil
		}
	}
	return true
}

// drain waits until the last lines have come, or for three seconds: the kubelet closes a stream when its container ends.
func (f *follower) drain() {
	ended := make(chan struct{})
	go func() { f.streams.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(3 * time.Second):
	}
}
