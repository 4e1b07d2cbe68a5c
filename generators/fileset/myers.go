package fileset

// maxEdits is the number of edits up to which two texts are compared line by line. Texts that are further apart count as
// different in everything between their common beginning and end.
const maxEdits = 2000

// matches gives for each line of a the line of b that it became, or -1: the longest common subsequence, after Myers.
func matches(a, b []string) []int {
	m := make([]int, len(a))
	for i := range m {
		m[i] = -1
	}
	from := 0
	for from < len(a) && from < len(b) && a[from] == b[from] {
		m[from] = from
		from++
	}
	endA, endB := len(a), len(b)
	for endA > from && endB > from && a[endA-1] == b[endB-1] {
		endA, endB = endA-1, endB-1
		m[endA] = endB
	}
	for _, pair := range snakes(a[from:endA], b[from:endB]) {
		m[from+pair[0]] = from + pair[1]
	}
	return m
}

// snakes are the pairs of equal lines on a shortest way from a to b, in no order; none where the way is too long.
func snakes(a, b []string) [][2]int {
	furthest := map[int]int{1: 0}
	var trail []map[int]int // what furthest was before each step, only the diagonals that the step reads
	for d := 0; d <= min(len(a)+len(b), maxEdits); d++ {
		step := make(map[int]int, d+2)
		for k := -d - 1; k <= d+1; k++ {
			if x, ok := furthest[k]; ok {
				step[k] = x
			}
		}
		trail = append(trail, step)
		for k := -d; k <= d; k += 2 {
			x := start(furthest, k, d)
			for x < len(a) && x-k < len(b) && a[x] == b[x-k] {
				x++
			}
			furthest[k] = x
			if x >= len(a) && x-k >= len(b) {
				return walkBack(trail, len(a), len(b))
			}
		}
	}
	return nil
}

// start is where a step arrives on diagonal k: by an inserted line from above, or by a deleted one from the left.
func start(furthest map[int]int, k, d int) int {
	if k == -d || k != d && furthest[k-1] < furthest[k+1] {
		return furthest[k+1]
	}
	return furthest[k-1] + 1
}

func walkBack(trail []map[int]int, x, y int) [][2]int {
	var pairs [][2]int
	for d := len(trail) - 1; d >= 0; d-- {
		k := x - y
		from := start(trail[d], k, d)
		for x > from && x > 0 && y > 0 {
			x, y = x-1, y-1
			pairs = append(pairs, [2]int{x, y})
		}
		if d == 0 {
			break
		}
		if k == -d || k != d && trail[d][k-1] < trail[d][k+1] {
			y--
		} else {
			x--
		}
	}
	return pairs
}
