package scan

import (
	"strconv"
	"strings"
)

// DockerStage is a stage of a Dockerfile.
type DockerStage struct {
	Name string // "" for one without
	Text string
	Used bool // another one rests on it, or takes something from it
}

var (
	stageHead = MustCompile(`(?mi)^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)(?:[ \t]+AS[ \t]+([\w.-]+))?`)
	stageUse  = MustCompile(`(?mi)--(?:from=|mount=\S*?\bfrom=)([\w.-]+)`)
)

// maxStages bounds the stages of a Dockerfile that are told apart.
const maxStages = 100

// DockerStages are the stages of a Dockerfile in their order.
func DockerStages(text string) (stages []DockerStage) {
	heads, used := stageHead.FindAllStringSubmatchIndex(text, maxStages), map[string]bool{}
	for _, m := range stageUse.FindAllStringSubmatch(text, 10*maxStages) {
		used[strings.ToLower(m[1])] = true
	}
	for _, m := range stageHead.FindAllStringSubmatch(text, maxStages) {
		used[strings.ToLower(m[1])] = true
	}
	for i, head := range heads {
		s, end := DockerStage{}, len(text)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		if head[4] >= 0 {
			s.Name = text[head[4]:head[5]]
		}
		s.Text, s.Used = text[head[0]:end], used[strconv.Itoa(i)] || s.Name != "" && used[strings.ToLower(s.Name)]
		stages = append(stages, s)
	}
	return stages
}
