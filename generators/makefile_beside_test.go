package generators

import (
	"reflect"
	"strings"
	"testing"
)

func TestReadMakefile(t *testing.T) {
	m := readMakefile(strings.Join([]string{
		"a b: c ; echo d: e", "\tnot: this", "double:: x", "kube_%: z", "%: whatever", "%.o: %.c", ".PHONY: by-macro $(MORE)", ".SUFFIXES:",
		"X = http://host", "Y := a:b", "Z ?= 1", "W::=2", "export V += 3", "SH != date", "override U=1", "t: T = 1", "t2: export T:=1",
		"$(NAME): x", "long \\", "  list: d", "# comment: x", "  indented:", "define TEXT", "inside: x", "endef", "after: # x", "crlf:\r",
		"https: ## serve https://x", "ifeq ($(A),b)", "spaced : x",
	}, "\n"))
	want := map[string]bool{"a": true, "b": true, "double": true, "long": true, "list": true, "indented": true, "after": true, "crlf": true, "https": true, "spaced": true, "by-macro": true}
	if !reflect.DeepEqual(m.targets, want) {
		t.Errorf("targets %v", m.targets)
	}
	if want := []string{"kube_*", "*.o"}; !reflect.DeepEqual(m.patterns, want) {
		t.Errorf("patterns %v", m.patterns)
	}
	vars := map[string]bool{"X": true, "Y": true, "Z": true, "W": true, "V": true, "SH": true, "U": true, "TEXT": true}
	if !reflect.DeepEqual(m.variables, vars) {
		t.Errorf("variables %v", m.variables)
	}
}

func TestMigrateMk(t *testing.T) {
	files, err := makefile(orders())
	if err != nil {
		t.Fatal(err)
	}
	theirs := "SHELL = /bin/bash\nTAG = mine\n\nall:\n\t@echo theirs\nhelp:\n\t@echo my help\nsmoke_test perf_test secrets_check migrate_check: all\nkube_s%:\n\t@echo $@\n"
	ours, notes, err := files[0].Beside.Adapt([]byte(theirs), files[0].Data)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"left to yours: kube_switch, kube_status, kube_scale, smoke_test, perf_test, secrets_check, migrate_check, help", "your value counts here too: TAG"}; !reflect.DeepEqual(notes, want) {
		t.Errorf("notes %q", notes)
	}
	for _, no := range []string{"SHELL", ".DEFAULT_GOAL", "Makefile.local", "Check it", "##@ Help", "awk", "kube_status", "\n\n\n"} {
		if strings.Contains(string(ours), no) {
			t.Errorf("migrate.mk has %q:\n%s", no, ours)
		}
	}
	repo := map[string]string{"Makefile": theirs + "\n-include migrate.mk\n", "migrate.mk": string(ours)}
	for target, want := range map[string]string{
		"": "theirs\n", "help": "my help\n", "kube_status": "kube_status\n",
		"kube_apply -n": "migrate kube apply --env \"staging\" --tag \"mine\"\n",
	} {
		out, err := runMake(t, repo, nil, strings.Fields(target)...)
		if err != nil || out != want {
			t.Errorf("make %s: %v\n%s", target, err, out)
		}
	}
	again, _, _ := files[0].Beside.Adapt([]byte(repo["Makefile"]), files[0].Data)
	if string(again) != string(ours) {
		t.Errorf("the include line changes ours:\n%s", again)
	}
}

// MIGRATE is what many a Makefile calls the tool that migrates its database, and TAG what only CI fills in.
func TestMigrateMkBesideOtherMeanings(t *testing.T) {
	files, err := makefile(orders())
	if err != nil {
		t.Fatal(err)
	}
	theirs := "MIGRATE := docker run migrate/migrate\nTAG = $(CI_TAG)\nall:\n\t@echo $(MIGRATE) $(TAG)\n"
	ours, notes, err := files[0].Beside.Adapt([]byte(theirs), files[0].Data)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"your value counts here too: TAG", "MIGRATE is yours: the tool is MIGRATE_TO_KUBERNETES here"}; !reflect.DeepEqual(notes, want) {
		t.Errorf("notes %q", notes)
	}
	repo := map[string]string{"Makefile": theirs + "\n-include migrate.mk\n", "migrate.mk": string(ours)}
	for target, want := range map[string]string{
		"":                             "docker run migrate/migrate\n",
		"kube_apply -n":                "migrate kube apply --env \"staging\" --tag \"dev\"\n",
		"kube_apply -n CI_TAG=v1":      "migrate kube apply --env \"staging\" --tag \"v1\"\n",
		"kube_apply -n TAG=v2 ENV=a":   "migrate kube apply --env \"a\" --tag \"v2\"\n",
		"kube_destroy -n MIGRATE=none": "migrate kube destroy --env \"staging\"\n",
	} {
		out, err := runMake(t, repo, nil, strings.Fields(target)...)
		if err != nil || out != want {
			t.Errorf("make %s: %v\n%s", target, err, out)
		}
	}
	if out, err := runMake(t, repo, nil, "help"); err != nil || !strings.Contains(out, "MIGRATE_TO_KUBERNETES migrate") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestMigrateMkBesideAnotherPrefix(t *testing.T) {
	files, err := makefile(orders())
	if err != nil {
		t.Fatal(err)
	}
	theirs := ".RECIPEPREFIX = >\nall:\n> @echo theirs\n"
	ours, _, err := files[0].Beside.Adapt([]byte(theirs), files[0].Data)
	if err != nil {
		t.Fatal(err)
	}
	repo := map[string]string{"Makefile": theirs + "\n-include migrate.mk\n", "migrate.mk": string(ours)}
	if out, err := runMake(t, repo, nil); err != nil || out != "theirs\n" {
		t.Errorf("%v\n%s", err, out)
	}
	out, err := runMake(t, repo, nil, "help")
	if err != nil || !strings.Contains(out, "kube_apply") {
		t.Errorf("%v\n%s", err, out)
	}
}

// A rule that a macro makes is the team's, too: two rules of one name would stop make altogether.
func TestMigrateMkBesideMacros(t *testing.T) {
	files, err := makefile(orders())
	if err != nil {
		t.Fatal(err)
	}
	theirs := ".PHONY: help\nhelp = help::; @echo $(1): $(2)\n$(call help,make web,run it)\nweb: ; @echo web\n"
	ours, _, err := files[0].Beside.Adapt([]byte(theirs), files[0].Data)
	if err != nil {
		t.Fatal(err)
	}
	repo := map[string]string{"Makefile": theirs + "\n-include migrate.mk\n", "migrate.mk": string(ours)}
	if out, err := runMake(t, repo, nil, "help"); err != nil || out != "make web: run it\n" {
		t.Errorf("%v\n%s", err, out)
	}
}

func FuzzReadMakefile(f *testing.F) {
	f.Add("a: b\n\tc\nX := $(shell x:y)\ndefine D\n")
	f.Add("[%:\n\\\n:=\n::")
	files, err := makefile(orders())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, theirs string) {
		ours, _, err := files[0].Beside.Adapt([]byte(theirs), files[0].Data)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(ours), "\nSHELL") || strings.Contains(string(ours), "DEFAULT_GOAL") {
			t.Fatalf("%q: %s", theirs, ours)
		}
	})
}
