package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/migrate-to-kubernetes/migrate/kube"
	"github.com/migrate-to-kubernetes/migrate/secrets"
)

// secretKeys says to which service with code of its own a reference belongs, and which of its keys are meant. The name is
// empty where the Secret isn't one that migrate makes.
func (repo *repository) secretKeys(ref kube.SecretRef) (base string, keys []string) {
	base = repo.app.ConfigBase(ref.Secret)
	if base == "" || ref.Key != "" {
		return base, []string{ref.Key}
	}
	seen := map[string]bool{}
	for _, name := range repo.app.ServiceNames() {
		if repo.app.Base(name) != base {
			continue
		}
		for _, key := range repo.app.Effective(name).Secrets {
			if !seen[key] {
				seen[key] = true
				keys = append(keys, key)
			}
		}
	}
	return base, keys
}

// resolver answers the references that are the application's own from gopass: all of them but what is optional and not there, or
// none and an error that names every one that is missing. Where there is none the store isn't even opened.
func (repo *repository) resolver(s Streams, env string) kube.Resolver {
	return func(ctx context.Context, refs, optional []kube.SecretRef) (map[kube.SecretRef][]byte, error) {
		wanted := map[secrets.Key]kube.SecretRef{}
		for _, ref := range slices.Concat(refs, optional) {
			base, names := repo.secretKeys(ref)
			if base == "" {
				continue
			}
			for _, name := range names {
				key := secretKey(repo.app, env, base, name)
				key.Optional = slices.Contains(optional, ref) // as the files say, which a person may have edited
				if err := key.Check(); err != nil {
					return nil, fmt.Errorf("%s: %w", ref, err)
				}
				wanted[key] = kube.SecretRef{Secret: ref.Secret, Key: name}
			}
		}
		keys := make([]secrets.Key, 0, len(wanted))
		for key := range wanted {
			keys = append(keys, key)
		}
		values, err := fetchSecrets(ctx, s, env, keys)
		if err != nil {
			return nil, err
		}
		found := map[kube.SecretRef][]byte{}
		for key, value := range values {
			found[wanted[key]] = value
		}
		return found, nil
	}
}
