package scan

// goAside are directories of helpers that Go projects have beside their service.
var goAside = MustCompile(`(^|/)(fake[a-z]+|tools|hack|scripts|bench|benchmarks?|misc|contrib|magefiles|mocks|fakes|testutil|testutils|testhelpers|fixtures|_\w*|\.\w+)/`)

// GoAside says whether a path lies below a directory of helpers that Go projects have beside their service.
func GoAside(p string) bool { return goAside.MatchString(p) }
