package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// platformPlaces remembers what the files of several environments say of one service: production's file, or the one for
// all, is read first; the others add where they differ.
type platformPlaces struct {
	first  map[string]string // the first file with settings, by service
	values map[string]string // by service and variable
}

func newPlatformPlaces() *platformPlaces {
	return &platformPlaces{first: map[string]string{}, values: map[string]string{}}
}

// setting reports one variable of a platform's file. Placeholders of templates say only that it is there. What a file of
// another environment than the first one's sets differently holds there; what one for developers or tests sets, nowhere.
func (p *platform) setting(f scan.Finding, name, value, file string, at int, rank scan.Rank) {
	if language, version := buildpackVersion(name, value); version != "" {
		p.find(scan.Finding{Dir: f.Dir, About: f.About, Service: service.Service{Language: language, Version: version}}, "version", file, at, rank, "what the buildpack is told")
	}
	if name == "" || imageOwn.MatchString(name) || name == "PORT" && value == "" {
		return
	}
	if placeholder.MatchString(value) {
		value = ""
	}
	of := saidOf(f)
	key := of + "\x00env." + name
	if p.places.first[of] == "" {
		p.places.first[of] = file
	}
	secret := secretSetting(name, value)
	if p.places.first[of] != file && otherPlace(file) {
		if f.Environment = environmentOfPath(file); f.Environment == "" && !secret {
			return
		}
	}
	if secret {
		f.Environment = "" // its value is there in each
	}
	if f.Environment != "" {
		if value == p.places.values[key] {
			return
		}
		key += "\x00" + f.Environment
	}
	if p.said[key] {
		return
	}
	p.said[key] = true
	p.places.values[key] = value
	if value == "" {
		if scan.SecretName(name) {
			f.Service = service.Service{Secrets: []string{name}}
			p.r.Find(f, file, at, rank, "")
		}
		return
	}
	claimSetting(p.r, f, name, value, scan.Evidence{File: file, Line: at, Rank: rank})
}

// jbpVersion is the version in the settings of the Java buildpack: '{ jre: { version: 17.+ } }'.
var jbpVersion = scan.MustCompile(`\bversion['"]?\s*:\s*['"]?(?:1\.)?(\d+)[.+_]`)

// buildpackVersion is the version of a language that a variable tells a buildpack, "" for other variables.
func buildpackVersion(name, value string) (language, version string) {
	switch {
	case name == "GOVERSION":
		if version = strings.TrimPrefix(value, "go"); plainVersion.MatchString(version) {
			return "go", version
		}
	case strings.HasPrefix(name, "JBP_CONFIG_") && strings.HasSuffix(name, "_JRE"), name == "BP_JVM_VERSION":
		if m := jbpVersion.FindStringSubmatch(value); m != nil {
			return "java", m[1]
		}
		if plainVersion.MatchString(value) {
			return "java", value
		}
	}
	return "", ""
}

var plainVersion = scan.MustCompile(`^\d+(\.\d+)*$`)

// otherPlace says whether a file is by its path about another place than production.
func otherPlace(file string) bool {
	name := strings.TrimSuffix(file, path.Ext(file))
	environment := environmentOfPath(file)
	return environment != "" && environment != "production" || environment == "" && otherEnvironment.MatchString(name)
}

// environmentOfPath is the environment that the name of a file, or else of its directory, speaks of, "" for none.
func environmentOfPath(file string) string {
	for _, name := range []string{strings.TrimSuffix(path.Base(file), path.Ext(file)), path.Base(path.Dir(file))} {
		for _, word := range strings.FieldsFunc(joinedPlaces.Replace(strings.ToLower(name)), func(r rune) bool { return strings.ContainsRune("._-", r) }) {
			if environment := scan.EnvironmentName(word); environment != "" {
				return environment
			}
		}
	}
	return ""
}

// placedInProduction says whether a file is production's by its name or its directories. A directory that is called deploy says nothing.
func placedInProduction(file string) bool {
	return environmentOfPath(file) == "production" || environmentOfPath(path.Join(path.Dir(file), "x")) == "production" || productionDir.MatchString(file)
}

// placedElsewhere says whether a file names another environment than production, or is for tests.
func placedElsewhere(file string) bool {
	return !placedInProduction(file) && (otherPlace(file) || placeRank(file) >= 2)
}

// joinedPlaces writes places of two words as one: pre-prod is not prod.
var joinedPlaces = strings.NewReplacer("pre-prod", "preprod", "pre_prod", "preprod", "non-prod", "nonprod", "non_prod", "nonprod")
