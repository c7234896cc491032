package list

import (
	"slices"
	"strings"

	"hubscope/hub"
	"hubscope/hub/provision"
	"hubscope/hub/secret"
	"hubscope/hub/twinpatch"
)

// document is one line of JSON under way to an entry.
type document struct {
	line  int
	entry provision.Entry
	named bool // an id was there

	scope, parent string
}

type readMember func(d *document, v *twinpatch.Value) *Mistake

// members are those of a document of a bulk import (protocol 2.4); deviceId stands for id, as in the identities that a
// hub gives. What only the service sets is passed over, so that an exported identity can be read.
var members, inAuthentication, inKeys, inThumbprints, inCapabilities, inProperties map[string]readMember

func init() {
	members = map[string]readMember{
		"id": (*document).id, "deviceId": (*document).id, "importMode": (*document).importMode,
		"status":         text((*document).status),
		"statusReason":   text((*document).statusReason),
		"authentication": nested(&inAuthentication),
		"capabilities":   nested(&inCapabilities),
		"properties":     nested(&inProperties),
		"deviceScope":    text((*document).deviceScope),
		"parentScopes":   (*document).parentScopes,
		"tags":           (*document).tags,
		"moduleId":       (*document).module,
	}
	for _, passed := range []string{
		"eTag", "etag", "twinETag", "generationId", "managedBy", "connectionState", "connectionStateUpdatedTime", "statusUpdatedTime",
		"lastActivityTime", "cloudToDeviceMessageCount",
	} {
		members[passed] = pass
	}
	inAuthentication = map[string]readMember{
		"type": text((*document).authType), "symmetricKey": nested(&inKeys), "x509Thumbprint": nested(&inThumbprints),
	}
	inKeys = map[string]readMember{
		"primaryKey":   key(func(a *hub.Authentication) *secret.Text { return &a.Primary }),
		"secondaryKey": key(func(a *hub.Authentication) *secret.Text { return &a.Secondary }),
	}
	inThumbprints = map[string]readMember{
		"primaryThumbprint":   thumbprint(func(a *hub.Authentication) *string { return &a.PrimaryThumbprint }),
		"secondaryThumbprint": thumbprint(func(a *hub.Authentication) *string { return &a.SecondaryThumbprint }),
	}
	inCapabilities = map[string]readMember{"iotEdge": (*document).iotEdge}
	inProperties = map[string]readMember{"desired": (*document).desired, "reported": (*document).reported}
}

func pass(*document, *twinpatch.Value) *Mistake { return nil }

func (d *document) at(v *twinpatch.Value, format string, args ...any) *Mistake {
	return mistake(d.line, v.Place.Column, format, args...)
}

// object reads the members of an object; null is as if it were not there.
func (d *document) object(v *twinpatch.Value, known map[string]readMember) *Mistake {
	for _, m := range v.Members {
		read, isKnown := known[m.Name]
		if !isKnown {
			return mistake(d.line, m.Place.Column, "there is no member %q here: there are %s", m.Name, namesOf(known))
		}
		if m.Value.IsNull() {
			continue
		}
		if wrong := read(d, m.Value); wrong != nil {
			return wrong
		}
	}
	return nil
}

// namesOf are the members that mean something here.
func namesOf(known map[string]readMember) string {
	var names []string
	for _, name := range []string{
		"id", "importMode", "status", "statusReason", "authentication", "capabilities", "deviceScope", "parentScopes", "tags", "properties",
		"type", "symmetricKey", "x509Thumbprint", "primaryKey", "secondaryKey", "primaryThumbprint", "secondaryThumbprint", "iotEdge", "desired",
	} {
		if _, here := known[name]; here {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

func nested(known *map[string]readMember) readMember {
	return func(d *document, v *twinpatch.Value) *Mistake {
		if v.Kind != twinpatch.Object {
			return d.at(v, "this must be an object: begin it with {")
		}
		return d.object(v, *known)
	}
}

func text(read func(d *document, v *twinpatch.Value, text string) *Mistake) readMember {
	return func(d *document, v *twinpatch.Value) *Mistake {
		if v.Kind != twinpatch.Text {
			return d.at(v, "this must be a text in double quotes")
		}
		return read(d, v, v.Text)
	}
}

func key(of func(*hub.Authentication) *secret.Text) readMember {
	return text(func(d *document, v *twinpatch.Value, text string) *Mistake {
		if text == "" { // to be made
			return nil
		}
		if err := provision.CheckKey(text); err != nil {
			return d.at(v, "%v", err)
		}
		*of(&d.entry.Change.Device.Auth) = secret.New(text)
		return nil
	})
}

func thumbprint(of func(*hub.Authentication) *string) readMember {
	return text(func(d *document, v *twinpatch.Value, text string) *Mistake {
		if text == "" {
			return nil
		}
		digits, err := provision.Thumbprint(text)
		if err != nil {
			return d.at(v, "%v", err)
		}
		*of(&d.entry.Change.Device.Auth) = digits
		return nil
	})
}

func (d *document) id(v *twinpatch.Value) *Mistake {
	device := &d.entry.Change.Device
	if v.Kind != twinpatch.Text {
		return d.at(v, "a device id must be a text in double quotes")
	}
	if reason := badID(v.Text); reason != "" {
		return d.at(v, "%s", reason)
	}
	if d.named && device.DeviceID != v.Text {
		return d.at(v, "id and deviceId differ: write one of them")
	}
	device.DeviceID, d.named = v.Text, true
	return nil
}

func (d *document) importMode(v *twinpatch.Value) *Mistake {
	if v.Kind != twinpatch.Text || !strings.EqualFold(v.Text, string(hub.BulkCreate)) {
		return d.at(v, "devices are only created here: leave importMode out, or write create")
	}
	return nil
}

func (d *document) module(v *twinpatch.Value) *Mistake {
	return d.at(v, "this is a module: only devices are made from a list")
}

func (d *document) status(v *twinpatch.Value, text string) *Mistake {
	status, ok := statusOf(text)
	if !ok {
		return d.at(v, "%q is neither enabled nor disabled", text)
	}
	d.entry.Change.Device.Status = status
	return nil
}

func (d *document) statusReason(v *twinpatch.Value, text string) *Mistake {
	if reason := longReason(text); reason != "" {
		return d.at(v, "%s", reason)
	}
	d.entry.Change.Device.StatusReason = text
	return nil
}

func (d *document) authType(v *twinpatch.Value, text string) *Mistake {
	t, ok := authType(text)
	if !ok {
		return d.at(v, "%q is not sas, selfSigned, certificateAuthority or none", text)
	}
	d.entry.Change.Device.Auth.Type = t
	return nil
}

func (d *document) iotEdge(v *twinpatch.Value) *Mistake {
	if v.Kind != twinpatch.Word {
		return d.at(v, "this must be true or false, without quotes")
	}
	d.entry.Change.Device.IoTEdge = v.Text == "true"
	return nil
}

func (d *document) deviceScope(v *twinpatch.Value, text string) *Mistake {
	if text != "" && !isScope(text) {
		return d.at(v, "a scope begins with %s: it stands in the identity of the parent", hub.ScopePrefix)
	}
	d.scope = text
	return nil
}

// parentScopes are of one parent: a hub knows no more (protocol 2.4).
func (d *document) parentScopes(v *twinpatch.Value) *Mistake {
	one := v.Kind == twinpatch.Array && len(v.Items) <= 1 &&
		!slices.ContainsFunc(v.Items, func(i *twinpatch.Value) bool { return i.Kind != twinpatch.Text || !isScope(i.Text) })
	if !one {
		return d.at(v, "this must be a list of one scope, which begins with %s", hub.ScopePrefix)
	}
	if len(v.Items) == 1 {
		d.parent = v.Items[0].Text
	}
	return nil
}

func (d *document) tags(v *twinpatch.Value) *Mistake {
	return d.section(v, twinpatch.MaxTags, &d.entry.Change.Tags)
}

func (d *document) desired(v *twinpatch.Value) *Mistake {
	return d.section(v.Without("$metadata").Without("$version"), twinpatch.MaxDesired, &d.entry.Change.Desired)
}

// section takes a part of the twin when it is one that a hub takes.
func (d *document) section(v *twinpatch.Value, limit int, to interface{ UnmarshalJSON([]byte) error }) *Mistake {
	if v.Kind != twinpatch.Object {
		return d.at(v, "this must be an object: begin it with {")
	}
	if wrong := twinpatch.Check(v, limit); len(wrong) > 0 {
		return mistake(d.line, wrong[0].Place.Column, "%s", strings.TrimPrefix(strings.Join(wrong[0].Path, ".")+": "+wrong[0].Reason, ": "))
	}
	if clean := v.WithoutNulls(); len(clean.Members) > 0 {
		_ = to.UnmarshalJSON(clean.JSON()) // of a RawMessage: it never fails
	}
	return nil
}

func (d *document) reported(v *twinpatch.Value) *Mistake {
	if v.Kind == twinpatch.Object && len(v.Without("$metadata").Without("$version").Members) == 0 {
		return nil
	}
	return d.at(v, "reported properties are the device's own to report: leave them out")
}

// finish checks what several members say together.
func (d *document) finish(v *twinpatch.Value) *Mistake {
	if !d.named {
		return d.at(v, "the device has no id")
	}
	device := &d.entry.Change.Device
	if d.parent == "" && !device.IoTEdge { // an IoT Edge device has a scope of its own, which is not that of its parent
		d.parent = d.scope
	}
	if reason := settle(device, d.parent); reason != "" {
		return d.at(v, "%s", reason)
	}
	return nil
}
