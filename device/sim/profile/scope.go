package profile

// scope is what names mean in the templates of a profile.
type scope struct {
	values []*variable
	byName map[string]int
	// changed are the values that methods set: they may become of any kind.
	changed map[string]bool
	// users are the names that each value refers to, with the place; index as in values.
	users map[int][]use
	// of is the value whose template is being read, -1 for none; payload tells that a method's answer is.
	of      int
	payload bool
}

type use struct{ value, at int }

// variable is one of the values of a profile.
type variable struct {
	name      string
	at        int
	index     int
	kind      valueKind
	generator generator
}

// Names that mean something in every template.
const (
	nameDevice  = "deviceId"
	nameNumber  = "n"
	nameNow     = "now"
	nameUptime  = "uptime"
	nameDesired = "desired"
	namePayload = "payload"
)

var ownNames = []string{nameDevice, nameNumber, nameNow, nameUptime, nameDesired, namePayload}

// names are all that can be referred to here.
func (s *scope) names() []string {
	all := make([]string, 0, len(s.values)+len(ownNames))
	for _, v := range s.values {
		all = append(all, v.name)
	}
	for _, name := range ownNames {
		if name != namePayload || s.payload {
			all = append(all, name)
		}
	}
	return all
}

// resolve gives what a name and the path behind it refer to.
func (s *scope) resolve(name string, path []string, at int) (*ref, string) {
	switch name {
	case nameDevice:
		return &ref{op: refDevice, kind: textValue, path: path}, ""
	case nameNumber:
		return &ref{op: refNumber, kind: wholeValue, path: path}, ""
	case nameNow:
		return &ref{op: refNow, kind: textValue, path: path}, ""
	case nameUptime:
		return &ref{op: refUptime, kind: numberValue, path: path}, ""
	case nameDesired:
		return &ref{op: refDesired, kind: anyValue, path: path}, ""
	case namePayload:
		if !s.payload {
			return nil, "payload is known in the answers of methods only"
		}
		return &ref{op: refPayload, kind: anyValue, path: path}, ""
	}
	i, ok := s.byName[name]
	if !ok {
		return nil, "unknown name \"" + name + "\"" + suggest(name, s.names())
	}
	if s.of >= 0 {
		s.users[s.of] = append(s.users[s.of], use{i, at})
	}
	r := &ref{op: refValue, index: i, kind: s.values[i].kind, path: path}
	if len(path) > 0 || s.changed[name] {
		r.kind = anyValue
	}
	return r, ""
}

// circle finds a value that needs itself, and gives the names on the way.
func (s *scope) circle() (names []string, at int) {
	state := make([]uint8, len(s.values))
	var visit func(i int) bool
	visit = func(i int) bool {
		switch state[i] {
		case 1:
			names = append(names, s.values[i].name)
			return true
		case 2:
			return false
		}
		state[i] = 1
		for _, u := range s.users[i] {
			if visit(u.value) {
				if len(names) == 1 || names[0] != names[len(names)-1] {
					names, at = append(names, s.values[i].name), u.at
				}
				return true
			}
		}
		state[i] = 2
		return false
	}
	for i := range s.values {
		if visit(i) {
			return names, at
		}
	}
	return nil, 0
}
