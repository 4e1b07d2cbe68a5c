package kube

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// definedIn is how long a server may take to serve a kind that has been defined.
const definedIn = 30 * time.Second

// definitions are the CustomResourceDefinitions among the objects, by the kinds that they bring.
func (l Objects) definitions() map[schema.GroupVersionKind]Object {
	all := map[schema.GroupVersionKind]Object{}
	for _, o := range l {
		if !o.is("apiextensions.k8s.io", "CustomResourceDefinition") {
			continue
		}
		spec := child(o.Object, "spec")
		group, _ := spec["group"].(string)
		kind, _ := child(spec, "names")["kind"].(string)
		for _, v := range maps(spec["versions"]) {
			if name, _ := v["name"].(string); v["served"] == true {
				all[schema.GroupVersionKind{Group: group, Version: name, Kind: kind}] = o
			}
		}
	}
	return all
}

// undefined splits off the objects of kinds that the cluster doesn't have yet and that others of the objects define.
func (a *apply) undefined(objects Objects) (later, rest Objects) {
	definitions := objects.definitions()
	for _, o := range objects {
		_, err := a.resource(o)
		if _, defined := definitions[o.GroupVersionKind()]; err != nil && defined {
			later = append(later, o)
		} else {
			rest = append(rest, o)
		}
	}
	return later, rest
}

// define brings the kinds into the cluster that the objects define and use, since the server can judge nothing of a kind that it
// doesn't have. All else is judged first, and nobody else releases the application meanwhile.
func (a *apply) define(ctx context.Context, objects Objects) error {
	later, rest := a.undefined(objects)
	if len(later) == 0 {
		return nil
	}
	plan, err := a.plan(ctx, rest)
	if err != nil {
		return err
	}
	ctx, release, err := a.guarded(ctx, plan, objects)
	if err != nil {
		return err
	}
	defer release()
	definitions := objects.definitions()
	var made []string
	for _, o := range later {
		definition := definitions[o.GroupVersionKind()]
		if slices.Contains(made, definition.GetName()) {
			continue
		}
		made = append(made, definition.GetName())
		client, err := a.resource(definition)
		if err == nil {
			_, err = tryApply(ctx, client, definition, a.options(false))
		}
		if err != nil {
			return a.refused(definition, err)
		}
		a.done(definition, created)
	}
	ctx, stop := context.WithTimeout(ctx, definedIn)
	defer stop()
	for len(later) > 0 {
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return fmt.Errorf("the cluster does not serve the kinds of %s yet, which have been defined; nothing else was written: run it again", strings.Join(made, ", "))
		}
		a.cluster.mapper = nil
		if err := a.cluster.discover(ctx); err != nil {
			return err
		}
		later, _ = a.undefined(objects)
	}
	return nil
}

// guarded looks before the definitions are written at what transact looks at before all else is: whose the namespace is, the
// rights, and the lock, which ends with the definitions.
func (a *apply) guarded(ctx context.Context, plan []*planned, objects Objects) (context.Context, func(), error) {
	unlocked := func() {}
	if a.App == "" {
		return ctx, unlocked, nil
	}
	refused := a.refusedRights(ctx, keeping)
	earlier, err := a.history(ctx)
	if err != nil && (len(refused) == 0 || !apierrors.IsForbidden(err)) {
		return nil, nil, err
	}
	remains, err := a.remains(ctx, leftover(objects, earlier, earlier), false)
	if err == nil {
		err = a.permitted(ctx, plan, remains)
	}
	if err != nil {
		return nil, nil, err
	}
	if len(refused) > 0 {
		return ctx, unlocked, nil
	}
	lease, inner, err := a.lock(ctx)
	if err != nil {
		return nil, nil, err
	}
	return inner, lease.release, nil
}
