package generators

import (
	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// gitignore keeps out of git what the generated targets write, in a section of the team's .gitignore. The proposal beside
// a conflict is not in it: it should be seen until somebody has dealt with it.
func gitignore(*service.App) ([]fileset.File, error) {
	text, err := execute(".gitignore", nil)
	if err != nil {
		return nil, err
	}
	return []fileset.File{{
		Path:    ".gitignore",
		Data:    text,
		Section: &fileset.Section{Begin: "# migrate:begin", End: "# migrate:end"},
	}}, nil
}
