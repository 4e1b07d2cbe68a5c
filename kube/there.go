package kube

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const (
	many = 8   // objects of one kind and namespace: more than these are read with all others of the kind there
	page = 500 // where a namespace has more of the kind, each object is read by itself after all
)

// there reads what the cluster has of the objects, by key; what it doesn't have is not in the map. problems are those of the
// objects that can't be read, each in the place of its object.
func (a *apply) there(ctx context.Context, objects Objects) (found map[string]*unstructured.Unstructured, problems []error) {
	found = map[string]*unstructured.Unstructured{}
	groups, known := objects.byKind(), map[string]bool{}
	for _, kind := range sortedKeys(groups) {
		group := groups[kind]
		// Nobody is to read all Secrets of a namespace for the sake of a few.
		if len(group) <= many || a.unlisted[kind] || group[0].is("", "Secret") {
			continue
		}
		list, err := a.list(ctx, group[0])
		if err != nil || list.GetContinue() != "" {
			a.unlisted[kind] = apierrors.IsForbidden(err) || err == nil
			continue
		}
		known[kind] = true
		for i := range list.Items {
			found[Object{Unstructured: &list.Items[i]}.key()] = &list.Items[i]
		}
	}
	lives := make([]*unstructured.Unstructured, len(objects))
	problems = make([]error, len(objects))
	each(len(objects), func(i int) {
		o := objects[i]
		if known[o.kindKey()] {
			return
		}
		client, err := a.resource(o)
		if err == nil {
			lives[i], err = client.Get(ctx, o.GetName(), metav1.GetOptions{})
		}
		if err != nil {
			lives[i] = nil
		}
		if !apierrors.IsNotFound(err) {
			problems[i] = err
		}
	})
	for i, live := range lives {
		if live != nil {
			found[objects[i].key()] = live
		}
	}
	return found, problems
}

// list reads all objects of the kind and the namespace of one, or the first page of them.
func (a *apply) list(ctx context.Context, o Object) (*unstructured.UnstructuredList, error) {
	client, err := a.resource(o)
	if err != nil {
		return nil, err
	}
	return client.List(ctx, metav1.ListOptions{Limit: page})
}

// kindKey is the same for objects of one kind and namespace.
func (o Object) kindKey() string { return o.GroupVersionKind().String() + " " + o.GetNamespace() }

func (l Objects) byKind() map[string]Objects {
	groups := map[string]Objects{}
	for _, o := range l {
		groups[o.kindKey()] = append(groups[o.kindKey()], o)
	}
	return groups
}

// lives are the workloads as they are now.
func (a *apply) lives(ctx context.Context, running Objects) (Objects, error) {
	found, problems := a.there(ctx, running)
	lives := make(Objects, len(running))
	for i, o := range running {
		err := problems[i]
		if lives[i] = o; err == nil {
			if lives[i].Unstructured = found[o.key()]; lives[i].Unstructured == nil {
				err = fmt.Errorf("it is not there any more")
			}
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.ID(), err)
		}
	}
	return lives, nil
}
