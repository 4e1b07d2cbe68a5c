package kube

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
)

// brokenLog is a server whose log of a container breaks off after each of its parts.
type brokenLog struct {
	parts []string
	ends  error // of each part but the last; nil ends it as if the container had ended
	since []string
}

func (l *brokenLog) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, "/log") {
		state := corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}
		if len(l.since) == len(l.parts) {
			state = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{}}
		}
		return answer(corev1.Pod{TypeMeta: metav1.TypeMeta{Kind: "Pod", APIVersion: "v1"},
			Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{Name: "upgrade", State: state}}}}), nil
	}
	part := l.parts[len(l.since)]
	l.since = append(l.since, r.URL.Query().Get("sinceTime"))
	body := io.Reader(strings.NewReader(part))
	if l.ends != nil && len(l.since) < len(l.parts) {
		body = io.MultiReader(body, iotest.ErrReader(l.ends))
	}
	return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"text/plain"}}, Body: io.NopCloser(body), Request: r}, nil
}

// The log of a release step that breaks off is followed again, and no line is told twice.
func TestLogIsFollowedAgain(t *testing.T) {
	stamp := func(n int) string { return fmt.Sprintf("2026-11-21T10:00:00.%09dZ", n) }
	for name, ends := range map[string]error{"connection lost": io.ErrUnexpectedEOF, "ended too early": nil} {
		t.Run(name, func(t *testing.T) {
			server := &brokenLog{ends: ends, parts: []string{
				stamp(1) + " one\n" + stamp(2) + " two\n",
				stamp(1) + " one\n" + stamp(2) + " two\n" + stamp(3) + " three has words\n",
				stamp(3) + " three has words\n" + stamp(4) + " \n" + stamp(5) + " five\n"}}
			c, err := newCluster("test", &rest.Config{Host: "http://cluster.test", Transport: server})
			if err != nil {
				t.Fatal(err)
			}
			c.pace.look = time.Millisecond
			var lines []string
			a := newApply(c, ApplyOptions{Events: func(e Event) {
				if e.Action != "log" {
					t.Errorf("%+v", e)
				}
				lines = append(lines, e.Text)
			}})
			f := &follower{apply: a, job: Object{Unstructured: &unstructured.Unstructured{Object: map[string]any{}}}, seen: map[string]bool{}}
			f.stream(t.Context(), "shop", "upgrade-1", "upgrade")
			if want := []string{"one", "two", "three has words", "", "five"}; !slices.Equal(lines, want) {
				t.Errorf("told %q, want %q", lines, want)
			}
			if want := []string{"", "2026-11-21T10:00:00Z", "2026-11-21T10:00:00Z"}; !slices.Equal(server.since, want) {
				t.Errorf("asked since %q", server.since)
			}
		})
	}
}
