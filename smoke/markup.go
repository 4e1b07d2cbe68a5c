package smoke

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/andybalholm/cascadia"
	"github.com/antchfx/htmlquery"
	"github.com/antchfx/xmlquery"
	"github.com/antchfx/xpath"
	"github.com/theory/jsonpath"
	"golang.org/x/net/html"
)

// maxMarkup is the largest HTML or XML that is looked into, in bytes: the tree of it is far larger.
const maxMarkup = 2 << 20

// markup is a body as a tree of elements, from the first time that it is asked for.
type markup struct {
	html *html.Node
	xml  *xmlquery.Node
}

func (a *answer) asHTML() (*html.Node, error) {
	if a.markup.html != nil {
		return a.markup.html, nil
	}
	if len(a.body) > maxMarkup {
		return nil, fmt.Errorf("more than %d MiB of body", maxMarkup>>20)
	}
	root, err := html.Parse(bytes.NewReader(a.body))
	if err != nil {
		return nil, fmt.Errorf("a body that is not HTML: %w", err)
	}
	a.markup.html = root
	return root, nil
}

// navigator walks the body for XPath: strictly where it is XML.
func (a *answer) navigator() (xpath.NodeNavigator, error) {
	kind := a.header.Get("Content-Type")
	begin := bytes.TrimSpace(a.body[:min(len(a.body), 512)])
	if !strings.Contains(kind, "xml") && !bytes.HasPrefix(begin, []byte("<?xml")) {
		root, err := a.asHTML()
		if err != nil {
			return nil, err
		}
		return htmlquery.CreateXPathNavigator(root), nil
	}
	if a.markup.xml == nil {
		if len(a.body) > maxMarkup {
			return nil, fmt.Errorf("more than %d MiB of body", maxMarkup>>20)
		}
		root, err := parseXML(a.body)
		if err != nil {
			return nil, fmt.Errorf("a body that is not XML: %w", err)
		}
		a.markup.xml = root
	}
	return xmlquery.CreateXPathNavigator(a.markup.xml), nil
}

// maxDepth of elements in elements of XML. The text of each of them holds the text of those in it, so that a deep document
// costs its size times its depth. The parser of HTML has such a limit of its own.
const maxDepth = 256

func parseXML(text []byte) (*xmlquery.Node, error) {
	in := xml.NewDecoder(bytes.NewReader(text))
	in.Strict = false
	in.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // only tags are looked at
	for depth := 0; ; {
		token, err := in.RawToken()
		if err != nil {
			break // at the end, or for the parser to tell
		}
		switch token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
		if depth > maxDepth {
			return nil, fmt.Errorf("elements are nested deeper than %d", maxDepth)
		}
	}
	return xmlquery.Parse(bytes.NewReader(text))
}

// xpathQuery is "xpath //h1": a number, a truth or a text as the expression gives it; of elements and attributes their text.
type xpathQuery struct{ expression *xpath.Expr }

func parseXPath(text string) (query, error) {
	expression, err := xpath.Compile(text)
	if err != nil {
		return nil, fmt.Errorf("not an XPath: %w", err)
	}
	return xpathQuery{expression}, nil
}

func (q xpathQuery) find(a *answer) (value any, found bool, err error) {
	defer func() { // the library panics on what it can't compare
		if r := recover(); r != nil {
			value, found, err = nil, false, fmt.Errorf("an XPath that can't be computed: %v", r)
		}
	}()
	nav, err := a.navigator()
	if err != nil {
		return nil, false, err
	}
	switch result := q.expression.Evaluate(nav).(type) {
	case *xpath.NodeIterator:
		var texts []string
		for result.MoveNext() {
			texts = append(texts, strings.TrimSpace(result.Current().Value()))
		}
		value, found = oneOrList(texts)
		return value, found, nil
	case float64:
		if math.IsNaN(result) || math.IsInf(result, 0) {
			return nil, false, nil
		}
		return json.Number(strconv.FormatFloat(result, 'f', -1, 64)), true, nil
	case string:
		return strings.TrimSpace(result), true, nil
	case bool:
		return result, true, nil
	}
	return nil, false, nil
}

// oneOrList is the text itself where there is one, and a list of several.
func oneOrList(texts []string) (any, bool) {
	switch len(texts) {
	case 0:
		return nil, false
	case 1:
		return texts[0], true
	}
	list := make([]any, len(texts))
	for i, text := range texts {
		list[i] = text
	}
	return list, true
}

// cssQuery is "css h1.title", the text of elements, or "css a@href", an attribute of theirs.
type cssQuery struct {
	selector  cascadia.SelectorGroup
	attribute string
}

func parseCSS(text string) (query, error) {
	selector, attribute, found := cutLast(text, "@")
	if !found || strings.ContainsAny(attribute, "]\"' ") {
		selector, attribute = text, ""
	}
	group, err := cascadia.ParseGroup(strings.TrimSpace(selector))
	if err != nil {
		return nil, fmt.Errorf("not a CSS selector: %w", err)
	}
	return cssQuery{group, attribute}, nil
}

func (q cssQuery) find(a *answer) (any, bool, error) {
	root, err := a.asHTML()
	if err != nil {
		return nil, false, err
	}
	var texts []string
	for _, n := range cascadia.QueryAll(root, q.selector) {
		if q.attribute == "" {
			texts = append(texts, strings.TrimSpace(htmlquery.InnerText(n)))
		} else if htmlquery.ExistsAttr(n, q.attribute) {
			texts = append(texts, htmlquery.SelectAttr(n, q.attribute))
		}
	}
	value, found := oneOrList(texts)
	return value, found, nil
}

// jsonPathQuery is a JSONPath of RFC 9535. One that can find several values always gives a list of them.
type jsonPathQuery struct {
	path *jsonpath.Path
	list bool
}

func parseJSONPath(text string) (query, error) {
	path, err := jsonpath.Parse(text)
	if err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "jsonpath: "))
	}
	return jsonPathQuery{path, path.Query().Singular() == nil}, nil
}

func (q jsonPathQuery) find(a *answer) (any, bool, error) {
	doc, err := a.mustBeJSON()
	if err != nil {
		return nil, false, err
	}
	nodes := q.path.Select(doc)
	switch {
	case len(nodes) == 0:
		return nil, false, nil
	case q.list:
		return []any(nodes), true, nil
	}
	return nodes[0], true, nil
}
