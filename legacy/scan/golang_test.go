package scan

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestGoImages(t *testing.T) {
	const program, library = "package main\n\nfunc main() {}\n", "package lib\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"beside the program, and above its directory cmd": {map[string]string{"Gopkg.toml": "", "auth/Dockerfile": "FROM alpine\nCOPY auth /\n", "auth/auth.go": program,
			"users/Dockerfile": "FROM alpine\nCOPY cmd/users/users /\n", "users/cmd/users/main.go": program, "users/cmd/mailtest/main.go": program, "users/user.go": library,
			"sync/Dockerfile": "FROM alpine\nCOPY cmd/sync /\n", "sync/cmd/sync.go": program, "tools/x/Dockerfile": "FROM alpine\n", "tools/x/main.go": program},
			[]string{"auth/Dockerfile auth auth", "sync/Dockerfile sync sync/cmd", "users/Dockerfile users users/cmd/users"}},
		"elsewhere, by what is built or started": {map[string]string{"go.mod": "module m\n", "docker/Dockerfile.shop": "FROM golang\nRUN CGO_ENABLED=0 \\\n go build -o /bin/app ./cmd/shop\nCMD [\"/bin/app\"]\n", "cmd/shop/main.go": program,
			"docker/mail.Dockerfile": "FROM golang\nCMD [\"/usr/bin/mail\", \"start\"]\n", "mail/main.go": program, "internal/mail/a.go": library, "docker/Dockerfile.dev": "FROM golang\nCMD [\"shop\"]\n"},
			[]string{"docker/Dockerfile.shop cmd/shop cmd/shop", "docker/mail.Dockerfile mail mail"}},
		"an image of a tool for people": {map[string]string{"go.mod": "module m\n", "Dockerfile": "FROM golang\nRUN go build ./cmd/server\n", "Dockerfile.cli": "FROM golang\nRUN go build ./cmd/shop\n", "docker/admin.Dockerfile": "FROM golang\nRUN go build ./cmd/shopctl\n", "cmd/server/main.go": program, "cmd/shop/main.go": program, "cmd/shopctl/main.go": program}, nil},
		"one image is the module's":     {map[string]string{"go.mod": "module m\n", "Dockerfile": "FROM golang\nRUN go build ./cmd/shop\nCMD [\"shop\"]\n", "cmd/shop/main.go": program, "cmd/mail/main.go": program}, nil},
		"chosen by an argument": {map[string]string{"go.mod": "module m\n", "Dockerfile": "FROM golang AS build\nARG APP\nWORKDIR /src/cmd/${APP}\nRUN go build -o /out/app .\nFROM alpine\nCOPY --from=build /out/app /\n", "cmd/shop/main.go": program, "cmd/mail/main.go": program, "cmd/shopctl/main.go": program, "cmd/lib/a.go": library},
			[]string{"Dockerfile cmd/mail cmd/mail map[APP:mail]", "Dockerfile cmd/shop cmd/shop map[APP:shop]"}},
		"deeper than any path": {map[string]string{"go.mod": "module m\n", "Dockerfile": "FROM golang\nARG APP\nRUN cd /" + strings.Repeat("a/", 20) + "cmd/$APP && go build\n", "cmd/shop/main.go": program, "cmd/mail/main.go": program}, nil},
		"built before": {map[string]string{"go.mod": "module m\n", "build/service.dockerfile": "FROM scratch\nARG APP\nCOPY ./bin/${APP} /server\nENTRYPOINT [\"/server\"]\n", "build/migrate.dockerfile": "FROM scratch\nCOPY ./bin/migrate /\nCMD [\"/migrate\"]\n", "cmd/shop/main.go": program, "cmd/mail/main.go": program, "cmd/migrate/main.go": program, "mail/a.go": library, "x/main.go": program},
			[]string{"build/migrate.dockerfile cmd/migrate cmd/migrate", "build/service.dockerfile cmd/mail cmd/mail map[APP:mail]", "build/service.dockerfile cmd/shop cmd/shop map[APP:shop]"}},
		"by an argument within a path": {map[string]string{"go.mod": "module m\n", "build/Dockerfile": "FROM golang\nARG SVC=shop\nRUN go build -o /app ./services/$SVC/cmd/main.go\n", "services/shop/cmd/main.go": program, "services/mail/cmd/main.go": program, "services/x/main.go": program},
			[]string{"build/Dockerfile services/mail/cmd services/mail/cmd map[SVC:mail]", "build/Dockerfile services/shop/cmd services/shop/cmd map[SVC:shop]"}},
		"chosen by a stage": {map[string]string{"go.mod": "module m\n", "Dockerfile": "FROM golang AS build\nRUN go build -o /bin/ ./cmd/...\nFROM alpine AS shop\nCOPY --from=build /bin/shop /\nCMD [\"/shop\"]\nFROM alpine AS debug\nCMD [\"/shop\"]\nFROM alpine AS post\nCOPY --from=build /bin/mail /app\nENTRYPOINT [\"/app\"]\n", "cmd/shop/main.go": program, "cmd/mail/main.go": program},
			[]string{"Dockerfile cmd/shop cmd/shop shop", "Dockerfile cmd/mail cmd/mail post"}},
		"one stage":                {map[string]string{"go.mod": "module m\n", "Dockerfile": "FROM golang AS build\nRUN go build -o /bin/ ./cmd/...\nFROM alpine AS shop\nCOPY --from=build /bin/shop /bin/mail /\nCMD [\"/shop\"]\n", "cmd/shop/main.go": program, "cmd/mail/main.go": program}, nil},
		"an image of all programs": {map[string]string{"go.mod": "module m\n", "Dockerfile": "FROM golang\nRUN go build -o /bin ./cmd/shop ./cmd/mail\nCMD [\"other\"]\n", "mail/Dockerfile": "FROM alpine\n", "mail/main.go": program, "cmd/shop/main.go": program, "cmd/mail/main.go": program}, nil},
	} {
		fsys := fstest.MapFS{}
		for p, text := range c.files {
			fsys[p] = &fstest.MapFile{Data: []byte(text)}
		}
		tree, _, err := Walk(context.Background(), fsys, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		images := tree.GoImages()
		var got []string
		for _, file := range slices.Sorted(maps.Keys(images)) {
			for _, i := range images[file] {
				got = append(got, strings.TrimSpace(strings.TrimSuffix(fmt.Sprint(file, " ", i.Home, " ", i.Program, " ", i.Target, i.Args), "map[]")))
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %s, want %s", name, strings.Join(got, "; "), strings.Join(c.want, "; "))
		}
	}
}
