package lang

import (
	"encoding/json"
	"path"
	"strings"
)

// composer is composer.json, as far as it counts.
type composer struct {
	Type    string            `json:"type"`
	Require map[string]string `json:"require"`
	Extra   struct {
		Scaffold struct {
			Locations map[string]any `json:"locations"`
		} `json:"drupal-scaffold"`
		WordPress any `json:"wordpress-install-dir"`
	} `json:"extra"`
	Config json.RawMessage `json:"config"` // an empty one is written as a list
}

// programs is the directory that Composer puts the programs of packages into.
func (c composer) programs() string {
	var config struct {
		Dir string `json:"bin-dir"`
	}
	if json.Unmarshal(c.Config, &config) != nil || config.Dir == "" || path.IsAbs(config.Dir) || strings.HasPrefix(path.Clean(config.Dir), "..") {
		return "vendor/bin"
	}
	return path.Clean(config.Dir)
}
