// Command generate writes what package schemas embeds. The schemas: the kinds of a Kubernetes API server, taken from its
// /openapi/v3, and those of the Gateway API, taken from the CRDs in its Go module. It needs kubectl with a KUBECONFIG
// for a server of the wanted version, and the Go command; `go generate ./kube/schemas` runs it. And which fields came after the
// oldest version, taken from the Go modules of each: that needs no server.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

// gatewayModule is the version of the Gateway API whose standard channel the schemas describe.
const gatewayModule = "sigs.k8s.io/gateway-api@v1.6.0"

// groups are the API groups that are asked for, with the kinds to keep: what migrate generates and what teams add to it.
var groups = map[string][]string{
	"api/v1": {"ConfigMap", "Endpoints", "LimitRange", "Namespace", "PersistentVolume", "PersistentVolumeClaim", "Pod",
		"ResourceQuota", "Secret", "Service", "ServiceAccount"},
	"apis/apps/v1":                      {"DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"},
	"apis/autoscaling/v1":               {"HorizontalPodAutoscaler"},
	"apis/autoscaling/v2":               {"HorizontalPodAutoscaler"},
	"apis/batch/v1":                     {"CronJob", "Job"},
	"apis/discovery.k8s.io/v1":          {"EndpointSlice"},
	"apis/networking.k8s.io/v1":         {"Ingress", "IngressClass", "NetworkPolicy"},
	"apis/policy/v1":                    {"PodDisruptionBudget"},
	"apis/rbac.authorization.k8s.io/v1": {"ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"},
	"apis/scheduling.k8s.io/v1":         {"PriorityClass"},
	"apis/storage.k8s.io/v1":            {"StorageClass"},
}

// document is the shape of the written file; package schemas reads it.
type document struct {
	Kubernetes  string            `json:"kubernetes"`
	Gateway     string            `json:"gateway"`
	Kinds       map[string]string `json:"kinds"` // "apps/v1/Deployment" -> name of its definition
	Definitions map[string]schema `json:"definitions"`
}

type schema = map[string]any

func main() {
	out := flag.String("o", "schemas.json.gz", "file to write the newest version's schemas to; nothing asks no server")
	history := flag.String("since", "", "file to write to what came after the oldest version")
	flag.Parse()
	var err error
	if *out != "" {
		err = run(*out)
	}
	if *history != "" && err == nil {
		err = writeSince(*history)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func run(out string) error {
	doc := document{Kinds: map[string]string{}, Definitions: map[string]schema{}}
	version, err := kubernetesVersion()
	if err != nil {
		return err
	}
	doc.Kubernetes, doc.Gateway = version, gatewayModule
	for group, kinds := range groups {
		if err := doc.addGroup(group, kinds); err != nil {
			return fmt.Errorf("%s: %w", group, err)
		}
	}
	if err := doc.addGateway(); err != nil {
		return err
	}
	if err := doc.tighten(); err != nil {
		return err
	}
	return write(out, doc)
}

func kubectl(path string, into any) error {
	text, err := exec.Command("kubectl", "get", "--raw", path).Output()
	if err != nil {
		return fmt.Errorf("kubectl get --raw %s: %w", path, err)
	}
	return json.Unmarshal(text, into)
}

func kubernetesVersion() (string, error) {
	var v struct{ GitVersion string }
	err := kubectl("/version", &v)
	return v.GitVersion, err
}

// addGroup copies the kinds of one API group and all that they refer to.
func (d *document) addGroup(group string, kinds []string) error {
	var spec struct {
		Components struct{ Schemas map[string]schema }
	}
	if err := kubectl("/openapi/v3/"+group, &spec); err != nil {
		return err
	}
	version := strings.TrimPrefix(strings.TrimPrefix(group, "apis/"), "api/")
	wanted := map[string]bool{}
	for _, k := range kinds {
		wanted[k] = true
	}
	for name, s := range spec.Components.Schemas {
		short := name[strings.LastIndex(name, ".")+1:]
		if s["x-kubernetes-group-version-kind"] == nil || !wanted[short] {
			continue
		}
		d.Kinds[version+"/"+short] = name
		d.copy(spec.Components.Schemas, name)
		delete(wanted, short)
	}
	if len(wanted) > 0 {
		return fmt.Errorf("the server has no %v", wanted)
	}
	return nil
}

// copy takes over a definition and, through its references, those that it needs.
func (d *document) copy(from map[string]schema, name string) {
	if _, done := d.Definitions[name]; done {
		return
	}
	d.Definitions[name] = nil // ends recursion
	slim := slim(from[name], func(ref string) { d.copy(from, ref) })
	delete(slim, "status") // never written by hand; the server ignores it
	d.Definitions[name] = slim
}

// addGateway adds the kinds of the Gateway API's standard channel in version v1.
func (d *document) addGateway() error {
	text, err := exec.Command("go", "mod", "download", "-json", gatewayModule).Output()
	if err != nil {
		return fmt.Errorf("go mod download %s: %w", gatewayModule, err)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(text, &module); err != nil {
		return err
	}
	for _, plural := range []string{"gatewayclasses", "gateways", "httproutes", "grpcroutes", "backendtlspolicies"} {
		file := filepath.Join(module.Dir, "config/crd/standard/gateway.networking.k8s.io_"+plural+".yaml")
		if err := d.addCRD(file); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

func (d *document) addCRD(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var crd struct {
		Spec struct {
			Group    string
			Names    struct{ Kind string }
			Versions []struct {
				Name   string
				Schema struct{ OpenAPIV3Schema schema }
			}
		}
	}
	if err := yaml.Unmarshal(text, &crd); err != nil {
		return err
	}
	for _, v := range crd.Spec.Versions {
		if v.Name != "v1" {
			continue
		}
		name := crd.Spec.Group + "." + v.Name + "." + crd.Spec.Names.Kind
		s := slim(v.Schema.OpenAPIV3Schema, nil)
		properties := s["properties"].(schema)
		properties["metadata"] = schema{"$ref": "#/definitions/" + objectMeta}
		d.Kinds[crd.Spec.Group+"/v1/"+crd.Spec.Names.Kind] = name
		d.Definitions[name] = s
		return nil
	}
	return fmt.Errorf("no version v1")
}

func write(out string, doc document) error {
	text, err := json.Marshal(doc) // sorts the keys: same server, same bytes
	if err != nil {
		return err
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(text); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	log.Printf("%s: Kubernetes %s, %s, %d kinds, %d definitions, %d bytes (%d unpacked)",
		out, doc.Kubernetes, doc.Gateway, len(doc.Kinds), len(doc.Definitions), b.Len(), len(text))
	return os.WriteFile(out, b.Bytes(), 0o644)
}
