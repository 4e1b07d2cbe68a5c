package ops

import "testing"

const projectDockerfile = "FROM mcr.microsoft.com/dotnet/aspnet:8.0\nCOPY src/a/a.csproj src/lib/lib.csproj ./\nCMD [\"dotnet\", \"x.dll\"]\n"

// Several services of a .NET solution are built from its directory, and each is a service of its own directory.
func TestImagesOfASolution(t *testing.T) {
	for name, tree := range map[string]files{
		"by compose":        {"docker-compose.yml": "services:\n  a: {build: {context: ., dockerfile: src/a/Dockerfile}}\n  b: {build: {context: ., dockerfile: src/b/Dockerfile}}\n"},
		"by what is copied": {},
	} {
		for _, p := range []string{"src/a/a.csproj", "src/b/b.csproj", "src/lib/lib.csproj"} {
			tree[p] = "<Project />"
		}
		tree["src/a/Dockerfile"], tree["src/b/Dockerfile"] = projectDockerfile, projectDockerfile
		contexts := map[string]string{}
		for _, f := range read(t, Dockerfile(), tree).Findings {
			if b := f.Service.Build; b != nil {
				contexts[f.Dir] = b.Dockerfile + " from " + b.Context
			}
		}
		if len(contexts) != 2 || contexts["src/a"] != "Dockerfile from ." || contexts["src/b"] != "Dockerfile from ." {
			t.Errorf("%s: %v", name, contexts)
		}
	}
}

// Packages of a workspace that are built from its root are services of their own, wherever their Dockerfiles lie below them.
func TestImagesOfAWorkspace(t *testing.T) {
	tree := files{"package.json": `{"workspaces": ["*"]}`, "yarn.lock": "", "commons/package.json": "{}"}
	for dir, copies := range map[string]string{"backend": "COPY package.json .\nCOPY backend/package.json backend/\nCOPY commons/package.json commons/\nCOPY backend/server.js backend/\n", "frontend": "COPY . .\n"} {
		tree[dir+"/package.json"] = "{}"
		tree[dir+"/docker/Dockerfile"] = "FROM node:20\n" + copies + "CMD [\"node\", \"server.js\"]\n"
	}
	images := func() map[string]string {
		found := map[string]string{}
		for _, f := range read(t, Dockerfile(), tree).Findings {
			if b := f.Service.Build; b != nil && b.Dockerfile != "" {
				found[f.Dir] = b.Dockerfile + " from " + b.Context
			}
		}
		return found
	}
	if got := images(); len(got) != 2 || got["backend"] != "docker/Dockerfile from ." || got["frontend"] != "docker/Dockerfile from ." {
		t.Error(got)
	}
	delete(tree, "frontend/docker/Dockerfile")
	if got := images(); len(got) != 1 || got["."] == "" {
		t.Errorf("the only image is of the whole: %v", got)
	}
}
