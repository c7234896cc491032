package amqp

import (
	goamqp "github.com/Azure/go-amqp"

	"hubscope/hub/localhub/amqp/frame"
)

// applicationProperties is the descriptor of the section (protocol 8.1).
const (
	applicationProperties     = 0x74
	applicationPropertiesName = "amqp:application-properties:map"
)

// propertyNames are the names of a message's application properties in the order
// of its bytes, which the message itself does not keep.
func propertyNames(m *goamqp.Message, encoded []byte) []string {
	if len(m.ApplicationProperties) < 2 {
		return sortedNames(m.ApplicationProperties)
	}
	names := make([]string, 0, len(m.ApplicationProperties))
	seen := make(map[string]bool, len(m.ApplicationProperties))
	for _, p := range findProperties(encoded) {
		name, isText := frame.Text(p.Key)
		if _, known := m.ApplicationProperties[name]; isText && known && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	if len(names) < len(m.ApplicationProperties) {
		return sortedNames(m.ApplicationProperties)
	}
	return names
}

// findProperties goes through the sections up to that of the properties, which
// stands before the body.
func findProperties(encoded []byte) frame.Map {
	for len(encoded) > 0 {
		v, rest, err := frame.Value(encoded)
		section, described := v.(frame.Described)
		if err != nil || !described {
			return nil
		}
		name, _ := frame.Text(section.Descriptor)
		if code, _ := frame.Int(section.Descriptor); code == applicationProperties || name == applicationPropertiesName {
			all, _ := section.Value.(frame.Map)
			return all
		}
		encoded = rest
	}
	return nil
}

// appendProperties appends the section; nothing without properties.
func appendProperties(dst []byte, all frame.Map) []byte {
	if len(all) == 0 {
		return dst
	}
	return frame.AppendValue(dst, frame.Described{Descriptor: uint64(applicationProperties), Value: all})
}
