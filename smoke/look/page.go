package look

import (
	"bytes"
	"context"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/requests"
	"github.com/migrate-to-kubernetes/migrate/smoke"
)

// pages asks for a few of the pages that the front page leads to, by a redirect or by links.
func (l *looker) pages(ctx context.Context, front reply) {
	at, _ := url.Parse(l.target() + "/") // it was asked for
	page, room := front, maxLinks
	if to := front.answer.Header.Get("Location"); front.status >= 300 && front.status < 400 && to != "" {
		u, err := at.Parse(to)
		if err != nil {
			return
		}
		if !l.here(u) {
			l.leave("what GET / leads to", "it is another host or scheme; run init for that one as well")
			return
		}
		p, ok := l.fit(u)
		if !ok || p == "/" {
			return
		}
		page, room = l.ask(ctx, p)[0], room-1
		l.page(page)
		at = u
	}
	if !page.good() || page.media != "text/html" {
		return
	}
	paths := l.links(at, page.answer.Body)
	if more := len(paths) - room; more > 0 {
		l.leave("more links of the front page", "%d are enough; %d are not asked for", maxLinks, more)
		paths = paths[:room]
	}
	for _, r := range l.ask(ctx, paths...) {
		l.page(r)
	}
}

// page records what was answered, unless any path is answered so.
func (l *looker) page(r reply) {
	if r.failed == "" && r.status < 400 && r.same(l.none) {
		l.leave("GET "+r.path, "it answers as a path does that isn't there")
		return
	}
	l.record(r)
}

// links are the paths that a page leads to, in its order, without those that it may be wrong to follow.
func (l *looker) links(at *url.URL, page []byte) []string {
	var out []string
	for z := html.NewTokenizer(bytes.NewReader(page)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return out
		case html.StartTagToken, html.SelfClosingTagToken:
		default:
			continue
		}
		t := z.Token()
		href, plain := plainLink(t)
		u, err := at.Parse(href)
		switch {
		case href == "" || err != nil:
		case t.Data == "base":
			at = u
		case plain && l.here(u):
			p, ok := l.fit(u)
			if _, done := l.replies[p]; ok && !done && !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
}

// plainLink is where a tag leads; false where more happens there than that a page is shown.
func plainLink(t html.Token) (href string, plain bool) {
	plain = t.Data == "a"
	for _, a := range t.Attr {
		switch {
		case a.Key == "href" && (t.Data == "a" || t.Data == "base"):
			href = strings.TrimSpace(a.Val)
		case strings.HasSuffix(a.Key, "-method"), strings.HasSuffix(a.Key, "-confirm"), strings.HasPrefix(a.Key, "hx-"),
			a.Key == "onclick", a.Key == "download", a.Key == "data-remote", a.Key == "rel" && strings.Contains(a.Val, "nofollow"):
			plain = false
		}
	}
	return href, plain
}

// here says whether a URL is one of the target, below its base path.
func (l *looker) here(u *url.URL) bool {
	t := l.options.Target
	at, err := url.Parse(t.String())
	if err != nil || u.Scheme != at.Scheme || u.User != nil {
		return false
	}
	named := strings.EqualFold(u.Host, l.options.Host) && u.Host != ""
	return (named || strings.EqualFold(u.Host, at.Host)) && (t.Base == "" || u.EscapedPath() == t.Base || strings.HasPrefix(u.EscapedPath(), t.Base+"/"))
}

// shown are the endings of what is a page.
var shown = words(". .html .htm .xhtml .shtml .php .jsp .jsf .asp .aspx .do .action")

// fit is the path of a URL as a check has it. It is false for what must not be asked for or not be written down.
func (l *looker) fit(u *url.URL) (string, bool) {
	p := strings.TrimPrefix(u.EscapedPath(), l.options.Target.Base)
	if p == "" {
		p = "/"
	}
	if u.RawQuery != "" || u.ForceQuery || strings.ContainsAny(p, "${};\"'\\ ") || len(p) > 200 || !shown["."+strings.TrimPrefix(strings.ToLower(path.Ext(p)), ".")] {
		return "", false
	}
	return p, l.harmless(p)
}

// harmless says whether a path may be asked for and written down.
func (l *looker) harmless(p string) bool {
	if why := requests.OfOneCopy(p); why != "" {
		l.leave("a link or an operation", "%s", why)
		return false
	}
	if mayChange(p) {
		l.leave("GET "+p, "its name says that it may change something")
		return false
	}
	return true
}

// changing are words by which a path says that more happens than that something is shown, as old services have it for GETs.
// It is rather too long a list than one link too few.
var changing = words(`delete del remove destroy erase drop purge clear clean reset cancel close add create insert update edit modify save
	store upload import send submit post put patch write set pay buy purchase checkout confirm approve reject accept decline activate deactivate
	enable disable toggle switch start stop restart reload shutdown reboot kill run exec execute invoke trigger sync flush rebuild reindex refresh
	migrate install uninstall upgrade vote like unlike follow unfollow subscribe unsubscribe join leave lock unlock block unblock ban
	archive restore revoke rotate regenerate generate invite verify impersonate
	abmelden ausloggen loeschen entfernen deconnexion supprimer salir eliminar borrar cerrar`)

var leaving = pattern.MustCompile(`(log|sign)[^a-z]?(out|off)|delete|unsubscribe|disconnect|shutdown`)

func mayChange(p string) bool {
	if text, err := url.PathUnescape(p); err == nil {
		p = text
	}
	if leaving.MatchString(strings.ToLower(p)) {
		return true
	}
	var spread strings.Builder // deleteOrder is two words
	for _, c := range p {
		if unicode.IsUpper(c) {
			spread.WriteByte(' ')
		}
		spread.WriteRune(unicode.ToLower(c))
	}
	for _, w := range strings.FieldsFunc(spread.String(), func(c rune) bool { return !unicode.IsLetter(c) }) {
		if changing[w] {
			return true
		}
	}
	return false
}

// leadsTo is what a check expects of a redirect: its path, on whatever host the service is reached by, without the query,
// which may hold anything. What must not be written down has to be there alone.
func leadsTo(target smoke.Target, location string) requests.Assert {
	a := requests.Assert{Query: requests.Query{Kind: requests.OfHeader, Arg: "Location"}, Op: requests.Exists}
	u, err := url.Parse(location)
	if err != nil || u.User != nil || u.Opaque != "" {
		return a
	}
	p, _, _ := strings.Cut(u.EscapedPath(), ";")
	start := "^"
	switch {
	case u.Host == "" && !strings.HasPrefix(p, "/"): // from the place of the request
	case u.Host != "" && !strings.EqualFold(u.Hostname(), target.Host):
		start = "^" + regexp.QuoteMeta(u.Scheme+"://"+u.Host)
	case u.Host != "" && u.Scheme != "" && u.Scheme != target.Scheme:
		start = "^" + u.Scheme + "://[^/]+" + anyBase(target, &p)
	default:
		start = "^(https?://[^/]+)?" + anyBase(target, &p)
	}
	if p == "" || p == "/" {
		p = ""
	}
	if requests.OfOneCopy(p) != "" || strings.Contains(start+p, "${") {
		return a
	}
	end := "([?#;].*)?$"
	if p == "" {
		end = "/?" + end
	}
	a.Op, a.Value = requests.Matches, start+regexp.QuoteMeta(p)+end
	return a
}

// anyBase takes the target's base path off: another copy may have none.
func anyBase(t smoke.Target, p *string) string {
	rest, below := strings.CutPrefix(*p, t.Base)
	if t.Base == "" || !below || rest != "" && rest[0] != '/' {
		return ""
	}
	*p = rest
	return "(" + regexp.QuoteMeta(t.Base) + ")?"
}
