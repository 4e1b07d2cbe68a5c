package ops

import (
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// A template that goes through a list of values.yaml makes an object of each of its items: the jobs of a chart, its workers.

var (
	rangeOverValues = scan.MustCompile(`^\s*\{\{-?\s*range\s+(?:(?:\$(\w+)\s*,\s*)?\$(\w+)\s*:=\s*)?\$?\.Values\.([\w.]+)\s*-?\}\}`)
	madeObject      = scan.MustCompile(`(?m)^kind:\s*(?:Deployment|StatefulSet|CronJob|Job|Rollout)\b`)
	bindsDot        = scan.MustCompile(`\{\{-?\s*(?:range|with)\b`)
	dotField        = scan.MustCompile(`(^|[\s({])\.(\w*)`)
	nameGoesOn      = scan.MustCompile(`^\w`)
	chartsOwn       = scan.MustCompile(`^(?:Values|Release|Chart|Capabilities|Template|Files|Subcharts)$`)
)

// maxTurns bounds how many objects the lists of a file make, maxTurnsText how much text they are.
const maxTurns, maxTurnsText = 100, 4 << 20

// valuesLoop is a block of a template that is repeated for each item of a list or mapping.
type valuesLoop struct {
	from, to   int // lines of range and of its end
	key, value string
	list       []string // where it stands among the values
}

// loopsOf are the blocks of a template that make workloads of what values.yaml lists, outermost ones only.
func loopsOf(lines []string) (loops []valuesLoop) {
	for i := 0; i < len(lines); i++ {
		m := rangeOverValues.FindStringSubmatch(lines[i])
		if m == nil {
			continue
		}
		end := endOfBlock(lines, i)
		if end < 0 {
			break // no template that works
		}
		if madeObject.MatchString(strings.Join(lines[i:end], "\n")) {
			loops = append(loops, valuesLoop{from: i, to: end, key: m[1], value: m[2], list: strings.Split(m[3], ".")})
		}
		i = end
	}
	return loops
}

// endOfBlock is the line that ends the block which begins at a line, -1 where none does.
func endOfBlock(lines []string, from int) int {
	depth := 0
	for i := from; i < len(lines); i++ {
		for _, m := range steers.FindAllStringSubmatch(lines[i], 20) {
			switch m[1] {
			case "end":
				depth--
			case "else":
			default:
				depth++
			}
		}
		if depth <= 0 {
			return i
		}
	}
	return -1
}

// rendered are the texts that a template makes: its own without such blocks, and one more for each of their items. Lines keep
// their numbers in all of them.
func (k *kubernetes) rendered(file, text string) []string {
	values, chart := k.values(file)
	lines := strings.Split(text, "\n")
	kept := slices.Clone(lines) // without the branches that are left out, whose ends stay and would end the blocks around them
	leaveOut(kept, func(condition string) bool { return onlyOthers(condition) || k.isOff(condition, file, values) })
	var turns []string
	for _, loop := range loopsOf(lines) {
		if kept[loop.from] == "" {
			continue
		}
		items, list := turnsOf(at(values, loop.list...)), strings.Join(loop.list, ".")
		if len(items) == 0 {
			list = ""
			items = turnsOf(at(k.liveValues(chartOf(k.t, file)), loop.list...))
		}
		for i, item := range items {
			if len(turns) < maxTurns && len(turns)*len(text) < maxTurnsText {
				turns = append(turns, k.withoutTemplates(file, loop.turn(lines), withTurn(values, item, turnCalled(item, list, i)), chart))
			}
		}
		if len(items) > 0 {
			clear(lines[loop.from : loop.to+1])
		}
	}
	return append([]string{k.withoutTemplates(file, strings.Join(lines, "\n"), values, chart)}, turns...)
}

// turnsOf are the items of a list or mapping, with their keys where they have some.
func turnsOf(listed *yaml.Node) (turns []pair) {
	turns = pairs(listed)
	if listed != nil && listed.Kind == yaml.SequenceNode {
		for _, item := range listed.Content {
			turns = append(turns, pair{value: item})
		}
	}
	return turns
}

// turnValue and turnKey are where an item and its key stand among the values while the block is read for it, turnName what the
// item is called.
const turnValue, turnKey, turnName = "__turn", "__key", "__name"

func withTurn(values *yaml.Node, turn pair, name string) *yaml.Node {
	all := mapping(0)
	if values != nil {
		all.Content = append(all.Content, values.Content...)
	}
	add(all, turnValue, turn.value.Line, turn.value)
	if turn.key != nil {
		add(all, turnKey, turn.key.Line, turn.key)
	}
	add(all, turnName, 0, &yaml.Node{Kind: yaml.ScalarNode, Value: name})
	return all
}

// turnCalled is what an item of a list of values.yaml is called: jobs.send by its key or its name, else by its number. Items of
// other files have no list, and no name.
func turnCalled(turn pair, list string, number int) string {
	switch name := scalar(child(turn.value, "name")); {
	case list == "":
		return ""
	case turn.key != nil:
		return list + "." + turn.key.Value
	case name != "":
		return list + "." + name
	}
	return list + "." + strconv.Itoa(number)
}

// itemIsOff says whether an item that has a flag off stays so: production's values may switch it on by its key.
func (k *kubernetes) itemIsOff(chart, name, field string, off *yaml.Node) bool {
	if name == "" {
		return true
	}
	if scalar(itemOf(k.liveValues(chart), name, field)) == "true" {
		return false
	}
	k.noteOff(chart, name+"."+field, off)
	return true
}

// itemOf is a field of an item that values have by its key, or in a list by its name.
func itemOf(values *yaml.Node, name, field string) *yaml.Node {
	dot := strings.LastIndexByte(name, '.')
	list := at(values, strings.Split(name[:max(dot, 0)], ".")...)
	if list == nil || list.Kind != yaml.SequenceNode {
		return at(values, strings.Split(name+"."+field, ".")...)
	}
	for _, item := range list.Content {
		if scalar(at(item, "name")) == name[dot+1:] {
			return at(item, strings.Split(field, ".")...)
		}
	}
	return nil
}

// turn is the template with nothing but the block, in which the item is called by where it stands among the values.
func (l valuesLoop) turn(lines []string) string {
	text := make([]string, len(lines))
	inner := l.from // the end of the last block inside that has a dot of its own
	for i := l.from + 1; i < l.to; i++ {
		own := i <= inner
		text[i] = templateCall.ReplaceAllStringFunc(lines[i], func(call string) string { return l.named(call, own) })
		if !own && bindsDot.MatchString(lines[i]) {
			if inner = endOfBlock(lines, i); inner < 0 {
				inner = l.to
			}
		}
	}
	return strings.Join(text, "\n")
}

// named writes the item and its key in a call as values.
func (l valuesLoop) named(call string, ownDot bool) string {
	call = wholeVariable(wholeVariable(call, l.value, ".Values."+turnValue), l.key, ".Values."+turnKey)
	if ownDot {
		return call
	}
	return dotField.ReplaceAllStringFunc(call, func(field string) string {
		m := dotField.FindStringSubmatch(field)
		switch {
		case chartsOwn.MatchString(m[2]):
			return field
		case m[2] == "":
			return m[1] + ".Values." + turnValue
		}
		return m[1] + ".Values." + turnValue + "." + m[2]
	})
}

// wholeVariable puts a text in the place of a template's variable, and of none whose name only begins like it.
func wholeVariable(call, name, with string) string {
	if name == "" {
		return call
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(call, "$"+name)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if nameGoesOn.MatchString(after) {
			b.WriteString("$" + name)
		} else {
			b.WriteString(with)
		}
		call = after
	}
}
