package series

import (
	"strconv"

	"github.com/tidwall/gjson"

	"hubscope/ui/monitor/field"
	"hubscope/ui/monitor/history"
)

// number is path.Number, without a copy for what nearly all bodies are.
func number(path field.Path, e *history.Event, body []byte) (float64, bool) {
	if !path.NeedsBody() || len(path.Names()) == 0 {
		return path.Number(e, body)
	}
	r := path.In(body)
	if !r.Exists() {
		return 0, false
	}
	switch r.Type {
	case gjson.Number:
		return r.Num, true
	case gjson.True:
		return 1, true
	case gjson.False:
		return 0, true
	case gjson.String:
		f, err := strconv.ParseFloat(r.Str, 64)
		return f, err == nil
	}
	return 0, false
}
