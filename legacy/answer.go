package legacy

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Answer puts a person's answer to a question into the model: the value itself, or the number of a choice. An answer that
// makes the model invalid is refused and changes nothing.
func (r *Resolution) Answer(q Question, answer string) error {
	if n, err := strconv.Atoi(answer); err == nil && n >= 1 && n <= len(q.Choices) {
		answer = q.Choices[n-1]
	}
	value, err := answerValue(q.Field, answer)
	if err != nil {
		return err
	}
	data, err := json.Marshal(r.App)
	if err != nil {
		return err
	}
	var tree map[string]any
	if err := json.Unmarshal(data, &tree); err != nil {
		return err
	}
	at, parts := tree, strings.Split(q.Field, ".")
	for _, key := range parts[:len(parts)-1] {
		next, ok := at[key].(map[string]any)
		if !ok {
			return fmt.Errorf("%s is not in the model", q.Field)
		}
		at = next
	}
	at[parts[len(parts)-1]] = value
	if data, err = json.Marshal(tree); err != nil {
		return err
	}
	app, err := service.Load("the answer", data)
	if err != nil {
		return err
	}
	r.App = app
	r.Claims[q.Field] = append([]Claim{{Evidence: scan.Evidence{Reader: "team", Note: "answered at migrate init", Rank: scan.Asked}, Value: answer}}, r.Claims[q.Field]...)
	return nil
}

// answerValue reads an answer as the field wants it.
func answerValue(field, answer string) (any, error) {
	parts := strings.Split(field, ".")
	switch last := parts[len(parts)-1]; {
	case oneLine(field):
		if answer == "inside" {
			return map[string]any{"inside": true}, nil
		}
		if ip, err := netip.ParseAddr(answer); err == nil {
			return map[string]any{"addresses": []string{ip.String()}}, nil
		}
		return map[string]any{"host": strings.ToLower(answer)}, nil
	case last == "command" && !strings.HasPrefix(answer, "["):
		return strings.Fields(answer), nil
	case last == "command":
		var list []string
		err := yaml.Unmarshal([]byte(answer), &list)
		return list, err
	case last == "port":
		n, err := strconv.Atoi(answer)
		if err != nil {
			return nil, fmt.Errorf("%q is no port", answer)
		}
		return n, nil
	}
	return answer, nil
}
