package generators

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// phpServe starts Apache in PHP's image.
var phpServe = []string{"apache2-foreground"}

type phpImage struct {
	Base       base
	Apt        string   // headers of the extensions and packages of the service
	Extensions []string // the instructions that install them
	Composer   string   // image that holds Composer; empty where nothing is installed by it
	Tools      string
	Copy       []string
	Node       string
	Setup      string
	NodeCopy   []string
	Modules    string
	Build      string
	Site       string // what the front end's build fills
	Root       string // the document root in the image
	Writable   []string
	Parents    []string // the directories that those lie in
	State      string
	Link       string // leads from the document root to the files that Laravel's users upload; empty where there is none
	Graceful   bool   // Apache is started so that SIGTERM lets it finish what it has in hand
	Port       int
	Command    execForm
}

// phpPort is where Apache listens if the model names no port.
const phpPort = 8080

// phpDockerfile makes one image with one process: Apache with PHP in it. PHP-FPM would want a web server beside it, in the
// same image or in a second container that shares the files; Apache reads the .htaccess files that most applications
// bring, and runs as any user once it listens above 1024 and writes to /tmp.
func phpDockerfile(app *service.App, name string) ([]byte, error) {
	s := *app.Services[name]
	b := buildOf(s)
	image := phpImage{Port: s.Port, Command: s.Command, State: stateStep(s), Writable: phpWritable[s.Framework]}
	for _, dir := range image.Writable {
		if parent := path.Dir(dir); parent != "." && !slices.Contains(image.Parents, parent) {
			image.Parents = append(image.Parents, parent)
		}
	}
	if image.Port == 0 {
		image.Port = phpPort
	}
	var version int
	var err error
	if image.Base, version, err = phpBase(s.Version); err != nil {
		return nil, err
	}
	if b.Artifact != "" && (!plainPath.MatchString(b.Artifact) || path.IsAbs(b.Artifact) || strings.HasPrefix(path.Clean(b.Artifact), "..")) {
		return nil, fmt.Errorf("build.artifact: %q is no directory below the service's", b.Artifact)
	}
	image.Root = path.Join("/app", b.Artifact)
	if s.Framework == "laravel" && b.Artifact != "" && slices.Contains(s.State, "storage/app") {
		image.Link = path.Join(b.Artifact, "storage")
	}
	if slices.Equal(image.Command, phpServe) {
		image.Graceful, image.Command = true, execForm{"serve"}
	}
	packages, steps, err := phpExtensionSteps(b.Extensions, version)
	if err != nil {
		return nil, err
	}
	image.Extensions = steps
	if image.Apt, err = aptStep(joinNames(packages, b.Packages, b.Runtime), image.Base.Suite); err != nil {
		return nil, err
	}
	files, front := splitFrontEnd(b.Files)
	if b.Tool == "composer" || has(b.Files, "composer.json") {
		image.Composer = "composer:2"
		if version < 702 {
			image.Composer = "composer:2.2" // the last that runs on it
		}
		if image.Tools, err = aptStep([]string{"git", "unzip"}, image.Base.Suite); err != nil {
			return nil, err
		}
		if len(files) == 0 {
			files = []string{"composer.json"}
		}
		if image.Copy, err = copyLines(files); err != nil {
			return nil, err
		}
	}
	if image.Build, err = buildCommand(b.Command); err != nil {
		return nil, err
	}
	if len(front) > 0 && image.Build != "" && image.Root != "/app" {
		if err := image.frontEnd(b, front); err != nil {
			return nil, err
		}
	}
	return execute("Dockerfile.php", image)
}

// frontEnd adds the stage in which Node builds what the pages load.
func (image *phpImage) frontEnd(b service.Build, files []string) (err error) {
	b.Files = files
	var major int
	image.Node, major = frontEndNode(image.Base.Suite)
	pm := nodeManager(frontEndTool(b), files, major)
	image.Setup, image.Modules, image.Site = pm.setup, pm.all, path.Clean(b.Artifact)
	image.NodeCopy, err = copyLines(files)
	return err
}

// frontEndFiles are what package managers of Node.js read.
var frontEndFiles = words("package.json package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml .yarnrc.yml")

// splitFrontEnd parts the files that Composer reads from those of the front end's package manager.
func splitFrontEnd(files []string) (own, front []string) {
	for _, f := range files {
		switch base := path.Base(f); {
		case frontEndFiles[base], strings.HasPrefix(path.Clean(f), ".yarn/"):
			front = append(front, f)
		default:
			own = append(own, f)
		}
	}
	return own, front
}

func joinNames(lists ...[]string) []string {
	var all []string
	seen := map[string]bool{}
	for _, list := range lists {
		for _, n := range list {
			if !seen[n] {
				seen[n] = true
				all = append(all, n)
			}
		}
	}
	return all
}

// phpWritable are the directories of the code in which a framework writes while it works: compiled templates, caches, logs.
// Nothing in them is worth keeping, and they all lead to /tmp.
var phpWritable = map[string][]string{
	"laravel": {"storage/framework/cache", "storage/framework/sessions", "storage/framework/views", "storage/logs"},
	"lumen":   {"storage/framework/cache", "storage/framework/views", "storage/logs"},
	"symfony": {"var/cache", "var/log"},
	"cakephp": {"tmp", "logs"},
	"yii":     {"runtime", "web/assets"},
}

// phpSuites names the suites of the PHP versions whose images were not published for bookworm.
var phpSuites = map[string]suite{"5.6": stretch, "7.0": stretch, "7.1": buster, "7.2": buster, "7.3": bullseye, "7.4": bullseye, "8.0": bullseye}

// phpBase is the image with Apache for a PHP version such as "7.4" or "^8.1". number is the version as 704 or 801.
func phpBase(version string) (b base, number int, err error) {
	major, minor, given := numbers(version)
	why := ""
	switch {
	case !given && strings.TrimSpace(version) != "":
		return base{}, 0, fmt.Errorf("version %q is no PHP version: write one such as \"8.2\"", version)
	case !given:
		major, minor, why = 8, 3, "migrate.yaml names no PHP version"
	case major == 5 && minor != 6 || major < 5 || major == 6:
		why = fmt.Sprintf("PHP 5.6 runs what was written for PHP %s", strings.TrimSuffix(fmt.Sprintf("%d.%d", major, minor), ".-1"))
		major, minor = 5, 6
	case minor < 0:
		minor = map[int]int{7: 4, 8: 3}[major]
		why = "migrate.yaml names no minor version of PHP"
	}
	version = fmt.Sprintf("%d.%d", major, minor)
	s, old := phpSuites[version]
	if !old {
		s = bookworm
	}
	return base{Image: "php:" + version + "-apache-" + string(s), Suite: s, Why: why}, major*100 + minor, nil
}
