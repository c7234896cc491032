package topic

import (
	"errors"
	"fmt"
	"strings"
)

// ErrUser says that the user name of a CONNECT is malformed; the hub refuses it (protocol 4.1).
var ErrUser = errors.New("malformed MQTT user name")

// APIVersion is the version that the official SDKs announce in their user names.
const APIVersion = "2021-04-12"

// Keys of the query in a user name (protocol 4.1).
const (
	apiVersionKey = "api-version"
	clientTypeKey = "DeviceClientType"
	modelIDKey    = "model-id"
	oldModelIDKey = "digital-twin-model-id"
	authChainKey  = "auth-chain"
)

// User is the user name of a CONNECT, taken apart.
type User struct {
	// Host is the hub's name, perhaps with a port, as the client wrote it.
	Host string
	// DeviceID and ModuleID name the identity; ModuleID is empty for a device.
	DeviceID, ModuleID string
	// APIVersion, ClientType (DeviceClientType), ModelID and AuthChain are decoded; empty when absent.
	APIVersion, ClientType, ModelID, AuthChain string
}

// ClientID is the client identifier that belongs to this user name (protocol 4.1).
func (u User) ClientID() string { return ClientID(u.DeviceID, u.ModuleID) }

// ClientID is the MQTT client identifier of an identity: "{device}" or "{device}/{module}".
func ClientID(deviceID, moduleID string) string {
	if moduleID == "" {
		return deviceID
	}
	return deviceID + "/" + moduleID
}

// UserOption adds to the query of a user name.
type UserOption func(*Bag)

// WithClientType names the program behind the connection (DeviceClientType).
func WithClientType(name string) UserOption {
	return func(b *Bag) { b.AddIfSet(clientTypeKey, name) }
}

// WithModelID announces the Plug and Play model of the device.
func WithModelID(dtmi string) UserOption {
	return func(b *Bag) { b.AddIfSet(modelIDKey, dtmi) }
}

// Username builds the user name of a CONNECT: "{host}/{client id}/?api-version=..." and what the
// options add, in their order (protocol 4.1). moduleID is empty for a device.
func Username(host, deviceID, moduleID string, options ...UserOption) string {
	bag := Bag{{Key: apiVersionKey, Value: APIVersion, HasValue: true}}
	for _, o := range options {
		o(&bag)
	}
	return host + "/" + ClientID(deviceID, moduleID) + "/?" + bag.Encode()
}

// ParseUsername takes apart every form of user name that the SDKs use: with "/?" and a query, with a
// query after a "/" alone, with its members separated by "/", and without any (protocol 4.1). Of a key
// that stands twice the first counts; unknown keys are passed over. The error is ErrUser.
func ParseUsername(text string) (User, error) {
	path, query := splitQuery(text)
	parts := strings.Split(strings.TrimSuffix(path, "/"), "/")
	if len(parts) < 2 || len(parts) > 3 {
		return User{}, fmt.Errorf("%w: want host/device or host/device/module", ErrUser)
	}
	for _, part := range parts {
		if part == "" {
			return User{}, fmt.Errorf("%w: an empty part", ErrUser)
		}
	}
	u := User{Host: parts[0], DeviceID: parts[1]}
	if len(parts) == 3 {
		u.ModuleID = parts[2]
	}
	return u, u.readQuery(query)
}

// splitQuery cuts before the segment in which the query begins: one that starts with "?" or that
// holds the API version. A device id may hold a "?" or a "=", so the host is never looked at and
// the device id only after the slash that ends it.
func splitQuery(text string) (path, query string) {
	skip := 0
	for range 2 {
		i := strings.IndexByte(text[skip:], '/')
		if i < 0 {
			return text, ""
		}
		skip += i + 1
	}
	for start := skip; start < len(text); {
		segment, _, _ := strings.Cut(text[start:], "/")
		if startsQuery(segment) {
			return text[:start-1], strings.TrimPrefix(text[start:], "?")
		}
		start += len(segment) + 1
	}
	return text, ""
}

func startsQuery(segment string) bool {
	return strings.HasPrefix(segment, "?") || strings.Contains(segment, apiVersionKey+"=")
}

// readQuery reads members separated by "&" or, in the oldest form, by "/".
func (u *User) readQuery(query string) error {
	members, err := ParseBag(joinMembers(query))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUser, err)
	}
	u.APIVersion, _ = members.Get(apiVersionKey)
	u.ClientType, _ = members.Get(clientTypeKey)
	u.AuthChain, _ = members.Get(authChainKey)
	id, ok := members.Get(modelIDKey)
	if !ok {
		id, _ = members.Get(oldModelIDKey)
	}
	u.ModelID = id
	return nil
}

// joinMembers turns each "/" before a "key=" into "&". Any other slash is one that a client left bare
// in a value, as in "DeviceClientType=program/1.0".
func joinMembers(query string) string {
	head, tail, found := strings.Cut(query, "/")
	if !found {
		return query
	}
	var out strings.Builder
	out.WriteString(head)
	for segment := range strings.SplitSeq(tail, "/") {
		separator := byte('/')
		key, _, isMember := strings.Cut(segment, "=")
		endsMember := segment == "" || segment[0] == '&'
		if endsMember || isMember && !strings.Contains(key, "&") {
			separator = '&'
		}
		out.WriteByte(separator)
		out.WriteString(segment)
	}
	return out.String()
}
