package kube

import (
	"fmt"
	"slices"
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
			return imageFinding(s.Image, w.Reason, pullMessage(w.Message, events)), true
		case "CreateContainerConfigError":
			return configFinding(w.Message), true
		case "CrashLoopBackOff":
			return crashFinding(pod, s, s.LastTerminationState.Terminated, events), true
		}
		return startFinding(w.Reason, w.Message), true // CreateContainerError, RunContainerError, PostStartHookError ...
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
	switch {
	case s.State.Running == nil || s.Ready:
		return finding{}, false
	case isInit(pod, s.Name):
		return finding{Failure: Failure{Reason: "InitRunning", Cause: "the init container has not come to its end: nothing else of the pod starts before",
			Fix: "see what it waits for in its last lines; it has to end by itself"}}, true
	}
	return unreadyFinding(pod, s, events), true
}

// startFinding judges a container that the node can't start.
func startFinding(reason, message string) finding {
	f := finding{patience: createErrorTime, class: "start", Failure: Failure{Reason: reason, Cause: startMessage(message),
		Fix: "the node can't start the container: often its memory limit is too small even to start, or a mount is in the way"}}
	if fix := startFix(message); fix != "" {
		f.fatal, f.Fix = true, fix
	}
	return f
}

// isInit says whether a container has to end before others start, as one with restartPolicy Always, a sidecar, has not.
func isInit(pod corev1.Pod, name string) bool {
	return slices.ContainsFunc(pod.Spec.InitContainers, func(c corev1.Container) bool {
		return c.Name == name && (c.RestartPolicy == nil || *c.RestartPolicy != corev1.ContainerRestartPolicyAlways)
	})
}

func initDone(pod corev1.Pod, s corev1.ContainerStatus) bool {
	return isInitStatus(pod, s.Name) && s.State.Terminated.ExitCode == 0
}

func isInitStatus(pod corev1.Pod, name string) bool {
	return slices.ContainsFunc(pod.Status.InitContainerStatuses, func(c corev1.ContainerStatus) bool { return c.Name == name })
}

// imageFinding judges why an image can't be had.
func imageFinding(image, reason, message string) finding {
	f := finding{patience: registryTime, class: "image", Failure: Failure{Reason: reason, Cause: fmt.Sprintf("image %s can't be pulled: %s", image, message),
		Fix: "the node can't reach the registry: check its name and the cluster's network"}}
	lower := strings.ToLower(message)
	has := func(texts ...string) bool {
		return slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(lower, t) })
	}
	switch {
	case reason == "InvalidImageName":
		f.fatal = true
		f.Cause, f.Fix = fmt.Sprintf("%q is no image name", image), "correct image in migrate.yaml, or the --tag"
	case reason == "ErrImageNeverPull":
		f.fatal = true
		f.Cause, f.Fix = fmt.Sprintf("image %s isn't on the node, and imagePullPolicy is Never", image), "load the image onto the node, or take imagePullPolicy out"
	case reason == "SignatureValidationFailed":
		f.fatal = true
		f.Fix = "the cluster takes signed images only, and the signature of this one is not accepted: sign it as the cluster's policy asks"
	case has("no match for platform", "no matching manifest"):
		f.fatal = true
		f.Fix = "the image is for another processor than the node's: build it for the node's platform (docker build --platform)"
	case has("toomanyrequests", "429"):
		f.Fix = "the registry limits pulls: wait, or give the ServiceAccount an imagePullSecret of an account with a higher limit"
	case has("no space left on device"):
		f.Fix = "the node's disk is full: ask who runs the cluster"
	case has("401", "403", "unauthori", "forbidden", "denied", "no basic auth"):
		f.Fix = "the node isn't allowed to pull it: give the ServiceAccount an imagePullSecret, and check that the repository exists"
	case has("not found", "manifest unknown", "name unknown", "no such image", "does not exist") && !has("no such host"):
		f.patience = notFoundTime
		f.Fix = "the registry has no such image: has this tag been built and pushed (make docker_push)?"
	}
	if strings.Contains(image, "migrate-sidecar:") {
		f.Fix += "; or build it, once: make sidecar_image SIDECAR_IMAGE=" + image + " in the toolkit's repository, and docker push"
	}
	return f
}

// pullMessage shortens what the kubelet says about a pull: it repeats the image several times. Older ones say in their
// events alone what the registry answered.
func pullMessage(message string, events []corev1.Event) string {
	if message = firstLine(message); strings.HasPrefix(message, "Back-off pulling image") && !strings.Contains(message, ": ") {
		for _, e := range latestFirst(events) {
			if e.Reason == "Failed" && strings.HasPrefix(e.Message, "Failed to pull image") {
				message = firstLine(e.Message)
				break
			}
		}
	}
	if i := strings.LastIndex(message, "failed to resolve reference"); i >= 0 {
		message = message[i:]
	}
	return message
}

// crashFinding judges a container that ends though it should not. One that runs again may yet stay.
func crashFinding(pod corev1.Pod, s corev1.ContainerStatus, t *corev1.ContainerStateTerminated, events []corev1.Event) finding {
	over := func(limit int32) bool {
		return s.RestartCount > limit || s.RestartCount == limit && s.State.Running == nil
	}
	f := finding{fatal: over(maxRestarts), Failure: Failure{Reason: "CrashLoopBackOff"}}
	if t == nil {
		f.Cause = fmt.Sprintf("it ends again and again (%d restarts)", s.RestartCount)
		f.Fix = "its last lines say why"
		return f
	}
	f.Cause = exitText(t)
	if s.RestartCount > 0 {
		f.Cause += fmt.Sprintf(" (%s)", restarts(s.RestartCount))
	}
	f.Fix = exitFix(pod, s.Name, t)
	switch answer := killedByProbe(events, s.Name); {
	case t.Reason == "OOMKilled":
		f.Reason = "OOMKilled"
		f.fatal = over(oomRestarts)
	case t.Reason == "StartError" || t.Reason == "ContainerCannotRun":
		f.Reason = t.Reason
		f.fatal = f.fatal || startFix(t.Message) != ""
	case answer != "" && t.ExitCode != 0:
		f.Reason = "Liveness"
		f.fatal = s.RestartCount >= maxRestarts
		f.Cause = fmt.Sprintf("its liveness or startup probe kills it: %s (%s)", answer, restarts(s.RestartCount))
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
		for _, c := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
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
	has := func(text string) bool { return strings.Contains(message, text) }
	switch {
	case has("exec format error"):
		return "the image is for another processor than the node's: build it for the node's platform (docker build --platform); or a script lacks its first line, #!/bin/sh"
	case has("not a directory") && has("mount"):
		return "a file is mounted over a directory, or the other way round: correct mountPath and subPath in kube/base"
	case has("read-only file system") && has("mount"):
		return "a volume is mounted below a directory that is read-only and lacks the place for it: make the directory in the Dockerfile"
	case has("executable file not found"), has("no such file or directory"):
		return "the command isn't in the image: correct command in migrate.yaml or install it in the Dockerfile; for a script, so is the interpreter of its first line"
	case has("permission denied"):
		return "the image's user may not run the command: chmod +x, or check the user, in the Dockerfile"
	case has("OOM-killed"), has("memory limit too low"):
		return "the memory limit is too small even to start: raise it in kube/base"
	case has("unable to start container process") && has("no such user"), has("unable to find user"):
		return "the image has no user of that name: give a number (runAsUser: 10001) in kube/base, or make the user in the Dockerfile"
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
func killedByProbe(events []corev1.Event, container string) string {
	killing, answer := false, ""
	for _, e := range events {
		switch {
		case !about(e, container):
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

// about says whether an event is about a container, as far as it says.
func about(e corev1.Event, container string) bool {
	return e.InvolvedObject.FieldPath == "" || strings.HasSuffix(e.InvolvedObject.FieldPath, "{"+container+"}")
}

// unreadyFinding explains a container that runs and isn't ready. That may be its start: it never fails an apply early.
func unreadyFinding(pod corev1.Pod, s corev1.ContainerStatus, events []corev1.Event) finding {
	f := finding{Failure: Failure{Reason: "NotReady", Cause: "it runs but isn't ready",
		Fix: "check the probe's path and port against what the service answers; if it starts slowly, give the startup probe more failureThreshold"}}
	for _, c := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
		if c.Name == s.Name {
			f.Cause += probeText(c)
		}
	}
	answer := ""
	for _, e := range latestFirst(events) {
		if e.Reason == "Unhealthy" && about(e, s.Name) {
			answer = firstLine(e.Message)
			f.Cause += ": " + answer
			break
		}
	}
	switch {
	case strings.Contains(answer, "connection refused"):
		f.Fix = "nothing listens on the port of the probe: let the service listen on all addresses (0.0.0.0), and on the port that migrate.yaml names"
	case strings.Contains(answer, "statuscode: 404"):
		f.Fix = "the service has no such path: correct health in migrate.yaml"
	case strings.Contains(answer, "statuscode: 400"), strings.Contains(answer, "statuscode: 421"):
		f.Fix = "the service refuses the probe's Host, which is the pod's address: give the probe a Host header that it knows, or let it accept any"
	case strings.Contains(answer, "statuscode: 401"), strings.Contains(answer, "statuscode: 403"):
		f.Fix = "the path of the probe wants a login: name one under health in migrate.yaml that doesn't"
	case strings.Contains(answer, "statuscode: 503"), strings.Contains(answer, "statuscode: 500"):
		f.Fix = "the service says itself that it isn't ready: see its last lines, and whether its needs answer (migrate.yaml, environments)"
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
