package convert

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/requests"
)

// queryText is a query in the words of a file of checks, with the filters that it does not do.
func queryText(q requests.Query) (text string, rest []requests.Filter, err error) {
	rest = q.Filters
	switch q.Kind {
	case requests.OfStatus, requests.OfBody, requests.OfSHA256, requests.OfMD5, requests.OfURL:
		text = q.Kind
	case requests.OfDuration:
		text = "time"
	case requests.OfBytes:
		if len(rest) > 0 && rest[0].Name == "count" {
			return "size", rest[1:], nil
		}
		return "", nil, fmt.Errorf("it compares bytes, which a check does not do")
	case requests.OfVersion:
		text = "protocol"
	case requests.OfHeader:
		text = "headers." + q.Arg
	case requests.OfCookie:
		text = cookieText(q.Arg)
	case requests.OfRedirects:
		text = "redirects"
	case requests.OfCertificate:
		field, known := certificateFields[strings.ToLower(q.Arg)]
		if !known {
			return "", nil, fmt.Errorf("a check asks nothing of a certificate's %s", q.Arg)
		}
		text = "certificate." + field
	case requests.OfRegex:
		text = "regex " + q.Arg
	case requests.OfXML:
		text = "xpath " + q.Arg
	case requests.OfJSON:
		text, rest = jsonText(q.Arg, rest)
	default:
		return "", nil, fmt.Errorf("a check asks nothing of the answer's %s", q.Arg)
	}
	if len(rest) > 0 && rest[0].Name == "regex" && len(rest) == 1 && q.Kind == requests.OfBody {
		return "regex " + fmt.Sprint(rest[0].Args[0]), nil, nil
	}
	return text, rest, nil
}

var certificateFields = map[string]string{"subject": "subject", "issuer": "issuer", "expire-date": "days_left", "serial-number": "serial", "subject-alt-name": "names"}

var cookieAttribute = pattern.MustCompile(`^(.*)\[([A-Za-z-]+)\]$`)

func cookieText(arg string) string {
	m := cookieAttribute.FindStringSubmatch(arg)
	if m == nil {
		return "cookies." + arg
	}
	attribute := strings.ReplaceAll(strings.ToLower(m[2]), "-", "_")
	if attribute == "value" {
		return "cookies." + m[1]
	}
	return "cookies." + m[1] + "." + attribute
}

var (
	jsonStep = pattern.MustCompile(`^(?:\.([A-Za-z_][\w-]*)|\[(\d+)\]|\[['"]([^'"\]]+)['"]\])`)
	plainKey = pattern.MustCompile(`^[A-Za-z_][\w-]*$`)
)

// jsonText is a path of JSON: body.items.0.name where it leads to one place, $... otherwise.
func jsonText(path string, filters []requests.Filter) (string, []requests.Filter) {
	path = strings.TrimSpace(path)
	if !strings.HasPrefix(path, "$") {
		path = "$." + path
	}
	for len(filters) > 0 && !strings.ContainsAny(path, "*?:,") && !strings.Contains(path, "..") {
		index := map[string]string{"first": "0", "last": "-1"}[filters[0].Name]
		if filters[0].Name == "nth" && len(filters[0].Args) == 1 {
			n, _ := filters[0].Args[0].(json.Number)
			index = n.String()
		}
		if _, err := strconv.Atoi(index); err != nil {
			break
		}
		path, filters = path+"["+index+"]", filters[1:]
	}
	text, rest := "body", path[1:]
	for rest != "" {
		m := jsonStep.FindStringSubmatch(rest)
		switch {
		case m == nil:
			return path, filters
		case m[3] != "" && !plainKey.MatchString(m[3]):
			if strings.ContainsAny(m[3], `"\`) {
				return path, filters
			}
			text += `."` + m[3] + `"`
		default:
			text += "." + m[1] + m[2] + m[3]
		}
		rest = rest[len(m[0]):]
	}
	return text, filters
}
