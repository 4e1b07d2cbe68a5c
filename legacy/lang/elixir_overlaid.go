package lang

// overlaid are the variables of config/config.exs, each after its file, in the place of which the configuration for
// production reads others. The calls come in the order in which they count.
func overlaid(blocks []elixirConfigBlock) map[string]bool {
	counts, replaced, kept := map[string]string{}, map[string]bool{}, map[string]bool{} // counts: the file of a setting
	for _, b := range blocks {
		pairs := b.pairs(b.text)
		for i, key := range pairs.keys {
			name, _, ok := pairs.items[i].environment()
			if !ok {
				continue
			}
			setting, read := b.app+" "+b.module+" "+key, b.file+" "+name
			if file, known := counts[setting]; known && file != b.file {
				replaced[read] = true
				continue
			}
			counts[setting], kept[read] = b.file, true
		}
	}
	for read := range kept {
		delete(replaced, read)
	}
	return replaced
}

// without takes the settings off that read one of the variables.
func (b elixirConfigBlock) without(pairs value, variables map[string]bool) value {
	left := value{kind: pairs.kind, line: pairs.line}
	for i, key := range pairs.keys {
		if name, _, ok := pairs.items[i].environment(); !ok || !variables[b.file+" "+name] {
			left.keys, left.items = append(left.keys, key), append(left.items, pairs.items[i])
		}
	}
	return left
}
