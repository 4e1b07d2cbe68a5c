package generators

// list is every generator, in the order in which a person meets the files. The order has no effect on the result.
var list = []generator{
	{"Makefile", makefile},
	{".gitignore", gitignore},
	{"CI", ci},
	{"README", readme},
	{"dockerfile", dockerfiles},
	{"dockerignore", dockerignores},
	{"compose", composeFiles},
	{"compose secrets", composeSecretsFiles},
	{"kubernetes", kustomize},
	{"smoke tests", smokeTests},
	{"checks", oldChecks},
	{"schemas", schemas},
}
