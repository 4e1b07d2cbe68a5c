package kube

import (
	"slices"
	"strings"
)

// Workload says whether the object makes pods.
func (o Object) Workload() bool { return o.podSpec() != nil }

// podSpec is the pod specification inside a workload, or nil.
func (o Object) podSpec() map[string]any {
	switch o.GetKind() {
	case "Pod":
		return child(o.Object, "spec")
	case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job":
		return child(o.Object, "spec", "template", "spec")
	case "CronJob":
		return child(o.Object, "spec", "jobTemplate", "spec", "template", "spec")
	}
	return nil
}

// child walks down maps, and is nil where the way ends or a value has another type.
func child(m map[string]any, path ...string) map[string]any {
	for _, p := range path {
		m, _ = m[p].(map[string]any)
	}
	return m
}

// maps are the elements of a list that are maps; strict decoding complains about the others.
func maps(list any) []map[string]any {
	all, _ := list.([]any)
	var found []map[string]any
	for _, v := range all {
		if m, ok := v.(map[string]any); ok {
			found = append(found, m)
		}
	}
	return found
}

// containers are those of a pod specification, init containers first.
func containers(podSpec map[string]any) []map[string]any {
	return append(maps(podSpec["initContainers"]), maps(podSpec["containers"])...)
}

// setTag puts the tag on the images that are built here, and notes whether a workload has any.
func (o *Object) setTag(images []string, tag string) {
	spec := o.podSpec()
	if spec == nil {
		return
	}
	o.foreign = len(images) > 0
	for _, c := range containers(spec) {
		image, _ := c["image"].(string)
		repository, version := splitImage(image)
		if !slices.Contains(images, repository) {
			continue
		}
		o.foreign = false
		if version == "" && tag != "" {
			c["image"] = image + ":" + tag
		}
	}
}

// splitImage cuts an image reference into repository and what follows it, which is a tag, a digest or both, with
// their : or @ in front.
func splitImage(image string) (repository, version string) {
	if i := strings.IndexByte(image, '@'); i >= 0 {
		repository, _ = splitImage(image[:i])
		return repository, image[len(repository):]
	}
	if i := strings.LastIndexByte(image, ':'); i > strings.LastIndexByte(image, '/') {
		return image[:i], image[i:]
	}
	return image, ""
}
