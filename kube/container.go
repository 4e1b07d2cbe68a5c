package kube

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// containerFinding judges one container of a pod that isn't ready.
func containerFinding(pod corev1.Pod, s corev1.ContainerStatus, events []corev1.Event) (finding, bool) {
	if w := s.State.Waiting; w != nil {
		switch w.Reason {
		case "ContainerCreating", "PodInitializing", "":
			return finding{}, false
		case "ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "RegistryUnavailable", "ImageInspectError", "SignatureValidationFailed":
			return imageFinding(s.Image, w.Reason, w.Message), true
		case "CreateContainerConfigError":
			return configFinding(w.Message), true
		case "CrashLoopBackOff":
			return crashFinding(pod, s, s.LastTerminationState.Terminated, events), true
		default: // CreateContainerError, RunContainerError, PostStartHookError ...
			f := finding{patience: createErrorTime, Failure: Failure{Reason: w.Reason, Cause: startMessage(w.Message),
				Fix: "the node can't start the container: often its memory limit is too small even to start, or a mount is in the way"}}
			if fix := startFix(w.Message); fix != "" {
				f.fatal, f.Fix = true, fix
			}
			return f, true
		}
	}
	if t := s.State.Terminated; t != nil {
		if t.ExitCode == 0 && pod.Spec.RestartPolicy != corev1.RestartPolicyAlways || initDone(pod, s) {
			return finding{}, false
		}
		f := crashFinding(pod, s, t, events)
		if pod.Spec.RestartPolicy == corev1.RestartPolicyNever {
			f.fatal = false // what becomes of the Job is the Job's to say
		}
		return f, true
	}
	if t := s.LastTerminationState.Terminated; t != nil && s.RestartCount > 0 && !s.Ready {
		return crashFinding(pod, s, t, events), true
	}
	if s.State.Running != nil && !s.Ready {
		return unreadyFinding(pod, s, events), true
	}
	return finding{}, false
}

func initDone(pod corev1.Pod, s corev1.ContainerStatus) bool {
	for _, c := range pod.Status.InitContainerStatuses {
		if c.Name == s.Name {
			return s.State.Terminated.ExitCode == 0
		}
	}
	return false
}

func imageFinding(image, reason, message string) finding {
	f := finding{patience: registryTime, Failure: Failure{Reason: reason, Cause: fmt.Sprintf("image %s can't be pulled: %s", image, pullMessage(message)),
		Fix: "the node can't reach the registry: check its name and the cluster's network"}}
	lower := strings.ToLower(message)
	has := func(texts ...string) bool {
		for _, t := range texts {
			if strings.Contains(lower, t) {
				return true
			}
		}
		return false
	}
	switch {
	case reason == "InvalidImageName":
		f.fatal = true
		f.Cause, f.Fix = fmt.Sprintf("%q is no image name", image), "correct image in migrate.yaml, or the --tag"
	case reason == "ErrImageNeverPull":
		f.fatal = true
		f.Cause, f.Fix = fmt.Sprintf("image %s isn't on the node, and imagePullPolicy is Never", image), "load the image onto the node, or take imagePullPolicy out"
	case has("401", "403", "unauthori", "forbidden", "denied", "no basic auth"):
		f.Fix = "the node isn't allowed to pull it: give the ServiceAccount an imagePullSecret, and check that the repository exists"
	case has("not found", "manifest unknown", "name unknown", "no such image", "does not exist") && !has("no such host"):
		f.patience = notFoundTime
		f.Fix = "the registry has no such image: has this tag been built and pushed (make docker_push)?"
	case has("no such host", "x509", "tls:", "dial tcp"): // the default says it
	}
	if strings.Contains(image, "migrate-sidecar:") {
		f.Fix += "; or build it, once: make sidecar_image SIDECAR_IMAGE=" + image + " in the toolkit's repository, and docker push"
	}
	return f
}

// pullMessage shortens what the kubelet says about a pull: it repeats the image several times.
func pullMessage(message string) string {
	message = firstLine(message)
	if i := strings.LastIndex(message, "failed to resolve reference"); i >= 0 {
		message = message[i:]
	}
	return message
}

// crashFinding judges a container that ends though it should not.
func crashFinding(pod corev1.Pod, s corev1.ContainerStatus, t *corev1.ContainerStateTerminated, events []corev1.Event) finding {
	f := finding{fatal: s.RestartCount >= maxRestarts, Failure: Failure{Reason: "CrashLoopBackOff"}}
	if t == nil {
		f.Cause = fmt.Sprintf("it ends again and again (%d restarts)", s.RestartCount)
		return f
	}
	f.Cause = exitText(t)
	if s.RestartCount > 0 {
		f.Cause += fmt.Sprintf(" (%s)", restarts(s.RestartCount))
	}
	f.Fix = exitFix(pod, s.Name, t)
	switch {
	case t.Reason == "OOMKilled":
		f.Reason = "OOMKilled"
		f.fatal = s.RestartCount >= oomRestarts
	case t.Reason == "StartError" || t.Reason == "ContainerCannotRun":
		f.Reason = t.Reason
		f.fatal = f.fatal || startFix(t.Message) != ""
	case killedByProbe(events) != "" && t.ExitCode != 0:
		f.Reason = "Liveness"
		f.Cause = fmt.Sprintf("its liveness or startup probe kills it: %s (%s)", killedByProbe(events), restarts(s.RestartCount))
		f.Fix = "check the probe's path and port; give a slow start more failureThreshold in a startupProbe; a liveness probe must not look at backing services"
	}
	return f
}

func restarts(n int32) string {
	if n == 1 {
		return "1 restart"
	}
	return fmt.Sprintf("%d restarts", n)
}

func exitText(t *corev1.ContainerStateTerminated) string {
	switch {
	case t.Reason == "OOMKilled":
		return "it was killed because it used more memory than its limit"
	case t.Reason == "StartError", t.Reason == "ContainerCannotRun":
		return "it can't be started: " + startMessage(t.Message)
	case t.Signal != 0:
		return fmt.Sprintf("it was ended by signal %d", t.Signal)
	case t.ExitCode > 128:
		return fmt.Sprintf("it exits with code %d (signal %d)", t.ExitCode, t.ExitCode-128)
	}
	return fmt.Sprintf("it exits with code %d", t.ExitCode)
}

func exitFix(pod corev1.Pod, container string, t *corev1.ContainerStateTerminated) string {
	switch {
	case t.Reason == "OOMKilled":
		limit := "the memory limit"
		for _, c := range append(pod.Spec.InitContainers, pod.Spec.Containers...) {
			if q, ok := c.Resources.Limits[corev1.ResourceMemory]; ok && c.Name == container {
				limit = "the memory limit of " + q.String()
			}
		}
		return "raise " + limit + " in kube/base, or make it use less (workers, heap size)"
	case t.Reason == "StartError", t.Reason == "ContainerCannotRun":
		return startFix(t.Message)
	case t.ExitCode == 0 && pod.Spec.RestartPolicy == corev1.RestartPolicyAlways:
		return "the command ends by itself, but a service has to stay: correct command in migrate.yaml, or give it a schedule or release: true"
	case t.ExitCode == 127:
		return "the command isn't in the image: correct command in migrate.yaml or install it in the Dockerfile"
	case t.ExitCode == 126:
		return "the command isn't executable: chmod +x in the Dockerfile"
	}
	return "its last lines say why"
}

// startFix knows what keeps a container from starting at all, however often it is tried.
func startFix(message string) string {
	switch {
	case strings.Contains(message, "exec format error"):
		return "the image is for another processor than the node's: build it for the node's platform (docker build --platform)"
	case strings.Contains(message, "executable file not found"), strings.Contains(message, "no such file or directory"):
		return "the command isn't in the image: correct command in migrate.yaml or install it in the Dockerfile"
	case strings.Contains(message, "permission denied"):
		return "the image's user may not run the command: chmod +x, or check the user, in the Dockerfile"
	}
	return ""
}

// startMessage is the end of what the runtime says, which is the part that speaks of the command.
func startMessage(message string) string {
	message = firstLine(message)
	if i := strings.LastIndex(message, ": exec: "); i >= 0 {
		return strings.TrimPrefix(message[i:], ": ")
	}
	return message
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

// killedByProbe is the last answer to a probe that made the kubelet kill the container; empty where none did.
func killedByProbe(events []corev1.Event) string {
	killing, answer := false, ""
	for _, e := range events {
		switch {
		case e.Reason == "Killing" && strings.Contains(e.Message, "probe, will be restarted"):
			killing = true
		case e.Reason == "Unhealthy" && !strings.HasPrefix(e.Message, "Readiness"):
			answer = firstLine(e.Message)
		}
	}
	if !killing {
		return ""
	}
	return answer
}

// unreadyFinding explains a container that runs and isn't ready. That may be its start: it never fails an apply early.
func unreadyFinding(pod corev1.Pod, s corev1.ContainerStatus, events []corev1.Event) finding {
	f := finding{Failure: Failure{Reason: "NotReady", Cause: "it runs but isn't ready",
		Fix: "check the probe's path and port against what the service answers; if it starts slowly, give the startup probe more failureThreshold"}}
	for _, c := range append(append([]corev1.Container{}, pod.Spec.InitContainers...), pod.Spec.Containers...) {
		if c.Name == s.Name {
			f.Cause += probeText(c)
		}
	}
	for _, e := range events {
		if e.Reason == "Unhealthy" && strings.Contains(e.InvolvedObject.FieldPath, "{"+s.Name+"}") {
			f.Cause += ": " + firstLine(e.Message)
			break
		}
	}
	return f
}

func probeText(c corev1.Container) string {
	for _, p := range []*corev1.Probe{c.ReadinessProbe, c.StartupProbe} {
		switch {
		case p == nil:
		case p.HTTPGet != nil:
			return fmt.Sprintf(" (probe GET %s on port %s)", p.HTTPGet.Path, p.HTTPGet.Port.String())
		case p.TCPSocket != nil:
			return fmt.Sprintf(" (probe of TCP port %s)", p.TCPSocket.Port.String())
		case p.Exec != nil:
			return fmt.Sprintf(" (probe %s)", strings.Join(p.Exec.Command, " "))
		}
	}
	return ""
}
