package adm

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

const codeContent = 400402 // InvalidConfigurationContent

// desiredPath begins every path of a content.
const desiredPath = "properties.desired"

// setting is one value that a configuration wants, at a path below the desired
// properties.
type setting struct {
	path  []string
	value any
}

// contents are what a configuration wants: of the twins that are targeted (key
// ""), or of their modules.
type contents map[string][]setting

// readContent takes a content apart. Error: 400402.
func readContent(c *wire.ConfigurationContent) (contents, error) {
	all := contents{}
	if c == nil {
		return all, nil
	}
	if len(c.DeviceContent) > 0 && len(c.ModuleContent)+len(c.ModulesContent) > 0 || len(c.ModuleContent) > 0 && len(c.ModulesContent) > 0 {
		return nil, core.NewError(codeContent, "The content is for devices, for modules or for IoT Edge, and not for more than one.")
	}
	byModule := map[string]map[string]json.RawMessage{"": c.DeviceContent}
	if len(c.ModuleContent) > 0 {
		byModule[""] = c.ModuleContent
	}
	for module, content := range c.ModulesContent {
		byModule[module] = content
	}
	for module, content := range byModule {
		for path, text := range content {
			settings, err := readSettings(path, text)
			if err != nil {
				return nil, err
			}
			all[module] = append(all[module], settings...)
		}
	}
	return all, nil
}

// hasNoContent tells a content that says not even for what it is.
func hasNoContent(c *wire.ConfigurationContent) bool {
	return c == nil || c.DeviceContent == nil && c.ModuleContent == nil && c.ModulesContent == nil
}

func readSettings(path string, text json.RawMessage) ([]setting, error) {
	rest, ok := strings.CutPrefix(path, desiredPath)
	var value any
	if !ok || rest != "" && rest[0] != '.' || json.Unmarshal(text, &value) != nil {
		return nil, core.NewError(codeContent, "The content can only set properties.desired and what is below it, not '%s'.", path)
	}
	var steps []string
	if rest != "" {
		steps = strings.Split(rest[1:], ".")
	}
	if slices.Contains(steps, "") {
		return nil, core.NewError(codeContent, "The path '%s' has an empty step.", path)
	}
	if _, object := value.(map[string]any); !object && len(steps) == 0 {
		return nil, core.NewError(codeContent, "The value of '%s' must be an object.", path)
	}
	return flatten(nil, steps, value), nil
}

// flatten gives the leaves of a value; an empty object is one.
func flatten(to []setting, path []string, value any) []setting {
	object, ok := value.(map[string]any)
	if !ok || len(object) == 0 && len(path) > 0 {
		return append(to, setting{slices.Clone(path), value})
	}
	for name, member := range object {
		to = flatten(to, append(slices.Clone(path), name), member)
	}
	return to
}

// overlaps tells whether both can not be had: the same path, or one inside of the
// other.
func (s setting) overlaps(other setting) bool {
	n := min(len(s.path), len(other.path))
	return slices.Equal(s.path[:n], other.path[:n])
}

// holds tells whether the desired properties have the setting already. A null
// wants that there is nothing.
func (s setting) holds(desired map[string]any) bool {
	var at any = desired
	for _, step := range s.path {
		object, _ := at.(map[string]any)
		member, found := object[step]
		if !found {
			return s.value == nil
		}
		at = member
	}
	return reflect.DeepEqual(at, s.value)
}

// put writes the setting into a patch.
func (s setting) put(patch map[string]any) {
	for _, step := range s.path[:len(s.path)-1] {
		below, ok := patch[step].(map[string]any)
		if !ok {
			below = map[string]any{}
			patch[step] = below
		}
		patch = below
	}
	patch[s.path[len(s.path)-1]] = s.value
}

// Write is what a content that is applied at once does to desired properties.
type Write struct {
	Desired json.RawMessage
	// Replace says that the content gives all of them, under "properties.desired"
	// itself; what it does not have goes.
	Replace bool
}

// Writes turns a content that is applied at once into writes of desired
// properties, by module id, "" for the device itself. Error: 400402.
func Writes(c *wire.ConfigurationContent) (map[string]Write, error) {
	all, err := readContent(c)
	if err != nil {
		return nil, err
	}
	writes := make(map[string]Write, len(all))
	for module, settings := range all {
		patch := map[string]any{}
		for _, s := range settings {
			s.put(patch)
		}
		w := Write{Replace: givesAll(c, module)}
		if w.Desired, err = json.Marshal(patch); err != nil {
			return nil, err
		}
		writes[module] = w
	}
	return writes, nil
}

func givesAll(c *wire.ConfigurationContent, module string) bool {
	content := c.ModulesContent[module]
	if module == "" {
		content = c.DeviceContent
		if len(content) == 0 {
			content = c.ModuleContent
		}
	}
	_, all := content[desiredPath]
	return all
}
