package lang

import (
	"strings"
	"testing"
)

func TestShell(t *testing.T) {
	runCases(t, Shell(), []readerCase{
		{"its shell", files{"start.sh": "#!/usr/bin/env bash\nwork\n", "run.sh": "x"}, []string{".: language shell <- start.sh:1 convention", ".: command bash start.sh"}, nil},
		{"one that the image has to bring", files{"run.sh": "#!/bin/zsh -e\n"}, []string{".: command zsh run.sh", ".: packages  | zsh <- run.sh:1"}, nil},
		{"none named, and others", files{"start.sh": "echo", "bin/start.sh": "echo", "build.sh": "make"}, []string{".: command sh start.sh"}, []string{"bin", "build.sh"}},
		{"what it calls and asks for", files{"start.sh": "TOKEN=x\npg_dump \"$DATABASE_PASSWORD\" | curl -T - -H \"$TOKEN\" https://backup.example.com\ncurl x"}, []string{
			".: packages  | postgresql-client <- start.sh:2", ".: packages  | curl <- start.sh:2", ".: secret DATABASE_PASSWORD <- start.sh:2"}, []string{"secret TOKEN"}},
		{"no script to start", files{"build.sh": "make"}, nil, []string{"."}},
		{"secrets that are made sure of", files{"start.sh": "API_TOKEN=\"${API_TOKEN:?must be set}\"\nexport DB_PASSWORD\nrun \"$API_TOKEN\" $DB_PASSWORD\n"}, []string{".: secret API_TOKEN <- start.sh:1", ".: secret DB_PASSWORD <- start.sh:3"}, nil},
		{"longer than anybody writes: the parser recurses", files{"start.sh": "curl x\n" + strings.Repeat("# a\n", maxShellScript)}, []string{".: command sh start.sh"}, []string{".: packages"}},
		{"not to be parsed", files{"start.sh": "if ("}, []string{".: command sh start.sh"}, nil},
	})
}

func FuzzShell(f *testing.F) {
	f.Add("#!/bin/bash\ncurl \"${API_KEY:-x}\" <<EOF\n$(ssh a)\nEOF\n")
	f.Fuzz(func(t *testing.T, text string) { checkReport(t, read(t, Shell(), files{"start.sh": text})) })
}
