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
