package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	stopped, stop := context.WithCancel(context.Background())
	stop()
	tests := []struct {
		name string
		args []string
		env  map[string]string
		code int
		says string
	}{
		{"stops when asked", []string{"--listen", "127.0.0.1:0", "--target", "8000"}, nil, 0, "answering on 127.0.0.1:"},
		{"the environment", nil, map[string]string{"SIDECAR_LISTEN": "127.0.0.1:0", "SIDECAR_TARGET_URL": "http://127.0.0.1:8000/"}, 0, "answering on 127.0.0.1:"},
		{"a flag wins over the environment", []string{"--listen", "127.0.0.1:0", "--target", "8000"}, map[string]string{"SIDECAR_TARGET": "nonsense"}, 0, "answering"},
		{"no target", []string{"--listen", "127.0.0.1:0"}, nil, 2, "--target"},
		{"an unknown flag", []string{"--nope"}, nil, 2, "nope"},
		{"an argument", []string{"--target", "8000", "x"}, nil, 2, `"x" is no flag`},
		{"a port that can't be had", []string{"--listen", "127.0.0.1:99999", "--target", "8000"}, nil, 1, "99999"},
		{"help", []string{"--help"}, nil, 0, "$SIDECAR_TARGET_URL"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var says bytes.Buffer
			code := run(stopped, tt.args, func(name string) string { return tt.env[name] }, &says)
			if code != tt.code || !strings.Contains(says.String(), tt.says) {
				t.Errorf("code %d: %s", code, says.String())
			}
		})
	}
}
