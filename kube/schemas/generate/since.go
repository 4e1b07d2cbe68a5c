package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// The minor versions of Kubernetes that are told apart.
const (
	oldest = 29
	newest = 35
)

// since is the shape of the written file; package schemas reads it. What the oldest version has is left out.
type since struct {
	Fields map[string]map[string]int `json:"fields"` // definition -> field -> the first minor version that has it
	Kinds  map[string]int            `json:"kinds"`  // "resource.k8s.io/v1/ResourceClaim" -> the first minor version that has it
}

// offByDefault are fields that a version knows and drops unless somebody has switched them on, with the first version
// that has them on. Source: the feature gates' stages in k8s.io/kubernetes/pkg/features.
var offByDefault = map[string]map[string]int{
	core + "LifecycleHandler":                   {"sleep": 30},
	core + "PodSpec":                            {"resources": 34, "hostUsers": 33},
	core + "Container":                          {"resizePolicy": 33, "restartPolicyRules": 35},
	core + "ServiceSpec":                        {"trafficDistribution": 31},
	core + "VolumeSource":                       {"image": 35},
	core + "Volume":                             {"image": 35},
	core + "VolumeMount":                        {"recursiveReadOnly": 31},
	core + "SecurityContext":                    {"procMount": 33},
	core + "PodSecurityContext":                 {"supplementalGroupsPolicy": 33},
	"io.k8s.api.batch.v1.JobSpec":               {"successPolicy": 31, "managedBy": 32},
	core + "PodAffinityTerm":                    {"matchLabelKeys": 31, "mismatchLabelKeys": 31},
	"io.k8s.api.autoscaling.v2.HPAScalingRules": {"tolerance": 35},
}

var (
	typeLine  = regexp.MustCompile(`^- name: (\S+)$`)
	fieldLine = regexp.MustCompile(`^    - name: (\S+)$`)
)

// typesOf reads the fields of all types of a minor version out of the schema that client-go of that version carries.
func typesOf(minor int) (map[string]map[string]bool, error) {
	out, err := exec.Command("go", "mod", "download", "-json", fmt.Sprintf("k8s.io/client-go@v0.%d.0", minor)).Output()
	if err != nil {
		return nil, fmt.Errorf("k8s.io/client-go of 1.%d: %w", minor, err)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(module.Dir, "applyconfigurations/internal/internal.go"))
	if err != nil {
		return nil, err
	}
	types := map[string]map[string]bool{}
	var current map[string]bool
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		if m := typeLine.FindStringSubmatch(line); m != nil {
			current = map[string]bool{}
			types[m[1]] = current
		} else if m := fieldLine.FindStringSubmatch(line); m != nil && current != nil {
			current[m[1]] = true
		}
	}
	return types, nil
}

// writeSince compares the minor versions and writes what came when.
func writeSince(out string) error {
	found := since{Fields: map[string]map[string]int{}, Kinds: map[string]int{}}
	all := map[int]map[string]map[string]bool{}
	for minor := oldest; minor <= newest; minor++ {
		var err error
		if all[minor], err = typesOf(minor); err != nil {
			return err
		}
	}
	first := func(has func(types map[string]map[string]bool) bool) int {
		for minor := oldest; minor < newest; minor++ {
			if has(all[minor]) {
				return minor
			}
		}
		return newest
	}
	for name, fields := range all[newest] {
		if kind := kindOf(name); kind != "" && fields["kind"] && fields["metadata"] {
			if minor := first(func(t map[string]map[string]bool) bool { return t[name] != nil }); minor > oldest {
				found.Kinds[kind] = minor
			}
		}
		for field := range fields {
			minor := max(first(func(t map[string]map[string]bool) bool { return t[name][field] }), offByDefault[name][field])
			if minor > oldest && first(func(t map[string]map[string]bool) bool { return t[name] != nil }) < minor {
				if found.Fields[name] == nil {
					found.Fields[name] = map[string]int{}
				}
				found.Fields[name][field] = minor
			}
		}
	}
	for name, fields := range offByDefault {
		for field := range fields {
			if !all[newest][name][field] {
				return fmt.Errorf("no %s.%s: a rule must not outlive its field", name, field)
			}
		}
	}
	text, err := json.MarshalIndent(found, "", " ")
	if err != nil {
		return err
	}
	log.Printf("%s: %d kinds and fields of %d definitions came after 1.%d", out, len(found.Kinds), len(found.Fields), oldest)
	return os.WriteFile(out, append(text, '\n'), 0o644)
}

// kindOf is apiVersion/kind of a definition; empty where its name says neither.
func kindOf(definition string) string {
	parts := strings.Split(strings.TrimPrefix(definition, "io.k8s.api."), ".")
	if len(parts) != 3 || !strings.HasPrefix(definition, "io.k8s.api.") {
		return ""
	}
	group := parts[0] + ".k8s.io/"
	switch parts[0] {
	case "core":
		group = ""
	case "apps", "batch", "autoscaling", "policy", "extensions":
		group = parts[0] + "/"
	case "rbac", "flowcontrol", "apiserverinternal":
		group = map[string]string{"rbac": "rbac.authorization", "flowcontrol": "flowcontrol.apiserver", "apiserverinternal": "internal.apiserver"}[parts[0]] + ".k8s.io/"
	}
	return group + parts[1] + "/" + parts[2]
}
