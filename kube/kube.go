// Package kube stands at the end of the flow: it renders kube/overlays/<env> in process, judges every object without a
// cluster, and brings the objects into one and reports on them. It is the only code that talks to a cluster.
//
// It knows kustomize trees and Kubernetes objects, and nothing of how they came to be: no migrate.yaml, no generator, no
// secret store. Values of secrets reach it through a Resolver, live in memory only and are kept out of every message.
package kube

import (
	"bytes"
	"fmt"

	yamlv2 "go.yaml.in/yaml/v2"
	"gopkg.in/yaml.v3"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Manager is the field manager under which objects are applied, and the value of app.kubernetes.io/managed-by.
const Manager = "migrate"

// The annotation that gives an object its place in an apply, and its value for a Job that runs before each rollout.
const (
	stepAnnotation = "migrate/step"
	stepRelease    = "release"
)

// Object is one Kubernetes object with the place in the repository that it came from.
type Object struct {
	*unstructured.Unstructured
	File string // such as kube/base/web.yaml; empty where it is not known
	Line int    // first line of its document, from 1; 0 where it is not known

	node    *yaml.Node // its document, for the line of a field
	foreign bool       // a workload none of whose images is built here: the answer to a need
}

// ID names an object in messages: "Deployment web".
func (o Object) ID() string { return o.GetKind() + " " + o.GetName() }

// LeadsTo is the DNS name that a Service of type ExternalName stands for, empty for anything else.
func (o Object) LeadsTo() string {
	if !o.is("", "Service") {
		return ""
	}
	host, _, _ := unstructured.NestedString(o.Object, "spec", "externalName") // validated: a text where it is there
	return host
}

func (o Object) key() string {
	gvk := o.GroupVersionKind()
	return gvk.Group + "/" + gvk.Kind + "/" + o.GetNamespace() + "/" + o.GetName()
}

func (o Object) is(group, kind string) bool {
	return o.GroupVersionKind().GroupKind() == schema.GroupKind{Group: group, Kind: kind}
}

func (o Object) release() bool {
	return o.is("batch", "Job") && o.GetAnnotations()[stepAnnotation] == stepRelease
}

// copy is a deep copy that shares only the place it came from.
func (o Object) copy() Object {
	o.Unstructured = o.DeepCopy()
	return o
}

// Objects are an environment's objects in the order in which they are applied.
type Objects []Object

// YAML writes the objects as one stream of documents with sorted keys.
func (l Objects) YAML() ([]byte, error) {
	var b bytes.Buffer
	for i, o := range l {
		if i > 0 {
			b.WriteString("---\n")
		}
		text, err := yamlv2.Marshal(o.Object) // as sigs.k8s.io/yaml does, without the detour by JSON; an encoder of a whole stream keeps all its events
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.ID(), err)
		}
		b.Write(text)
	}
	return b.Bytes(), nil
}

func (l Objects) copy() Objects {
	all := make(Objects, len(l))
	for i, o := range l {
		all[i] = o.copy()
	}
	return all
}
