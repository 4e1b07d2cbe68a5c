package scan

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestChosenImages(t *testing.T) {
	modules := map[string]string{"services/shop/package.json": "{}", "services/mail/package.json": "{}", "services/own/package.json": "{}", "services/own/Dockerfile": "FROM node\n", "services/README.md": "", "post/pom.xml": "", "desk/pom.xml": ""}
	for name, c := range map[string]struct {
		dockerfile string
		want       []string
	}{
		"an argument in a path of the image":       {"FROM node\nARG NAME\nCOPY . /app\nWORKDIR /app/services/${NAME}\nCMD npm start\n", []string{"services/mail map[NAME:mail]", "services/shop map[NAME:shop]"}},
		"as what is copied":                        {"FROM java\nARG PART\nCOPY $PART/target/*.jar /app.jar\n", []string{"desk map[PART:desk]", "post map[PART:post]"}},
		"where another stage has built it":         {"FROM java\nARG PART\nCOPY --from=b /src/$PART/target/*.jar /app.jar\n", []string{"desk map[PART:desk]", "post map[PART:post]"}},
		"where the image puts it":                  {"FROM node\nARG NAME\nWORKDIR /srv/$NAME\nCOPY . /opt/$NAME\n", nil},
		"as a part of a name":                      {"FROM node\nARG N\nCOPY ./services/s${N} .\n", nil},
		"one with a default":                       {"FROM node\nARG NAME=shop\nCOPY services/${NAME} .\n", []string{"services/mail map[NAME:mail]", "services/shop map[NAME:shop]"}},
		"one whose default is another kind":        {"ARG NAME=extra\nFROM node\nARG NAME\nCOPY services/${NAME} .\n", nil},
		"a variable that is no argument":           {"FROM node\nENV NAME=shop\nCOPY services/${NAME} .\n", nil},
		"a stage for each":                         {"FROM node AS all\nCOPY . /app\nFROM all AS shop\nCMD [\"node\", \"services/shop/main.js\"]\nFROM all AS test\nCMD npm test\nFROM all AS mail\nWORKDIR /app\nCMD node services/mail\n", []string{"services/shop shop", "services/mail mail"}},
		"by what is taken from another":            {"FROM maven AS 0\nFROM java AS a\nCOPY --from=0 /src/post/target/p.jar /\nFROM java AS b\nCOPY --from=0 /src/desk/target/p.jar /\n", []string{"post a", "desk b"}},
		"two stages for one":                       {"FROM node AS shop\nCMD node services/shop/a.js\nFROM node AS worker\nCMD node services/shop/b.js\n", nil},
		"a stage of another and one for the pages": {"FROM node AS shop\nCMD node services/shop/a.js\nFROM nginx AS web\nCOPY --from=shop /pages /pages\n", nil},
	} {
		fsys := fstest.MapFS{"Dockerfile": &fstest.MapFile{Data: []byte(c.dockerfile)}}
		for p, text := range modules {
			fsys[p] = &fstest.MapFile{Data: []byte(text)}
		}
		tree, _, err := Walk(context.Background(), fsys, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, i := range tree.ChosenImages("Dockerfile") {
			got = append(got, strings.TrimSuffix(fmt.Sprint(i.Home, " ", i.Target, i.Args), "map[]"))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %s, want %s", name, strings.Join(got, "; "), strings.Join(c.want, "; "))
		}
	}
}

// What was chosen before examples count is asked for again when they do.
func TestChosenImagesForShow(t *testing.T) {
	fsys := fstest.MapFS{"examples/Dockerfile": &fstest.MapFile{Data: []byte("FROM node\nARG N\nCOPY services/${N} .\n")}}
	for _, p := range []string{"examples/services/shop/package.json", "examples/services/mail/package.json"} {
		fsys[p] = &fstest.MapFile{Data: []byte("{}")}
	}
	tree, _, err := Walk(context.Background(), fsys, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	before := len(tree.ChosenImages("examples/Dockerfile"))
	tree.ShowCases()
	if after := len(tree.ChosenImages("examples/Dockerfile")); before != 0 || after != 2 {
		t.Errorf("%d images before and %d after, want 0 and 2", before, after)
	}
}

// A directory without a module is asked once, however many files lie in it: a hang is the failure.
func TestChosenImagesBesideManyFiles(t *testing.T) {
	text := "ARG A\n" + strings.Repeat("COPY ${A}/x /\n", 100)
	fsys := fstest.MapFS{"Dockerfile": &fstest.MapFile{Data: []byte(text)}}
	for i := range 20_000 {
		fsys[fmt.Sprintf("assets/%d.png", i)] = &fstest.MapFile{}
	}
	tree, _, err := Walk(context.Background(), fsys, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if images := tree.ChosenImages("Dockerfile"); images != nil {
		t.Errorf("%v, want none", images)
	}
}

func FuzzChosenImages(f *testing.F) {
	f.Add("FROM node\nARG N\nCOPY services/${N}/x .\nFROM a AS b\nCMD node services/shop/a.js\n")
	f.Add("ARG M\nRUN go build ./cmd/$M\nFROM x AS cmd\nCOPY --from=0 /bin/a /\n")
	f.Fuzz(func(t *testing.T, text string) {
		fsys := fstest.MapFS{"Dockerfile": &fstest.MapFile{Data: []byte(text)}, "go.mod": &fstest.MapFile{Data: []byte("module m\n")}}
		for _, p := range []string{"cmd/a/main.go", "cmd/b/main.go", "services/shop/package.json", "services/mail/package.json"} {
			fsys[p] = &fstest.MapFile{Data: []byte("package main\n")}
		}
		tree, _, err := Walk(context.Background(), fsys, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range tree.ChosenImages("Dockerfile") {
			if !tree.HasDir(i.Home) {
				t.Errorf("%q is no directory", i.Home)
			}
		}
	})
}
