package lang

import "testing"

func TestNodeInstalledWith(t *testing.T) {
	runCases(t, Node(), []readerCase{
		{"by the types, by the lock file, and not where a file names it", files{
			"package.json": `{"scripts": {"start": "node a.js"}}`, "a.js": "", "package-lock.json": "{\n  \"name\": \"shop\",\n  \"lockfileVersion\": 1,\n  \"dependencies\": {}}",
			"two/package.json": `{"scripts": {"start": "node a.js"}}`, "two/a.js": "", "two/npm-shrinkwrap.json": `{"lockfileVersion": 2}`,
			"typed/package.json": `{"scripts": {"start": "node a.js"}, "devDependencies": {"@types/node": "^18.1.0"}}`, "typed/a.js": "", "typed/package-lock.json": `{"lockfileVersion": 1}`,
			"types/package.json": `{"scripts": {"start": "node a.js"}, "devDependencies": {"@types/node": "~15.12.4"}}`, "types/a.js": "", "types/package-lock.json": `{"lockfileVersion": 3}`,
			"old/package.json": `{"scripts": {"start": "node a.js"}, "devDependencies": {"@types/node": "^7.0.0"}}`, "old/a.js": "", "old/package-lock.json": `{"lockfileVersion": 2}`,
			"said/package.json": `{"engines": {"node": "10"}, "scripts": {"start": "node a.js"}}`, "said/a.js": "", "said/package-lock.json": `{"lockfileVersion": 1}`,
			"inner/package.json": `{"scripts": {"start": "node a.js"}}`, "inner/a.js": "", "inner/package-lock.json": `{"packages": {"a": {"lockfileVersion": 1}}, "lockfileVersion": 3}`,
		}, []string{".: version 14 <- package-lock.json:3 guess", "typed: version 18 <- typed/package.json:1 guess", "said: version 10"}, []string{"types: version", "inner: version", "two: version", "old: version", "said: version 14"}},
		{"by a package in C++", files{
			"package.json": "{\"scripts\": {\"start\": \"node a.js\"}, \"dependencies\": {\n\"bcrypt\": \"^3.0.6\",\n\"sqlite3\": \"5.1.0\"}}", "a.js": "", "package-lock.json": `{"lockfileVersion": 1}`,
			"sass/package.json": "{\"scripts\": {\"start\": \"node a.js\"}, \"devDependencies\": {\n\"node-sass\": \"^4.14.1\"}}", "sass/a.js": "",
			"range/package.json": `{"scripts": {"start": "node a.js"}, "dependencies": {"node-sass": "^4.9.0"}}`, "range/a.js": "",
			"patch/package.json": `{"scripts": {"start": "node a.js"}, "dependencies": {"node-sass": "~4.9.0"}}`, "patch/a.js": "",
			"open/package.json": `{"scripts": {"start": "node a.js"}, "dependencies": {"node-sass": ">=4"}}`, "open/a.js": "",
			"npm/package.json": `{"scripts": {"start": "node a.js"}, "dependencies": {"node-sass": "^4.9.0"}}`, "npm/a.js": "", "npm/package-lock.json": `{"lockfileVersion": 3, "packages": {"": {"dependencies": {"node-sass": "^4.9.0"}}, "node_modules/node-sass": {"version": "4.13.1"}}}`,
			"yarn/package.json": `{"scripts": {"start": "node a.js"}, "dependencies": {"node-sass": ">=4"}}`, "yarn/a.js": "", "yarn/yarn.lock": "node-sass@>=4:\n  version \"6.0.1\"\n",
			"new/package.json": `{"scripts": {"start": "node a.js"}, "dependencies": {"sqlite3": "*", "bcrypt": "^5.0.0"}}`, "new/a.js": "",
		}, []string{".: version 12 <- package.json:2 guess", "sass: version 14 <- sass/package.json:2 guess", "range: version 14", "patch: version 10", "npm: version 12", "yarn: version 16"}, []string{"new: version", "open: version"}},
		{"a lock file that was forgotten", files{
			"package.json": `{"scripts": {"start": "node a.js"}, "dependencies": {"express": "^4.1.0", "ms": "git+https://x.example/ms"}}`, "a.js": "", "package-lock.json": `{"lockfileVersion": 3}`, "yarn.lock": "# yarn\nexpress@^3.0.0, express@^3.1.0:\n  version \"3.1.0\"\n",
			"both/package.json": `{"scripts": {"start": "node a.js"}, "dependencies": {"express": "^4.1.0", "@a/b": "1.0.0"}}`, "both/a.js": "", "both/package-lock.json": `{"lockfileVersion": 3}`, "both/yarn.lock": "\"@a/b@1.0.0\":\n  version \"1.0.0\"\nexpress@^3.0.0, express@^4.1.0:\n",
			"one/package.json": `{"scripts": {"start": "node a.js"}, "dependencies": {"express": "^4.1.0"}}`, "one/a.js": "", "one/yarn.lock": "express@^3.0.0:\n",
		}, []string{".: build npm", "note yarn.lock:1", "both: build yarn", "note both/package-lock.json:1", "one: build yarn", "note one/yarn.lock:1"}, []string{"note both/yarn.lock"}},
	})
}
