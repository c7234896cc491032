package field

import (
	"unsafe"

	"github.com/tidwall/gjson"
)

// Root is what the path begins with: body, properties, device and so on.
func (p Path) Root() string { return p.root }

// Names are those behind the root; that of a property is one, dots and all.
func (p Path) Names() []string { return p.names }

// In gives the value inside a body that was decoded, without a copy: the result is good for as long as the body is. A
// body that is no JSON has none. It is for those who look at very many events.
func (p Path) In(body []byte) gjson.Result {
	if len(body) == 0 || !looksLikeJSON(body) {
		return gjson.Result{}
	}
	// Bodies that are kept are never written to again.
	return gjson.Get(unsafe.String(unsafe.SliceData(body), len(body)), p.json)
}
