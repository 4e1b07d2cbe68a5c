package generators

import (
	"fmt"
	"slices"
)

// fronts are the web servers that the pods of a service have, beside the service here: its network is theirs, as in a pod,
// and so is the configuration.
func (c *composer) fronts(name string, of *composeService) []composeService {
	f := frontOf(c.app, name)
	if f == nil {
		return nil
	}
	base, s := c.app.Base(name), c.app.Effective(name)
	web := composeService{
		Comments: []string{comment("the web server that is in the pods of " + name + ", too: " + frontFile(name) + " is its configuration")},
		Name:     scalar(c.free(frontName(name))),
		Image:    frontImage,
		Network:  scalar("service:" + name),
		Configs:  []composeConfig{{frontName(name), "/etc/nginx/conf.d/default.conf", composeContent{File: "./" + dollar(frontFile(name))}}},
		Health:   &health{Test: dollars([]string{"CMD", "bash", "-c", bashProbe(f.Port, "")}), Retries: 30},
	}
	for i := range of.Ports {
		of.Ports[i] = fmt.Sprintf("127.0.0.1:%d:%d", c.ports[name], f.Port)
	}
	for _, share := range f.Shares {
		if slices.Contains(statePaths(s), share.From) {
			web.Volumes = append(web.Volumes, stateVolume(base, s, share.From)+":"+share.To+":ro")
		}
		for _, given := range of.Configs {
			if given.Target == dollar(share.From) {
				web.Configs = append(web.Configs, composeConfig{given.Source, share.To, given.from})
			}
		}
	}
	if len(f.Copies) == 0 {
		return []composeService{web}
	}
	files := string(c.free(frontName(name) + "-files"))
	copies := composeService{
		Comments:   []string{comment("copies what " + string(web.Name) + " serves out of the image")},
		Name:       scalar(files),
		Build:      of.Build,
		User:       "root", // to whom a new volume belongs
		Entrypoint: []string{"sh"},
		Command:    dollars(f.copying()),
		Volumes:    []string{files + ":" + frontCopy},
	}
	web.Volumes = append([]string{files + ":" + frontCopy + ":ro"}, web.Volumes...)
	web.Depends = &block{Pairs: []pair{{copies.Name, condition("service_completed_successfully")}}}
	return []composeService{web, copies}
}

// free is a name that no service and no need has.
func (c *composer) free(name string) string {
	_, called := c.app.Needs[name]
	for called || c.app.Services[name] != nil {
		name += "-nginx"
		_, called = c.app.Needs[name]
	}
	return name
}
