package cli

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/secrets"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// maxSecret bounds what is read as a value: a Secret of Kubernetes holds 1 MiB.
const maxSecret = 1 << 20

// usualLength is that of a value that is made up.
const usualLength = 40

type setOptions struct {
	env, service, level, field string
	generate                   int
	force                      bool
}

func newSecretsSet(s Streams) *cobra.Command {
	var o setOptions
	cmd := &cobra.Command{
		Use:   "set KEY [DIR]",
		Short: "Put the value of a key into gopass, from standard input or made up",
		Long: `set writes the entry of a key. The value comes from standard input (one newline at its end is left out), is asked for
twice on a terminal, or is made up (--generate: as long as the framework wants it where it is known to). It is never an argument, since those can be seen.

The entry is the most specific one, of the service in the environment, or that of another --level. An entry that is there
is replaced only with --force; its other lines stay. gopass commits the change and does not push it: gopass sync does.`,
		Example: `  openssl rand -hex 32 | migrate secrets set SECRET_KEY --env staging
  migrate secrets set SECRET_KEY --env production --generate
  migrate secrets set SMTP_PASSWORD --env staging --level application < password.txt`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runSecretsSet(cmd.Context(), s, directory(args, 1), args[0], o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.env, "env", "", "environment of migrate.yaml")
	f.StringVar(&o.service, "service", "", "the service, where several want the key")
	f.StringVar(&o.level, "level", "service", "for whom: "+strings.Join(secrets.Levels(), ", "))
	f.StringVar(&o.field, "field", "", "write the entry's line `NAME`: value instead of its first line")
	f.IntVar(&o.generate, "generate", 0, "make up a value of so many letters and digits")
	f.Lookup("generate").NoOptDefVal = strconv.Itoa(usualLength)
	f.BoolVar(&o.force, "force", false, "replace a value that is there")
	return cmd
}

func runSecretsSet(ctx context.Context, s Streams, dir, key string, o setOptions) error {
	path, err := entryToSet(dir, key, o)
	if err != nil {
		return err
	}
	store, err := openGopass(s)
	if err != nil {
		return err
	}
	old, there, err := contentOf(ctx, store, path)
	if err != nil {
		return err
	}
	if there && !o.force && (o.field == "" || secrets.HasField(old, o.field)) {
		return fmt.Errorf("%s is there already; --force replaces its value", path)
	}
	if o.generate == usualLength {
		o.generate = lengthOf(dir, key, o)
	}
	value, err := valueToSet(ctx, s, o)
	if err != nil {
		return err
	}
	defer clear(value)
	switch {
	case o.field != "":
		old = secrets.WithField(old, o.field, value)
	default:
		old = secrets.WithFirstLine(old, value)
	}
	defer clear(old)
	if err := store.Set(ctx, path, old); err != nil {
		return err
	}
	done := "made"
	if there {
		done = "changed"
	}
	fmt.Fprintf(s.Out, "%s %s\n", path, done)
	return nil
}

// entryToSet is the path of the entry that a key's value is to be written to.
func entryToSet(dir, key string, o setOptions) (string, error) {
	app, err := loadModel(dir)
	if err != nil {
		return "", err
	}
	if _, ok := app.Environments[o.env]; !ok {
		return "", usage("say which environment: --env %s", strings.Join(app.EnvironmentNames(), "|"))
	}
	k, err := keyNamed(app, o.env, o.service, key, o.level)
	if err != nil {
		return "", err
	}
	entries := k.Entries()
	if k.Source.Value != "" {
		return "", usage("%s is put together from %s: write these with gopass insert", key, strings.Join(entries, " and "))
	}
	path, err := k.At(o.level, entries[0])
	if err != nil {
		return "", usage("%v", err)
	}
	return path, nil
}

// keyNamed finds the key of that name. At the level of the service it has to be clear whose it is.
func keyNamed(app *service.App, env, of, name, level string) (secrets.Key, error) {
	wanted, err := wantedSecrets(app, env)
	if err != nil {
		return secrets.Key{}, err
	}
	if of != "" {
		of = app.Base(of)
	}
	var found []secrets.Key
	known, owners := map[string]bool{}, []string{}
	for _, k := range wanted {
		if known[k.Name] = true; k.Name == name && (of == "" || k.Service == of) {
			found, owners = append(found, k), append(owners, k.Service)
		}
	}
	switch {
	case len(found) == 0 && known[name]:
		return secrets.Key{}, usage("%s is no secret of %s", name, of)
	case len(found) == 0:
		return secrets.Key{}, usage("no service has %q among its secrets%s", name, service.DidYouMean(name, known))
	case len(found) > 1 && level == secrets.Levels()[0]:
		return secrets.Key{}, usage("%s is wanted by %s: say --service, or another --level", name, strings.Join(owners, " and "))
	}
	return found[0], nil
}

// contentOf is what an entry holds, if it is there.
func contentOf(ctx context.Context, store *secrets.Gopass, path string) (content []byte, there bool, err error) {
	names, err := store.List(ctx)
	if err != nil || !slices.Contains(names, path) {
		return nil, false, err
	}
	content, err = store.Get(ctx, path)
	return content, true, err
}

func valueToSet(ctx context.Context, s Streams, o setOptions) ([]byte, error) {
	switch in, terminal := s.In.(*os.File); {
	case o.generate > 0:
		return madeUp(min(o.generate, 1000)), nil
	case terminal && s.Terminal():
		first, err := askHidden(ctx, in, s.Err, "Value: ")
		if err != nil {
			return nil, err
		}
		again, err := askHidden(ctx, in, s.Err, "Again: ")
		if err == nil && !bytes.Equal(first, again) {
			err = errors.New("the two are not the same; nothing was written")
		}
		return first, err
	}
	value, err := io.ReadAll(io.LimitReader(s.In, maxSecret+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading the value from standard input: %w", err)
	case len(value) > maxSecret:
		return nil, errors.New("the value on standard input is longer than a Secret can be (1 MiB)")
	}
	value = bytes.TrimSuffix(bytes.TrimSuffix(value, []byte("\n")), []byte("\r"))
	if len(value) == 0 {
		return nil, usage("there is no value on standard input; pipe one in, or say --generate")
	}
	return value, nil
}

// lengthOf is how long a made-up value of a key is where a framework takes no other: 32 letters are a key of Laravel's cipher,
// and Phoenix refuses less than 64.
func lengthOf(dir, key string, o setOptions) int {
	app, err := loadModel(dir)
	if err != nil {
		return usualLength
	}
	k, err := keyNamed(app, o.env, o.service, key, o.level)
	if err != nil {
		return usualLength
	}
	switch framework := app.Effective(k.Service).Framework; {
	case key == "APP_KEY" && (framework == "laravel" || framework == "lumen"):
		return 32
	case key == "SECRET_KEY_BASE":
		return 64
	}
	return usualLength
}

// madeUp is so many letters and digits, each as likely as any other.
func madeUp(n int) []byte {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	value := make([]byte, 0, n)
	var b [1]byte
	for len(value) < n {
		_, _ = rand.Read(b[:]) // never fails
		if i := int(b[0]) & 63; i < len(letters) {
			value = append(value, letters[i])
		}
	}
	return value
}
