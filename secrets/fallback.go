package secrets

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/gopasspw/gopass/pkg/ctxutil"
	"github.com/gopasspw/gopass/pkg/gopass/api"
)

// viaGopass decrypts an entry with gopass's own library: age entries for ssh keys. It is slower by far: it
// unlocks the identities for every entry.
func (g *Gopass) viaGopass(ctx context.Context, name string) ([]byte, error) {
	var content []byte
	err := g.withGopass(ctx, func(ctx context.Context, store *api.Gopass) error {
		secret, err := store.Get(ctx, name, "latest")
		if err != nil {
			return fmt.Errorf("no identity of this user opens the entry (%w); try `gopass show %s`", err, name)
		}
		content = secret.Bytes()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return content, nil
}

// withGopass runs something with gopass's own library, which needs care: see apiEnv. Whatever it does ends with ctx; it
// may then still be under way, so that do must not touch what the caller goes on with.
func (g *Gopass) withGopass(ctx context.Context, do func(ctx context.Context, store *api.Gopass) error) error {
	defer apiEnv(rootOf(g.mounts))()
	ctx = ctxutil.WithPasswordCallback(ctx, func(file string, _ bool) ([]byte, error) {
		switch {
		case file == identitiesFile() && g.age != nil && len(g.age.passphrase) > 0:
			return g.age.passphrase, nil
		case file == identitiesFile():
			return askPassphrase(ctx, g.opts, file)
		case g.opts.Passphrase == nil:
			return nil, fmt.Errorf("%s needs a passphrase and there is no terminal to ask on", file)
		}
		return g.opts.Passphrase(ctx, file)
	})
	done := make(chan error, 1)
	go func() {
		store, err := api.New(ctx)
		if err != nil {
			done <- fmt.Errorf("opening the gopass store: %w", err)
			return
		}
		err = do(ctx, store)
		done <- errors.Join(err, store.Close(ctx))
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("gopass gave no answer in time: %w", ctx.Err())
	}
}

// apiEnv sets, until the returned function is called, what keeps gopass's library from doing more than reading. There is
// no other way to tell it. It would otherwise start "migrate age agent start" where the user runs an agent, migrate and
// write the user's configuration, and push.
func apiEnv(root mount) (restore func()) {
	count, err := strconv.Atoi(os.Getenv("GOPASS_CONFIG_COUNT"))
	if err != nil || count < 0 {
		count = 0
	}
	set := map[string]string{"GOPASS_CONFIG_NO_MIGRATE": "1", "GOPASS_NO_NOTIFY": "1", "CHECKPOINT_DISABLE": "1"}
	for _, kv := range [][2]string{
		{"age.agent-enabled", "false"}, {"core.autosync", "false"}, {"core.autopush", "false"},
		{"core.autoimport", "false"}, {"mounts.path", root.dir},
	} {
		n := strconv.Itoa(count)
		set["GOPASS_CONFIG_KEY_"+n], set["GOPASS_CONFIG_VALUE_"+n] = kv[0], kv[1]
		count++
	}
	set["GOPASS_CONFIG_COUNT"] = strconv.Itoa(count)

	var undo []func()
	for name, value := range set {
		if old, had := os.LookupEnv(name); had {
			undo = append(undo, func() { _ = os.Setenv(name, old) })
		} else {
			undo = append(undo, func() { _ = os.Unsetenv(name) })
		}
		_ = os.Setenv(name, value) // fails for names with = or NUL only
	}
	return func() {
		for _, u := range undo {
			u()
		}
	}
}

func rootOf(mounts []mount) mount { return mounts[len(mounts)-1] }
