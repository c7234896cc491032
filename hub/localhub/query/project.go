package query

import "encoding/json"

// document is what SELECT makes of a row: all of it, or an object with the items
// in their order; what is undefined is left out (protocol 3.3).
func (q *Query) document(r Row) any {
	if len(q.items) == 0 {
		return r.Document()
	}
	o := object{'{'}
	for _, it := range q.items {
		o.add(it.name, it.value.eval(r))
	}
	return o.end()
}

// object is a JSON object that is being written.
type object []byte

func (o *object) add(name string, v Value) {
	if v.kind == Undefined {
		return
	}
	if len(*o) > 1 {
		*o = append(*o, ',')
	}
	*o = append(appendString(*o, name), ':')
	*o = v.appendJSON(*o)
}

func (o *object) end() json.RawMessage { return json.RawMessage(append(*o, '}')) }
