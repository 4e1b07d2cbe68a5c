package requests

import (
	"fmt"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// readCurl finds the lines of curl in a script, a Makefile, a crontab, or the blocks of code of a document.
func readCurl(f *file) error {
	isDocument := documentEnding.MatchString(f.name)
	lines := strings.Split(f.text, "\n")
	fenced, count := false, 0
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		trimmed := strings.TrimSpace(line)
		if fence.MatchString(trimmed) {
			fenced = !fenced
			continue
		}
		inCode := !isDocument || fenced || strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "\t") || strings.HasPrefix(trimmed, "$ ")
		if !inCode || strings.HasPrefix(trimmed, "#") && !strings.HasPrefix(trimmed, "# curl") && !strings.HasPrefix(trimmed, "#!") || !curlWord.MatchString(line) {
			continue
		}
		if count++; count > maxRequests {
			break
		}
		start := i + 1
		for i+1 < len(lines) && i-start < 200 {
			if before, goesOn := strings.CutSuffix(strings.TrimRight(line, " \t"), `\`); goesOn {
				line = before + " " + lines[i+1]
			} else if openQuote(line, isDocument) {
				line += "\n" + lines[i+1]
			} else {
				break
			}
			i++
		}
		for _, m := range curlWord.FindAllStringIndex(line, -1) {
			f.curl(line[m[1]:], start)
		}
	}
	return nil
}

var (
	documentEnding = pattern.MustCompile(`(?i)\.(md|markdown|rst|adoc|asciidoc|txt)$|(^|/)README[^/.]*$`)
	fence          = pattern.MustCompile("^(```|~~~|----$)")
	// curlWord is curl where a command may stand.
	curlWord = pattern.MustCompile("(?:^|[\\s;|&(`\"'@$!])(?:/usr/bin/)?curl(?:\\.exe)?[ \\t]+")
)

// openQuote says whether a quote that a line opens is still open at its end. In a document, an apostrophe before the
// command is none.
func openQuote(text string, isDocument bool) bool {
	i := 0
	if isDocument {
		i = strings.Index(text, "curl")
	}
	quote := byte(0)
	for ; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && quote != '\'':
			i++
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		}
	}
	return quote == '\'' || quote == '"' && !strings.HasSuffix(strings.TrimSpace(text), `"`)
}

// shellWords takes the words of a command apart, up to what ends it. Variables become ours; what a shell would have to work
// out is an error.
func shellWords(text string) (words []string, rest string, err error) {
	var b strings.Builder
	inWord, quote := false, byte(0)
	flush := func() {
		if inWord {
			words = append(words, b.String())
		}
		b.Reset()
		inWord = false
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote == '\'' && c == '\'', quote == '"' && c == '"':
			quote = 0
		case quote == '\'':
			b.WriteByte(c)
			if c == '$' && strings.HasPrefix(text[i:], "${") { // plain in single quotes
				b.Reset()
				return nil, "", fmt.Errorf("a plain ${ in it")
			}
		case c == '\\' && i+1 < len(text):
			i++
			if quote == '"' && strings.IndexByte("$`\"\\\n", text[i]) < 0 {
				b.WriteByte('\\')
			}
			if text[i] != '\n' {
				b.WriteByte(text[i])
				inWord = true
			}
		case c == '$':
			value, n, err := shellVariable(text[i:])
			if err != nil {
				return nil, "", err
			}
			b.WriteString(value)
			inWord = true
			i += n - 1
		case c == '`':
			if quote == 0 && len(words) > 0 {
				flush()
				return words, text[i:], nil
			}
			return nil, "", fmt.Errorf("the shell works out a part of it")
		case quote != 0:
			b.WriteByte(c)
		case c == '\'' || c == '"':
			quote, inWord = c, true
		case c == ' ' || c == '\t':
			flush()
		case c == '\n' || strings.IndexByte("|;&)<>", c) >= 0:
			if c == '>' || c == '<' {
				if w := b.String(); w != "" && strings.Trim(w, "0123456789") == "" {
					b.Reset()
					inWord = false
				}
			}
			flush()
			return words, text[i:], nil
		default:
			b.WriteByte(c)
			inWord = true
		}
	}
	if quote == '"' { // the quotes around $(...) in a script
		return words, "", nil
	}
	flush()
	return words, "", nil
}

var (
	shellName    = pattern.MustCompile(`^\$\$?\{?([A-Za-z_]\w*)\}?`)
	shellDefault = pattern.MustCompile(`^\$\{([A-Za-z_]\w*):?-([^{}$"'` + "`" + `]*)\}`)
	makeName     = pattern.MustCompile(`^\$\(([A-Za-z_]\w*)\)`)
)

// shellVariable is a variable of a shell or of make as one of ours, and how long it is.
func shellVariable(text string) (string, int, error) {
	if m := shellDefault.FindStringSubmatch(text); m != nil {
		if secretName(m[1]) || secretValue(m[2]) || accountInURL.MatchString(m[2]) {
			return "${" + m[1] + "}", len(m[0]), nil
		}
		return m[2], len(m[0]), nil
	}
	for _, re := range []*pattern.Pattern{shellName, makeName} {
		if m := re.FindStringSubmatch(text); m != nil && (strings.Contains(m[0], "{") == strings.Contains(m[0], "}")) {
			return "${" + m[1] + "}", len(m[0]), nil
		}
	}
	return "", 0, fmt.Errorf("the shell works out a part of it")
}

// curlFlags are the options without a value that change nothing about the request or are taken over; curlValues those with
// one.
var (
	curlFlags = map[string]string{
		"-f": "fail", "--fail": "fail", "--fail-with-body": "fail", "-I": "head", "--head": "head", "-L": "follow", "--location": "follow", "-G": "get", "--get": "get", "-k": "insecure", "--insecure": "insecure", "--http2": "http2", "--compressed": "",
		"-s": "", "--silent": "", "-S": "", "--show-error": "", "-v": "", "--verbose": "", "-i": "", "--include": "", "-N": "", "--no-buffer": "", "-O": "", "-J": "", "-4": "", "-6": "", "-#": "", "--progress-bar": "", "-n": "", "-q": "", "-g": "", "--globoff": "", "-a": "", "--http1.1": "", "--no-progress-meter": "", "--retry-connrefused": "", "--retry-all-errors": "", "--path-as-is": "", "--remote-name": "", "-R": "", "-C-": "", "--location-trusted": "follow", "--create-dirs": "", "--tlsv1.2": "", "--http1.0": "", "-0": "", "--ipv4": "", "--ipv6": "",
	}
	curlValues = map[string]string{
		"-X": "method", "--request": "method", "-H": "header", "--header": "header", "-d": "data", "--data": "data", "--data-ascii": "data", "--data-raw": "raw", "--data-binary": "raw", "--data-urlencode": "encode", "--json": "json",
		"-F": "part", "--form": "part", "-u": "user", "--user": "user", "-b": "cookie", "--cookie": "cookie", "-A": "agent", "--user-agent": "agent", "-e": "referer", "--referer": "referer", "--url": "url", "-m": "time", "--max-time": "time", "--oauth2-bearer": "bearer", "-T": "upload", "--upload-file": "upload",
		"-o": "", "--output": "", "-w": "", "--write-out": "", "-c": "", "--cookie-jar": "", "--connect-timeout": "", "--retry": "", "--retry-delay": "", "--retry-max-time": "", "-x": "", "--proxy": "", "--cacert": "", "--capath": "", "-E": "cert", "--cert": "cert", "--key": "cert", "--resolve": "", "-D": "", "--dump-header": "", "--unix-socket": "socket", "--max-redirs": "", "-z": "", "-r": "range", "--limit-rate": "", "--stderr": "", "--connect-to": "", "-K": "config", "--config": "config", "-U": "", "--interface": "", "--aws-sigv4": "config", "-Y": "", "-y": "", "--ciphers": "", "--trace-ascii": "",
	}
)

type curlLine struct {
	r            Request
	urls         []string
	data         []string
	get, fail    bool
	method, json bool
}

// curl reads what follows the word curl.
func (f *file) curl(text string, line int) {
	what := "curl " + oneLine(text)
	words, rest, err := shellWords(text)
	var c *curlLine
	if err == nil {
		c, err = curlOptions(words)
	}
	if err == nil && len(c.urls) == 0 {
		return // curl in a sentence, or in a list of packages
	}
	if err != nil {
		if strings.Contains(text, "://") || strings.Contains(text, "localhost") {
			f.left(line, what, "%v", err)
		}
		return
	}
	for _, raw := range c.urls {
		r := c.r
		r.Line = line
		c.finish(&r, &raw, rest)
		if !strings.Contains(raw, "${") && schemeStart.FindString(raw) == "" && !hostLike.MatchString(strings.SplitN(raw, "/", 2)[0]) {
			continue
		}
		if download.MatchString(raw) || strings.Contains(rest, "| sh") || strings.Contains(rest, "| bash") || strings.Contains(rest, "| tar") || strings.Contains(rest, "| sudo") || strings.Contains(rest, "apt-key") || strings.Contains(rest, "gpg") {
			continue // it fetches a program
		}
		f.add(r, raw)
	}
}

// download are addresses from which software comes.
var download = pattern.MustCompile(`(?i)raw\.github|githubusercontent|github\.com|gitlab\.com/.*raw|\.(tar\.\w+|tgz|zip|gz|xz|bz2|deb|rpm|jar|phar|sh|exe|dmg|asc|gpg|key|pem|whl|pkg)$|get\.docker\.com|sh\.rustup\.rs|getcomposer\.org|deb\.nodesource|dl\.\w+|download|releases`)

func curlOptions(words []string) (*curlLine, error) {
	c := &curlLine{r: Request{Method: "GET", Silent: true}}
	for i := 0; i < len(words); i++ {
		w := words[i]
		if len(w) < 2 || w[0] != '-' {
			c.urls = append(c.urls, w)
			continue
		}
		name, value, joined := w, "", false
		if strings.HasPrefix(w, "--") {
			name, value, joined = strings.Cut(w, "=")
		} else if len(w) > 2 {
			var left string
			if name, left = c.cluster(w); name == "" {
				continue
			}
			value, joined = left, left != ""
		}
		if what, flag := curlFlags[name]; flag {
			c.flag(what)
			continue
		}
		what, takes := curlValues[name]
		if !takes {
			if strings.HasPrefix(name, "--") {
				continue // one that is not known; most are switches
			}
			return nil, fmt.Errorf("its option %s is not known", name)
		}
		if !joined {
			if i++; i >= len(words) {
				return nil, fmt.Errorf("its option %s lacks a value", name)
			}
			value = words[i]
		}
		if err := c.value(what, value); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// cluster takes -sSf and -XPOST apart; it gives the option that takes a value, and what is joined to it.
func (c *curlLine) cluster(w string) (name, value string) {
	for j := 1; j < len(w); j++ {
		name := "-" + w[j:j+1]
		what, flag := curlFlags[name]
		if !flag {
			return name, w[j+1:]
		}
		c.flag(what)
	}
	return "", ""
}

func (c *curlLine) flag(what string) {
	switch what {
	case "fail":
		c.fail = true
	case "head":
		c.r.Method, c.method = "HEAD", true
	case "follow":
		c.r.Follow = true
	case "get":
		c.get = true
	case "insecure", "http2":
		c.r.Options = append(c.r.Options, Field{what, "true"})
	}
}

func (c *curlLine) value(what, value string) error {
	switch what {
	case "method":
		c.r.Method, c.method = strings.ToUpper(value), true
	case "header":
		name, text, ok := strings.Cut(value, ":")
		if !ok {
			return fmt.Errorf("its header %q has no colon", oneLine(conceal(value)))
		}
		c.r.Headers = append(c.r.Headers, Field{strings.TrimSpace(name), strings.TrimSpace(text)})
	case "data", "raw", "json":
		if file, isFile := strings.CutPrefix(value, "@"); isFile && what != "raw" || isFile && file != "-" {
			c.r.BodyFile = file
			return nil
		}
		c.data, c.json = append(c.data, value), c.json || what == "json"
	case "encode":
		name, text, ok := strings.Cut(value, "=")
		if !ok {
			return fmt.Errorf("--data-urlencode without a name")
		}
		c.data = append(c.data, name+"="+escapeQuery(text))
	case "part":
		name, text, _ := strings.Cut(value, "=")
		p := Part{Name: name, Value: text}
		if file, isFile := strings.CutPrefix(text, "@"); isFile {
			file, kind, _ := strings.Cut(file, ";type=")
			p = Part{Name: name, File: file, Type: kind}
		}
		c.r.Parts = append(c.r.Parts, p)
	case "user":
		user, password, _ := strings.Cut(value, ":")
		c.r.Auth = &Auth{user, password}
	case "bearer":
		c.r.Headers = append(c.r.Headers, Field{"Authorization", "Bearer " + value})
	case "cookie":
		if strings.Contains(value, "=") {
			c.r.Cookies = append(c.r.Cookies, cookies(value)...)
		}
	case "agent":
		c.r.Headers = append(c.r.Headers, Field{"User-Agent", value})
	case "referer":
		c.r.Headers = append(c.r.Headers, Field{"Referer", value})
	case "url":
		c.urls = append(c.urls, value)
	case "time":
		if d, ok := hurlDuration(value + "000"); ok && strings.Trim(value, "0123456789") == "" {
			c.r.Asserts = append(c.r.Asserts, Assert{Query: Query{Kind: OfDuration}, Op: Less, Value: d})
		}
	case "upload", "socket", "config", "cert", "range":
		return fmt.Errorf("it does what no check can: %s", what)
	}
	return nil
}

var (
	grepped  = pattern.MustCompile(`^\s*\|\s*grep\s+(?:-[A-Za-z]+\s+)*("[^"\n]*"|'[^'\n]*'|[\w./:-]+)`)
	compared = pattern.MustCompile(`^[)"'\s]*(?:===?|=|-eq)\s*["']?(\d{3})\b`)
)

// finish puts the parts together, with what the script does with the answer.
func (c *curlLine) finish(r *Request, raw *string, rest string) {
	if len(c.data) > 0 && c.get {
		mark := "?"
		if strings.Contains(*raw, "?") {
			mark = "&"
		}
		*raw += mark + strings.Join(c.data, "&")
	} else if len(c.data) > 0 {
		r.Body, r.HasBody = strings.Join(c.data, "&"), true
		if c.json {
			r.Headers = append(r.Headers, Field{"Content-Type", "application/json"})
		}
	}
	if !c.method && (r.HasBody || r.BodyFile != "" || len(r.Parts) > 0) {
		r.Method = "POST"
	}
	r.Asserts = append([]Assert(nil), r.Asserts...)
	for i := range r.Asserts {
		r.Asserts[i].Line = r.Line
	}
	switch m := compared.FindStringSubmatch(rest); {
	case m != nil:
		r.Asserts, r.Silent = append(r.Asserts, Assert{r.Line, Query{Kind: OfStatus}, Equal, []string{m[1]}}), false
	case c.fail:
		r.Asserts, r.Silent = append(r.Asserts, Assert{r.Line, Query{Kind: OfStatus}, Equal, []string{"2xx", "3xx"}}), false
	}
	if m := grepped.FindStringSubmatch(rest); m != nil && !strings.ContainsAny(m[1], `\*^$[]|`) && !strings.Contains(m[0], " -v") && r.Method != "HEAD" {
		r.Asserts = append(r.Asserts, Assert{r.Line, Query{Kind: OfBody}, Contains, plain(strings.Trim(m[1], `"'`))})
	}
}
