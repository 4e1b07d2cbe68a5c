package ops

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// Where several images hold a program, the first Dockerfile is taken, each time anew.
func TestOneOfTheImagesOfAProgram(t *testing.T) {
	const program = "package main\n\nfunc main() {}\n"
	fsys := fstest.MapFS{}
	for name, text := range (files{"go.mod": "module m\n", "Dockerfile": "FROM golang\n", "users/cmd/users/main.go": program, "cmd/shop/main.go": program, "docker/Dockerfile.shop": "FROM golang\nRUN go build -o /bin/app ./cmd/shop\nCMD [\"/bin/app\"]\n",
		"docker/Dockerfile.users": "FROM golang\nRUN go build -o /bin/app ./users/cmd/users\nCMD [\"/bin/app\"]\n", "users/Dockerfile": "FROM alpine\nCOPY cmd/users/users /\n"}) {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	for range 30 {
		tree, _, err := scan.Walk(context.Background(), fsys, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		k := &kubernetes{platform: &platform{t: tree}}
		if got := k.imageOfProgram("users/cmd/users"); got != "users/cmd/users" {
			t.Fatal(got, k.t.GoImages())
		}
	}
}
