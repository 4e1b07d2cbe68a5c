package generators

// What opens a need that runs in an environment to the services. The services' own configuration decides: where one of
// their secrets is the password and nothing else, the need takes it from the same Secret. Where the password is only
// known inside a URL, the need is left open to the application's pods, and to nobody else by its NetworkPolicy.

const inURL = "No secret holds its password alone, so it asks for none; its policy lets only this application in."

func postgresAccess(a account) ([]kubeEnv, string) {
	env := []kubeEnv{plainEnv("PGDATA", "/data/postgres")} // of its own user: initdb changes its mode, which a volume's top refuses
	env = append(env, optionalEnv("POSTGRES_USER", a.user)...)
	env = append(env, optionalEnv("POSTGRES_DB", a.database)...)
	if a.password != nil {
		return append(env, a.secret("POSTGRES_PASSWORD")), ""
	}
	return append(env, plainEnv("POSTGRES_HOST_AUTH_METHOD", "trust")), inURL
}

func mysqlAccess(a account) ([]kubeEnv, string) {
	env := optionalEnv("MYSQL_DATABASE", a.database)
	switch {
	case a.password == nil:
		return append(env, plainEnv("MYSQL_ALLOW_EMPTY_PASSWORD", "yes")),
			"No secret holds its password alone: the URL in the secret store has to say root and no password."
	case a.user == "" || a.user == "root":
		return append(env, a.secret("MYSQL_ROOT_PASSWORD")), ""
	}
	return append(env, plainEnv("MYSQL_USER", a.user), a.secret("MYSQL_PASSWORD"), plainEnv("MYSQL_RANDOM_ROOT_PASSWORD", "yes")), ""
}

func mongoAccess(a account) ([]kubeEnv, string) {
	env := optionalEnv("MONGO_INITDB_DATABASE", a.database)
	if a.password == nil {
		return env, inURL
	}
	user := a.user
	if user == "" {
		user = "root"
	}
	return append(env, plainEnv("MONGO_INITDB_ROOT_USERNAME", user), a.secret("MONGO_INITDB_ROOT_PASSWORD")), ""
}

func rabbitAccess(a account) ([]kubeEnv, string) {
	if a.password == nil {
		return nil, "No secret holds its password alone: the URL in the secret store has to say guest:guest."
	}
	user := a.user
	if user == "" {
		user = "guest"
	}
	return []kubeEnv{plainEnv("RABBITMQ_DEFAULT_USER", user), a.secret("RABBITMQ_DEFAULT_PASS")}, ""
}

// redisAccess gives the password to redis-cli; the server's argument takes it from the same variable.
func redisAccess(a account) ([]kubeEnv, string) {
	if a.password == nil {
		return nil, ""
	}
	return []kubeEnv{a.secret("REDISCLI_AUTH")}, ""
}

func elasticsearchAccess(account) ([]kubeEnv, string) {
	return []kubeEnv{
		plainEnv("discovery.type", "single-node"),
		plainEnv("xpack.security.enabled", "false"),
		plainEnv("ES_JAVA_OPTS", "-Xms512m -Xmx512m"),
	}, ""
}

func optionalEnv(name, value string) []kubeEnv {
	if value == "" {
		return nil
	}
	return []kubeEnv{plainEnv(name, value)}
}
