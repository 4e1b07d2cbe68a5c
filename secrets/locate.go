package secrets

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/gopasspw/gitconfig"
	"github.com/gopasspw/gopass/pkg/appdir"
	"github.com/gopasspw/gopass/pkg/fsutil"
)

// ErrNoStore is returned by Open where gopass has no store.
var ErrNoStore = errors.New("no gopass store")

// format is how the entries of a store are encrypted; it shows in the file that lists the recipients.
type format struct {
	name, idFile, ext string
}

// formats in the order in which gopass tries them.
var formats = []format{
	{"gpg", ".gpg-id", ".gpg"},
	{"age", ".age-recipients", ".age"},
	{"plain", ".plain-id", ".txt"},
}

// nameless is the file of a cryptfs store, whose file names are hashes.
const nameless = ".gopass-mapping"

// mount is one store: the root, whose alias is empty, or one that is mounted into its names.
type mount struct {
	alias string
	dir   string
	format
}

// locate finds the root store and the mounted ones as gopass does: PASSWORD_STORE_DIR, gopass's own configuration (which
// follows GOPASS_HOMEDIR), ~/.password-store, and gopass's data directory. It only reads. gopass's own api.New is not
// used here, since it writes a configuration file even where there is no store.
func locate() (*Gopass, error) {
	cfg := gitconfig.New()
	cfg.Name = "gopass"
	cfg.EnvPrefix = "GOPASS_CONFIG"
	cfg.GlobalConfig = os.Getenv("GOPASS_CONFIG")
	cfg.SystemConfig = "/etc/gopass/config"
	cfg.NoWrites = true
	cfg.LoadAll("")

	root, err := open("", rootDir(cfg))
	if err != nil {
		return nil, err
	}
	g := &Gopass{mounts: []mount{root}, references: strings.EqualFold(cfg.Get("core.follow-references"), "true")}
	for _, alias := range cfg.ListSubsections("mounts") {
		m, err := open(strings.Trim(alias, "/"), fsutil.CleanPath(cfg.Get("mounts."+alias+".path")))
		if err != nil {
			g.Ignored = append(g.Ignored, fmt.Sprintf("the mount %s is ignored: %v", alias, err))
			continue
		}
		g.mounts = append(g.mounts, m)
	}
	// The longest alias first: it is the most specific.
	sort.SliceStable(g.mounts, func(i, j int) bool { return len(g.mounts[i].alias) > len(g.mounts[j].alias) })
	return g, nil
}

func rootDir(cfg *gitconfig.Configs) string {
	if dir := os.Getenv("PASSWORD_STORE_DIR"); dir != "" {
		return fsutil.CleanPath(dir)
	}
	if dir := cfg.Get("mounts.path"); dir != "" {
		return fsutil.CleanPath(dir)
	}
	if dir := filepath.Join(appdir.UserHome(), ".password-store"); fsutil.IsDir(dir) {
		return dir
	}
	return filepath.Join(appdir.UserData(), "stores", "root")
}

func open(alias, dir string) (mount, error) {
	if _, err := os.Stat(filepath.Join(dir, nameless)); err == nil {
		return mount{}, fmt.Errorf("the gopass store %s hides its names (cryptfs), which migrate can't read; "+
			"keep the service's secrets in a store of the fs or gitfs kind", dir)
	}
	for _, f := range formats {
		if info, err := os.Stat(filepath.Join(dir, f.idFile)); err == nil && info.Mode().IsRegular() {
			return mount{alias, dir, f}, nil
		}
	}
	return mount{}, fmt.Errorf("%w at %s; make one with `gopass setup`, or name it in PASSWORD_STORE_DIR or GOPASS_HOMEDIR", ErrNoStore, dir)
}

// of gives the store that holds the named entry and the entry's name in it.
func of(mounts []mount, name string) (mount, string) {
	for _, m := range mounts {
		if m.alias == "" {
			return m, name
		}
		if rest, ok := strings.CutPrefix(name, m.alias+"/"); ok {
			return m, rest
		}
	}
	return mount{}, name // not reached: the root stands last
}

// file is where the entry is kept.
func (m mount) file(name string) string {
	return filepath.Join(m.dir, filepath.FromSlash(name)+m.ext)
}
