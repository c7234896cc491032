package roster

import "strings"

// texts are strings one behind the other. A copy of it sees what was there when it was made, and only one copy may
// be appended to.
type texts struct {
	all   string
	ends  []uint32
	build *strings.Builder
}

func newTexts() texts {
	return texts{ends: make([]uint32, 0, chunkSize), build: &strings.Builder{}}
}

// blank are n empty texts.
func blank(n int) texts {
	t := newTexts()
	t.ends = t.ends[:n]
	return t
}

// at is the i-th text.
func (t *texts) at(i int) string {
	from := uint32(0)
	if i > 0 {
		from = t.ends[i-1]
	}
	return t.all[from:t.ends[i]]
}

func (t *texts) append(s string) {
	t.build.WriteString(s)
	t.all = t.build.String()
	t.ends = append(t.ends, uint32(len(t.all)))
	if len(t.ends) == chunkSize { // no more will come: give back what was set aside for it
		t.all = strings.Clone(t.all)
		t.build = nil
	}
}

// replaced is these texts with others at some places.
func (t *texts) replaced(at map[int]string) texts {
	out := newTexts()
	for i := range t.ends {
		s, ok := at[i]
		if !ok {
			s = t.at(i)
		}
		out.append(s)
	}
	return out
}
